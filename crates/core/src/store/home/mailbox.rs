//! The files of a domain's mailboxes as a whole.

use super::home_store::HomeStore;
use super::identity::as_account;
use super::layout::{ETC_MODE, PASSWD, QUOTA, SHADOW};
use super::shadow;
use crate::api::{Error, NotDone};
use crate::base::files::Folder;
use crate::store::{Account, Domain};

/// `etc/DOMAIN` with its three files, made if they are missing.
pub(super) fn domain_folder(home: &Folder, account: &Account, domain: &Domain) -> Result<Folder, Error> {
    let etc = home.ensure("etc", ETC_MODE)?;
    let folder = match etc.beneath(domain.as_str())? {
        Some(folder) => folder,
        None => {
            let folder = etc.ensure(domain.as_str(), ETC_MODE)?;
            etc.give_to_group(account.mail_gid)?;
            folder.give_to_group(account.mail_gid)?;
            etc.sync()?;
            folder
        }
    };
    for file in [QUOTA, SHADOW, PASSWD] {
        folder.create_empty(file)?;
    }
    Ok(folder)
}

/// Marks all mailboxes of a domain as those of a suspended account, or takes that back.
pub(super) fn suspend_domain(
    store: &HomeStore,
    account: &Account,
    domain: &Domain,
    suspended: bool,
) -> Result<(), NotDone> {
    let _lock = store.lock(domain)?;
    as_account(account, || match store.domain_folder(account, domain)? {
        Some(etc) => etc.edit(SHADOW, |file| Ok(shadow::mark_account(file, suspended))),
        None => Ok(()),
    })
}
