//! Regular expressions that callers send.

use regex_lite::Regex;

/// Longest pattern that is compiled, in bytes.
const MAX_PATTERN_BYTES: usize = 1024;

/// Compiles a pattern; the slashes that old scripts put around it are taken off. The complaint is no whole sentence:
/// it says why a parameter cannot be used.
pub fn pattern(text: &str) -> Result<Regex, String> {
    let bare = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).unwrap_or(text);
    if bare.len() > MAX_PATTERN_BYTES {
        return Err("the pattern is longer than 1024 bytes".to_owned());
    }
    Regex::new(bare).map_err(|cause| format!("the pattern is not understood: {cause}"))
}
