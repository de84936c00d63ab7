//! One domain of an import, as it will be.

use super::forwarders::Routes;
use super::passwd;
use super::survey::DomainFiles;
use crate::base::files::pieces;
use crate::store::home::shadow;
use crate::store::{Account, Address, Autoresponder, Domain, HostedDomain};

/// One domain: what its files will hold.
#[derive(Debug)]
pub(super) struct PlannedDomain {
    pub(super) hosted: HostedDomain,
    pub(super) passwd: Vec<u8>,
    pub(super) shadow: Vec<u8>,
    pub(super) quota: Vec<u8>,
    /// Maildirs that have to be there, below `mail`.
    pub(super) mail_folders: Vec<String>,
    /// Its lines of forwarders.
    pub(super) aliases: String,
    pub(super) forwarded_to: Option<Domain>,
    pub(super) autoresponders: Vec<(Address, Autoresponder)>,
}

impl PlannedDomain {
    pub(super) fn of(
        hosted: HostedDomain,
        files: DomainFiles,
        mail_folders: Vec<String>,
        (routes, autoresponders): (Routes, Vec<(Address, Autoresponder)>),
        account: &Account,
    ) -> Self {
        let old = files.passwd.unwrap_or_default();
        let passwd = pieces(&old, &passwd::moved(&old, &hosted.name, account)).concat();
        let marks = if account.suspended { shadow::mark_account(&files.shadow, true) } else { Vec::new() };
        let shadow = pieces(&files.shadow, &marks).concat();
        let (aliases, forwarded_to) = (routes.lines, routes.forwarded_to);
        Self {
            hosted,
            passwd,
            shadow,
            quota: files.quota,
            mail_folders,
            aliases,
            forwarded_to,
            autoresponders,
        }
    }
}
