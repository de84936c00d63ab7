//! The security token of a session, with which the paths of its requests begin.

/// Digits of a security token.
const TOKEN_DIGITS: usize = 10;

/// Whether the first part of a path is a session's security token.
pub(crate) fn is_security_token(part: &str) -> bool {
    let digits = part.strip_prefix("cpsess").unwrap_or_default();
    digits.len() == TOKEN_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit())
}
