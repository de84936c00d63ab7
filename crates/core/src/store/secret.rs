//! What a new mailbox is opened with: a password, or the hash of one that was set elsewhere.

use super::{Password, hash};
use crate::api::{Error, Refusal};

/// A password to be hashed, or a hash to be stored as it is.
#[derive(Clone, Copy, Debug)]
pub enum Secret<'a> {
    Password(Password<'a>),
    /// A hash in the form of crypt(3), for mailboxes that move with their passwords.
    Hash(&'a str),
}

/// Schemes that Debian's Dovecot reads in a file of crypt(3) hashes.
const SCHEMES: [&str; 7] = ["$6$", "$5$", "$1$", "$2a$", "$2b$", "$2y$", "$y$"];

/// Longest hash that is taken, in bytes; yescrypt's are the longest, at about 80.
const MAX_HASH: usize = 256;

impl<'a> Secret<'a> {
    /// A hash from outside. It becomes a field of a line, so what could end a field or a line is refused
    /// here, and so is what no password could ever equal.
    pub fn from_hash(text: &'a str) -> Result<Self, Refusal> {
        let good = |byte: u8| byte.is_ascii_graphic() && !b":!*\\{}".contains(&byte);
        if text.len() > MAX_HASH
            || !text.bytes().all(good)
            || !SCHEMES.iter().any(|scheme| text.starts_with(scheme))
        {
            let why = "it is no crypt(3) hash; use for example one that begins with $6$".to_owned();
            return Err(Refusal::BadValue { param: "password_hash", why });
        }
        if hash::is_of_nothing(text) {
            let why = "it is the hash of an empty password, which would let everybody in".to_owned();
            return Err(Refusal::BadValue { param: "password_hash", why });
        }
        Ok(Self::Hash(text))
    }

    /// The hash to store: of the password, or the one given.
    pub fn hash(&self) -> Result<String, Error> {
        match self {
            Self::Password(password) => hash::new_hash(password),
            Self::Hash(hash) => Ok((*hash).to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn only_what_is_one_field_and_a_known_scheme() {
        for good in ["$6$abcdefghijklmnop$x./Y", "$5$rounds=10000$s$h", "$2y$05$abc", "$y$j9T$a$b"] {
            assert_eq!(Secret::from_hash(good).unwrap().hash().unwrap(), good);
        }
        // libxcrypt's answer for the empty password.
        let empty = "$6$abcdefghijklmnop$6.vC8ffobuN7AxcHvesxeeksF2DXFfpYyFt3PFU8pYpEQPhWFSN7hwaUQRfHg/LkfB3jIPEitUcU7ZTqjaQUp1";
        assert!(Secret::from_hash(empty).unwrap_err().to_string().contains("everybody"));
        let long = format!("$6${}", "a".repeat(300));
        for bad in
            ["", "plain", "$6$a:b", "$6$a\nroot:x", "!$6$a$b", "$6$a b", "{PLAIN}x", "$9$a$b", "$6$é", &long]
        {
            assert!(Secret::from_hash(bad).is_err(), "{bad}");
        }
    }
}
