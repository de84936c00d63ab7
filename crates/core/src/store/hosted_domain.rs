//! Domains of an account.

use super::Domain;

/// What a domain is to its account. Mailboxes can be in each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DomainKind {
    /// The one that the account was created with; it stays as long as the account.
    Main,
    /// A further domain.
    Addon,
    /// Another name for a site; cPanel also calls it an alias.
    Parked,
}

/// A domain of an account, and what it is to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostedDomain {
    pub name: Domain,
    pub kind: DomainKind,
}
