//! Local parts of addresses: the names of mailboxes inside their domain.

use std::fmt;

use crate::api::Refusal;

/// The part before the `@`, lower case: the key of the domain's files and the name of a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalPart(String);

impl LocalPart {
    /// Longest local part of RFC 5321, in octets.
    const MAX_NEW: usize = 64;
    /// Longest name of a folder.
    const MAX_EXISTING: usize = 255;

    /// A name that an existing mailbox may have: anything that is one path component and one field.
    pub fn existing(text: &str) -> Result<Self, Refusal> {
        let lower = text.to_ascii_lowercase();
        let forbidden = |c: char| c == '/' || c == ':' || c.is_control();
        if lower.contains('"') {
            return refuse(text, "contains quotation marks; leave them out");
        }
        if lower.is_empty()
            || lower == "."
            || lower == ".."
            || lower.len() > Self::MAX_EXISTING
            || lower.contains(forbidden)
        {
            return refuse(text, "is not the name of a mailbox");
        }
        Ok(Self(lower))
    }

    /// A name for a new mailbox: what every mail server, path and login form can bear.
    pub fn for_new_mailbox(text: &str) -> Result<Self, Refusal> {
        let part = Self::existing(text)?;
        let name = part.as_str();
        let allowed =
            |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".!#$&'+-=^_`{|}~".contains(&b);
        if name.len() > Self::MAX_NEW {
            refuse(text, "is longer than 64 characters")
        } else if !name.bytes().all(allowed) {
            refuse(text, "holds a character that mailbox names cannot have; use a-z, 0-9 and . _ - +")
        } else if name.starts_with('.') || name.ends_with('.') || name.contains("..") {
            refuse(text, "starts or ends with a dot or has two in a row")
        } else if name.starts_with('#') {
            // Dovecot reads such a line as a comment, so nobody could ever log in.
            refuse(text, "starts with #")
        } else if ["cpanel", "passwd", "shadow", "quota"].contains(&name) {
            refuse(text, "is reserved")
        } else {
            Ok(part)
        }
    }

    /// Whether mail servers know a mailbox of that name: Exim and Dovecot, as they are shipped with liveapi, take these
    /// names and no others.
    pub fn is_served(name: &str) -> bool {
        let allowed =
            |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".!#$&'*+-=?^_`{|}~".contains(&b);
        !name.is_empty()
            && name.len() <= Self::MAX_EXISTING
            && name.bytes().all(allowed)
            && !name.starts_with(['.', '#'])
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn refuse(text: &str, why: &str) -> Result<LocalPart, Refusal> {
    Err(Refusal::BadValue { param: "email", why: format!("“{}” {why}", text.escape_debug()) })
}

impl fmt::Display for LocalPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::LocalPart;

    #[test]
    fn new_names() {
        for good in ["user", "O.Brien+x", "a_b-c", "o'neil", "1"] {
            assert!(LocalPart::for_new_mailbox(good).is_ok(), "{good}");
        }
        let long = "a".repeat(65);
        for bad in [
            "", ".", "..", ".a", "a.", "a..b", "a/b", "a:b", "a b", "a\nb", "#a", "a%b", "a*b", "a?b", "é",
            "cpanel", "shadow", "a\\b", &long,
        ] {
            assert!(LocalPart::for_new_mailbox(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn served_names_are_those_of_mail() {
        for good in ["sales", "o'neil+x", "a..b", "a.", "*", "a?b", "1", "cpanel"] {
            assert!(LocalPart::is_served(good), "{good}");
        }
        for bad in [
            "", ".", ".a", "#a", "Big.Name", "a b", "a%b", "a@b", "müller", "a/b", "a:b", "a\\b", "a\t",
            "a,b",
        ] {
            assert!(!LocalPart::is_served(bad), "{bad}");
        }
    }

    #[test]
    fn existing_names_are_one_path_component() {
        assert_eq!(LocalPart::existing("Müller Co").unwrap().as_str(), "müller co");
        for bad in ["", ".", "..", "a/b", "a:b", "a\0b", "a\r", "\"a\""] {
            assert!(LocalPart::existing(bad).is_err(), "{bad}");
        }
    }
}
