//! Addresses of mailboxes, and the two ways in which scripts give them.

use std::fmt;

use super::{Domain, LocalPart};
use crate::api::Refusal;

/// The address of a mailbox: `local@domain`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The part before the `@`.
    pub local: LocalPart,
    /// The part behind it.
    pub domain: Domain,
}

impl Address {
    /// The address of an existing mailbox. `email` is a local part or a full address; `domain` may be
    /// absent where `email` says it, or the same in another letter case, but never another one.
    pub fn existing(email: &str, domain: Option<&str>) -> Result<Self, Refusal> {
        Self::read(email, domain, LocalPart::existing)
    }

    /// The address of a mailbox to be created.
    pub fn for_new_mailbox(email: &str, domain: Option<&str>) -> Result<Self, Refusal> {
        Self::read(email, domain, LocalPart::for_new_mailbox)
    }

    fn read(
        email: &str,
        domain: Option<&str>,
        local: fn(&str) -> Result<LocalPart, Refusal>,
    ) -> Result<Self, Refusal> {
        let (name, own) = email.rsplit_once('@').map_or((email, None), |(name, own)| (name, Some(own)));
        let given = domain.map(Domain::parse).transpose()?;
        let own = own.map(Domain::parse).transpose()?;
        let domain = match (given, own) {
            (Some(given), Some(own)) if given != own => {
                return Err(Refusal::AddressConflict { email: email.to_owned(), domain: given.to_string() });
            }
            (Some(domain), _) | (None, Some(domain)) => domain,
            (None, None) => return Err(Refusal::Missing("domain")),
        };
        Ok(Self { local: local(name)?, domain })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

#[cfg(test)]
mod tests {
    use super::Address;
    use crate::api::Refusal;

    #[test]
    fn a_local_part_or_a_full_address() {
        for (email, domain) in [
            ("user", Some("example.com")),
            ("user@example.com", None),
            ("user@Example.com", Some("EXAMPLE.com")),
            ("User", Some("example.com")),
        ] {
            assert_eq!(Address::existing(email, domain).unwrap().to_string(), "user@example.com");
        }
    }

    #[test]
    fn disagreement_and_absence_are_refused() {
        let conflict = Address::existing("user@example.com", Some("example.org"));
        assert!(matches!(conflict, Err(Refusal::AddressConflict { .. })), "{conflict:?}");
        assert_eq!(Address::existing("user", None), Err(Refusal::Missing("domain")));
        assert!(Address::existing("@example.com", None).is_err());
        assert!(Address::existing("user@", None).is_err());
    }
}
