//! Reading a text of which somebody else says how long it is.

use std::io::Read;

use zeroize::Zeroizing;

use liveapi_core::api::MAX_PARAMS_BYTES;

/// Reads a text of at most as many bytes as parameters may have.
pub(super) fn read_limited(source: impl Read, what: &str) -> Result<Zeroizing<String>, String> {
    let mut text = Zeroizing::new(String::new());
    let limit = MAX_PARAMS_BYTES as u64;
    source
        .take(limit + 1)
        .read_to_string(&mut text)
        .map_err(|cause| format!("{what} cannot be read as UTF-8 text: {}", cause.kind()))?;
    if text.len() as u64 > limit {
        return Err(format!("{what} is larger than {limit} bytes"));
    }
    Ok(text)
}
