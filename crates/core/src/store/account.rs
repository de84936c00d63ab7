//! The account that owns domains and mailboxes.

use super::{AccountName, Domain, Limits, Secret, Terms};
use crate::api::Error;

/// A cPanel account: the user that owns domains and mailboxes.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its name, e.g. `bob`.
    pub name: AccountName,
    pub domain: Domain,
    /// Its home directory, as text.
    pub home: String,
    /// The system user that owns its files.
    pub uid: u32,
    pub gid: u32,
    /// The group that the mail server reads password files with.
    pub mail_gid: u32,
    /// A suspended account's mailboxes neither log in nor change.
    pub suspended: bool,
    /// Since when, in seconds since 1970, UTC; 0 if not known.
    pub suspended_since: u64,
    /// Why it is suspended, in the words of whoever did it; empty if nobody said.
    pub suspend_reason: String,
    /// When it was created, in seconds since 1970, UTC. An import brings the date of the old server.
    pub created: u64,
    /// What tells it from every account that had or will have its name: random, made with the account, and never
    /// brought by a backup. Empty for an account that is older than these ids.
    pub id: String,
    /// How often it was suspended.
    pub suspensions: u64,
    pub limits: Limits,
    /// What is agreed about it besides.
    pub terms: Terms,
}

/// An account whose record cannot be read.
#[derive(Clone, Debug)]
pub struct UnreadableAccount {
    pub name: AccountName,
    pub why: Error,
}

/// What an account is made of that does not exist yet.
#[derive(Debug)]
pub struct NewAccount<'a> {
    pub name: AccountName,
    pub domain: Domain,
    pub limits: Limits,
    pub terms: Terms,
    /// What opens its own mailbox; without it nothing does.
    pub secret: Option<Secret<'a>>,
}
