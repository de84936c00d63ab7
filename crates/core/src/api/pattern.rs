//! Regular expressions that callers send.

use regex_lite::Regex;

use super::Refusal;

/// Longest pattern that is compiled, in bytes.
const MAX_PATTERN_BYTES: usize = 1024;

/// Compiles the pattern in that parameter; the slashes that old scripts put around it are taken off.
pub fn pattern(param: &'static str, text: &str) -> Result<Regex, Refusal> {
    let bare = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).unwrap_or(text);
    let refuse = |why: String| Refusal::BadValue { param, why };
    if bare.len() > MAX_PATTERN_BYTES {
        return Err(refuse("the pattern is longer than 1024 bytes".to_owned()));
    }
    Regex::new(bare).map_err(|cause| refuse(format!("the pattern is not understood: {cause}")))
}
