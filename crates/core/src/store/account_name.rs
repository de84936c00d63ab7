//! Names of accounts.

use std::fmt;

use crate::api::Refusal;

/// The name of an account: lower-case letters and digits; never a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountName(String);

/// Names that mean something else on every machine.
const RESERVED: [&str; 5] = ["root", "cpanel", "nobody", "mail", "system"];

impl AccountName {
    /// Longest name that cPanel allows for a new account.
    const MAX_NEW: usize = 16;

    /// A name for a new account, by cPanel's rules ("Reserved, Invalid, and Misconfigured Usernames").
    pub fn for_new_account(text: &str) -> Result<Self, Refusal> {
        let why = if text.is_empty() || text.len() > Self::MAX_NEW {
            "an account name has 1 to 16 characters"
        } else if !text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
            "an account name holds lower-case letters and digits only"
        } else if text.starts_with(|c: char| c.is_ascii_digit()) {
            "an account name does not start with a digit"
        } else if text.starts_with("test") || text.ends_with("assword") {
            "account names that start with “test” or end with “assword” are reserved"
        } else if RESERVED.contains(&text) {
            "this account name is reserved"
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(Refusal::BadValue { param: "username", why: why.to_owned() })
    }

    /// A name that may belong to an existing account; transferred accounts can hold `-` and `_`.
    pub fn existing(text: &str) -> Option<Self> {
        let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        let starts = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
        (starts && text.len() <= 64 && text.bytes().all(good)).then(|| Self(text.to_owned()))
    }

    /// A name that an account brings from a cPanel server; it may be older than today's rules.
    pub fn brought(text: &str) -> Option<Self> {
        Self::existing(text).filter(|name| !RESERVED.contains(&name.as_str()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::AccountName;

    #[test]
    fn new_names_follow_cpanels_rules() {
        for good in ["bob", "a1", "abcdefghijklmnop"] {
            assert!(AccountName::for_new_account(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "Bob",
            "1bob",
            "tester",
            "mypassword",
            "a-b",
            "../x",
            "bob\n",
            "abcdefghijklmnopq",
            "root",
            "é",
        ] {
            assert!(AccountName::for_new_account(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_existing_name_is_never_a_path() {
        assert!(AccountName::existing("transferred-user").is_some());
        for bad in ["", ".", "..", "a/b", "-x", "a.b", "a\0", "A"] {
            assert!(AccountName::existing(bad).is_none(), "{bad}");
        }
        assert!(AccountName::brought("old-user_1").is_some() && AccountName::brought("root").is_none());
    }
}
