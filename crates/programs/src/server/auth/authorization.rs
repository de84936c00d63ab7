//! The value of an `Authorization` header, taken apart.

use base64ct::{Base64Unpadded, Encoding};
use zeroize::Zeroizing;

use super::tokens::joined;

/// Longest value that is read, in bytes; an access hash has about 950.
const MAX_BYTES: usize = 8192;
/// The word before user name and password.
const BASIC: &str = "basic";

/// What the field `Authorization` shows of the sender.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Authorization {
    /// `Basic`: a user name and a password.
    Password(String, Zeroizing<String>),
    /// `whm USER:SECRET` and `cpanel USER:SECRET`: a user name and a token or access hash.
    Token(Scheme, String, Zeroizing<String>),
}

/// The word before a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Whm,
    Cpanel,
}

/// Whether the value, if it can be read, holds a password, which is slow to check.
pub(crate) fn is_password(value: &str) -> bool {
    value.trim_start().get(..BASIC.len()).is_some_and(|word| word.eq_ignore_ascii_case(BASIC))
}

/// Reads it. Clients write the scheme in any letter case, and old ones leave line breaks in what follows.
pub(super) fn read(value: &str) -> Result<Authorization, &'static str> {
    let value = value.trim();
    if value.len() > MAX_BYTES {
        return Err("the Authorization header is longer than 8192 bytes");
    }
    let (scheme, rest) = value.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((value, ""));
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        BASIC => return basic(rest),
        "whm" => Scheme::Whm,
        "cpanel" => Scheme::Cpanel,
        _ => return Err("the Authorization header begins with none of “Basic”, “whm” and “cpanel”"),
    };
    let (user, secret) =
        rest.split_once(':').ok_or("the Authorization header lacks the colon between user and token")?;
    let secret = Zeroizing::new(joined(secret));
    if user.trim().is_empty() || secret.is_empty() {
        return Err("the Authorization header lacks the user or the token");
    }
    Ok(Authorization::Token(scheme, user.trim().to_owned(), secret))
}

fn basic(encoded: &str) -> Result<Authorization, &'static str> {
    const BAD: &str = "the Authorization header does not hold user:password in base 64";
    let encoded = Zeroizing::new(joined(encoded));
    let decoded = Zeroizing::new(Base64Unpadded::decode_vec(encoded.trim_end_matches('=')).map_err(|_| BAD)?);
    let decoded = std::str::from_utf8(&decoded).map_err(|_| "user and password are not UTF-8")?;
    let (user, password) = decoded.split_once(':').ok_or(BAD)?;
    Ok(Authorization::Password(user.trim().to_owned(), Zeroizing::new(password.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(scheme: Scheme, user: &str, secret: &str) -> Authorization {
        Authorization::Token(scheme, user.to_owned(), Zeroizing::new(secret.to_owned()))
    }

    #[test]
    fn schemes_in_any_case_and_hashes_with_their_line_breaks() {
        assert_eq!(read("whm root:ABC"), Ok(token(Scheme::Whm, "root", "ABC")));
        assert_eq!(read("WHM  root:0a\r\n0b\n 0c "), Ok(token(Scheme::Whm, "root", "0a0b0c")));
        assert_eq!(read("cPanel bob:ABC\n"), Ok(token(Scheme::Cpanel, "bob", "ABC")));
    }

    #[test]
    fn passwords_may_hold_colons_and_every_other_character() {
        // bob:a:bü with padding and without, and as one client sends it: with line ends behind it.
        for value in ["Basic Ym9iOmE6YsO8", "basic Ym9iOmE6YsO8\r\r\n", "BASIC \tYm9iOmE6YsO8=="] {
            let password = Zeroizing::new("a:bü".to_owned());
            assert_eq!(read(value), Ok(Authorization::Password("bob".to_owned(), password)), "{value:?}");
        }
        let empty = Authorization::Password("bob".to_owned(), Zeroizing::default());
        assert_eq!(read("Basic Ym9iOg=="), Ok(empty));
    }

    #[test]
    fn what_cannot_be_read_is_named_and_not_quoted() {
        let long = format!("whm root:{}", "A".repeat(9000));
        for bad in [
            "",
            "Basic",
            "Basic ?",
            "Basic Ym9i",
            "Basic /w==",
            "Bearer x",
            "whm",
            "whm x",
            "whm :x",
            "whm root:",
            &long,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
