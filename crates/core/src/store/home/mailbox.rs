//! Creating, changing and deleting mailboxes.
//!
//! Three files and a folder cannot change in one step, so the order decides what a crash leaves: a
//! new mailbox gets its folder, its quota, its hash, and its line in `passwd` last; a deleted one
//! loses them the other way round. What is left of a crash is a mailbox that is not listed, never one
//! that is listed and does not work.

use super::home_store::HomeStore;
use super::identity::as_account;
use super::layout::{ETC_MODE, MAIL_MODE, MAILDIR, PASSWD, QUOTA, SHADOW};
use super::password::{exists, require_mailbox, store_hash};
use super::{autoresponders, incoming, lines, listing, outgoing, shadow};
use crate::api::{Error, NotDone, Refusal};
use crate::base::files::Folder;
use crate::store::{Account, Address, Domain, LocalPart, Quota, Secret};

/// Creates a mailbox that the secret opens; its line in `passwd` is written last.
pub(super) fn create(
    store: &HomeStore,
    account: &Account,
    address: &Address,
    secret: &Secret<'_>,
    quota: Quota,
) -> Result<(), NotDone> {
    store.require_changeable(account, &address.domain)?;
    as_account(account, || refuse_existing(store, account, address))?;
    let hash = secret.hash()?;
    let _lock = store.lock(&address.domain)?;
    as_account(account, || {
        refuse_existing(store, account, address)?;
        refuse_one_more(store, account)?;
        let home = store.home(account)?;
        let etc = domain_folder(&home, account, &address.domain)?;
        let maildir = create_maildir(&home, address)?;
        let done = enter(&etc, account, address, &hash, quota);
        if done.is_err() {
            // Nothing half-made stays, as far as the failure allows; the failure is what is told.
            let _ = strike(&etc, address);
            let _ = maildir.remove_tree(address.local.as_str());
        }
        etc.sweep();
        done
    })
}

fn refuse_existing(store: &HomeStore, account: &Account, address: &Address) -> Result<(), NotDone> {
    match store.domain_folder(account, &address.domain)? {
        Some(folder) if exists(&folder, address)? => Err(Refusal::MailboxExists(address.to_string()).into()),
        _ => Ok(()),
    }
}

/// Two domains of one account are not locked against each other: at the very limit two mailboxes that
/// are created at the same moment may both succeed.
fn refuse_one_more(store: &HomeStore, account: &Account) -> Result<(), NotDone> {
    let Some(most) = account.limits.mailboxes else { return Ok(()) };
    if listing::count(store, account)? >= most {
        return Err(Refusal::TooManyMailboxes { most }.into());
    }
    Ok(())
}

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

/// Makes `mail/DOMAIN/USER` and returns the folder that holds it. Mail of a former mailbox is not
/// handed to a new one without a word.
fn create_maildir(home: &Folder, address: &Address) -> Result<Folder, NotDone> {
    let domain = home.ensure("mail", MAIL_MODE)?.ensure(address.domain.as_str(), MAIL_MODE)?;
    let user = domain.ensure(address.local.as_str(), MAIL_MODE)?;
    for (name, _) in user.names()? {
        let inner = std::str::from_utf8(&name).ok().filter(|name| MAILDIR.contains(name));
        let empty = match inner {
            Some(name) => {
                user.beneath(name)?.is_some_and(|folder| folder.names().is_ok_and(|n| n.is_empty()))
            }
            None => false,
        };
        if !empty {
            let why = format!(
                "mail of a former mailbox is still in {}; move it away or delete it",
                user.path().display()
            );
            return Err(Refusal::BadValue { param: "email", why }.into());
        }
    }
    for name in MAILDIR {
        user.create(name, MAIL_MODE)?;
    }
    user.sync()?;
    domain.sync()?;
    Ok(domain)
}

fn enter(
    etc: &Folder,
    account: &Account,
    address: &Address,
    hash: &str,
    quota: Quota,
) -> Result<(), NotDone> {
    let (name, home) = (&address.local, &account.home);
    write_quota(etc, name, quota)?;
    // A stray hash of a mailbox that is not in passwd must not survive, nor its mark of suspension.
    etc.edit(SHADOW, |file| Ok::<_, NotDone>(lines::remove(file, name.as_str())))?;
    store_hash(etc, address, hash)?;
    let line =
        format!("{name}:x:{}:{}::{home}/mail/{}/{name}:{home}", account.uid, account.gid, address.domain);
    etc.edit(PASSWD, |file| Ok(vec![lines::append(file, &line)]))
}

fn write_quota(etc: &Folder, name: &LocalPart, quota: Quota) -> Result<(), NotDone> {
    etc.edit(QUOTA, |file| {
        Ok(match quota.bytes() {
            Some(bytes) => vec![lines::put(file, name.as_str(), &format!("{name}:{bytes}"))],
            None => lines::remove(file, name.as_str()),
        })
    })
}

/// Changes the limit of a mailbox.
pub(super) fn set_quota(
    store: &HomeStore,
    account: &Account,
    address: &Address,
    quota: Quota,
) -> Result<(), NotDone> {
    store.require_changeable(account, &address.domain)?;
    let _lock = store.lock(&address.domain)?;
    as_account(account, || write_quota(&require_mailbox(store, account, address)?.0, &address.local, quota))
}

/// Deletes a mailbox, and its mail unless it shall be kept.
pub(super) fn delete(
    store: &HomeStore,
    account: &Account,
    address: &Address,
    keep_mail: bool,
) -> Result<(), NotDone> {
    store.require_domain(account, &address.domain)?;
    let _lock = store.lock(&address.domain)?;
    let in_home = || {
        let etc = require_any_trace(store, account, address)?;
        leave(&etc, PASSWD, address).map_err(|e| e.unchanged(&format!("The mailbox “{address}”")))?;
        let rest = strike(&etc, address).and_then(|()| {
            etc.sweep();
            // Else the next mailbox of that name would be born with them.
            incoming::unmark(&etc, address)?;
            let mail = store.home(account)?.beneath(&format!("mail/{}", address.domain))?;
            let mail = mail.filter(|_| !keep_mail);
            Ok(mail.map_or(Ok(()), |mail| mail.remove_tree(address.local.as_str()))?)
        });
        rest.map_err(|e| e.after(&half_deleted(address)))
    };
    as_account(account, in_home)?;
    // Else it would go on to answer, and mail for it would be taken and thrown away.
    let rest = autoresponders::take_away(store, account, address);
    rest.and_then(|_| outgoing::forget(store, address)).map_err(|e| e.after(&half_deleted(address)))
}

fn half_deleted(address: &Address) -> String {
    format!("The mailbox “{address}” is deleted, but a part of it is left; repeat the call")
}

/// The domain's folder if the mailbox is in it, or a hash of it: what half a deletion leaves would still
/// open the mail server's door for sending, and must be deletable.
fn require_any_trace(store: &HomeStore, account: &Account, address: &Address) -> Result<Folder, NotDone> {
    let missing = match require_mailbox(store, account, address) {
        Ok((etc, _)) => return Ok(etc),
        Err(missing @ NotDone::Refused(_)) => missing,
        Err(failed) => return Err(failed),
    };
    let Some(etc) = store.domain_folder(account, &address.domain)? else { return Err(missing) };
    let shadow = etc.read(SHADOW)?.map(|file| file.bytes).unwrap_or_default();
    match lines::find(&shadow, address.local.as_str().as_bytes()) {
        Some(_) => Ok(etc),
        None => Err(missing),
    }
}

/// Removes a mailbox from the three files, the one that makes it exist first.
fn strike(etc: &Folder, address: &Address) -> Result<(), NotDone> {
    [PASSWD, SHADOW, QUOTA].into_iter().try_for_each(|file| leave(etc, file, address))
}

/// Removes a mailbox from one file; not being in it is fine.
fn leave(etc: &Folder, file: &str, address: &Address) -> Result<(), NotDone> {
    etc.edit(file, |bytes| Ok(lines::remove(bytes, address.local.as_str())))
}

/// Suspends the login of a mailbox, or takes that back.
pub(super) fn suspend_login(
    store: &HomeStore,
    account: &Account,
    address: &Address,
    suspended: bool,
) -> Result<(), NotDone> {
    store.require_changeable(account, &address.domain)?;
    let _lock = store.lock(&address.domain)?;
    as_account(account, || {
        let (etc, _) = require_mailbox(store, account, address)?;
        etc.edit(SHADOW, |file| {
            Ok(shadow::mark_login(file, address.local.as_str(), suspended).into_iter().collect())
        })
    })
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
