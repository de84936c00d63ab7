//! A user name at a login, read once: as it is looked up, it is counted.

use liveapi_core::store::{AccountName, Address};

/// A user name as it is looked up. Names that are looked up as one are one, however they are written, so failures of
/// all its spellings count together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LoginName {
    /// The address of a mailbox: letter case, full width, soft hyphens and the like are gone from it.
    Mailbox(Address),
    /// The name of a WHM user or of an account.
    Plain(AccountName),
    /// What neither can be. Nobody has it.
    Nobody(String),
}

impl LoginName {
    /// Reads what was sent.
    pub(super) fn read(text: &str) -> Self {
        let text = text.trim();
        let name = if text.contains('@') {
            Address::existing(text, None).ok().map(Self::Mailbox)
        } else {
            AccountName::existing(text).map(Self::Plain)
        };
        name.unwrap_or_else(|| Self::Nobody(text.to_owned()))
    }

    /// Whether it is meant to be the address of a mailbox.
    pub(super) fn is_address(&self) -> bool {
        match self {
            Self::Mailbox(_) => true,
            Self::Plain(_) => false,
            Self::Nobody(text) => text.contains('@'),
        }
    }

    /// The name that failures are counted under, and by which the log calls it.
    pub(super) fn counted(&self) -> String {
        match self {
            Self::Mailbox(address) => address.to_string(),
            Self::Plain(name) => name.to_string(),
            Self::Nobody(text) => text.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_that_are_looked_up_as_one_are_counted_as_one() {
        for spelling in [
            "user@example.com",
            "USER@Example.COM",
            " user@example.com\r\n",
            "user@ｅｘａｍｐｌｅ.com",
            "user@exam\u{ad}ple.com",
            "user@example\u{3002}com",
            "user@ex\u{200b}ample.com",
            "user@ⓔxample.com",
            "user@𝐞xample.com",
        ] {
            assert_eq!(LoginName::read(spelling).counted(), "user@example.com", "{spelling:?}");
        }
        assert_eq!(LoginName::read("u@bücher.example"), LoginName::read("u@XN--BCHER-KVA.example"));
        assert_eq!(LoginName::read(" bob "), LoginName::Plain(AccountName::existing("bob").unwrap()));
    }

    #[test]
    fn what_is_looked_up_apart_is_counted_apart_and_what_is_no_name_is_nobodys() {
        let names =
            ["user+a@example.com", "user@example.com", "us.er@example.com", "user_a@example.com", "user"];
        for (at, name) in names.iter().enumerate() {
            assert_eq!(LoginName::read(name).counted(), *name);
            assert!(!names[..at].contains(name));
        }
        for nobody in
            ["Bob", "user+example.com", "user%example.com", "user@example.com.", "@", "a@b@", "", "ｂob"]
        {
            assert!(matches!(LoginName::read(nobody), LoginName::Nobody(_)), "{nobody:?}");
        }
    }
}
