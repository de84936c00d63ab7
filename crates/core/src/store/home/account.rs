//! Creating and removing accounts.
//!
//! The home comes first and `userdomains` last, because that file decides who owns a domain; removal
//! goes the other way round.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use nix::errno::Errno;
use nix::unistd::User;
use rustix::process::{Gid, Uid};

use super::home_store::HomeStore;
use super::{domains, identity::as_account, mailbox, record, registry, routes};
use crate::api::{Error, ErrorKind, NotDone, Refusal};
use crate::base::files::Folder;
use crate::base::files::Lock;
use crate::base::files::failure;
use crate::base::{clock, limits, random};
use crate::store::{Account, AccountName, Limits, NewAccount, Password, Secret, SecretMark};

/// System users below this number belong to services.
const FIRST_ORDINARY_UID: u32 = 1000;
/// Mode of a home: the mail server passes through, nobody lists it.
pub(super) const HOME_MODE: u32 = 0o711;

/// Creates an account with its home and its main domain.
pub(super) fn create(store: &HomeStore, new: &NewAccount<'_>) -> Result<Account, NotDone> {
    let (name, domain) = (&new.name, &new.domain);
    let ids = Ids::of_new_account(name, &store.virtual_user)?;
    let hash = new.secret.as_ref().map(Secret::hash).transpose()?;
    let state = create_state(&store.root)?;
    let _lock = Lock::take(&state, registry::LOCK)?;
    if registry::account(&store.root, name)?.is_some() {
        return Err(Refusal::AccountExists(name.to_string()).into());
    }
    domains::refuse_taken(&store.root, domain)?;
    let home = store.root.join(name.as_str());
    let account = Account {
        name: name.clone(),
        domain: domain.clone(),
        home: home.to_string_lossy().into_owned(),
        uid: ids.uid,
        gid: ids.gid,
        mail_gid: ids.mail_gid,
        suspended: false,
        suspended_since: 0,
        created: clock::seconds(),
        id: random::name()?,
        suspensions: 0,
        limits: new.limits,
    };
    routes::forget(&state, domain)?;
    create_home(store, &account)?;
    domains::link(&store.root, &account, domain)?;
    registry::set_hash(&store.root, name, hash.as_deref(), clock::day())?;
    registry::write_account(&store.root, &account)?;
    registry::add_domain(&store.root, domain, name)?;
    Ok(account)
}

/// Changes what an account may have.
pub(super) fn set_limits(store: &HomeStore, name: &AccountName, limits: Limits) -> Result<(), NotDone> {
    let state = registry::folder(&store.root)?;
    let _lock = Lock::take(&state, registry::LOCK)?;
    require(store, name)?;
    registry::edit_record(&store.root, name, |old| record::changed(old, &record::limits_lines(limits)))
}

/// Changes the hash that opens the account's own mailbox.
pub(super) fn set_password(
    store: &HomeStore,
    name: &AccountName,
    secret: &Secret<'_>,
) -> Result<(), NotDone> {
    require(store, name)?;
    let hash = secret.hash()?;
    let state = registry::folder(&store.root)?;
    let _lock = Lock::take(&state, registry::LOCK)?;
    if require(store, name)?.suspended {
        return Err(Refusal::AccountSuspended(name.to_string()).into());
    }
    registry::set_hash(&store.root, name, Some(&hash), clock::day())
}

/// Whether the password is the account's own.
pub(super) fn verify_password(
    store: &HomeStore,
    name: &AccountName,
    password: &Password<'_>,
) -> Result<bool, NotDone> {
    require(store, name)?;
    super::password::opens(registry::stored_hash(&store.root, name)?, password, name.as_str())
}

/// The mark of the hash that opens the account's own mailbox; nothing where none does.
pub(super) fn secret_mark(store: &HomeStore, name: &AccountName) -> Result<Option<SecretMark>, NotDone> {
    require(store, name)?;
    Ok(super::password::mark(registry::stored_hash(&store.root, name)?))
}

fn require(store: &HomeStore, name: &AccountName) -> Result<Account, NotDone> {
    Ok(registry::account(&store.root, name)?.ok_or_else(|| Refusal::NoAccount(name.to_string()))?)
}

/// Removes an account with its domains, mailboxes and mail. A home that was taken over in its place stays, and
/// is named.
pub(super) fn remove(store: &HomeStore, name: &AccountName) -> Result<Option<String>, NotDone> {
    let account = require(store, name)?;
    let state = registry::folder(&store.root)?;
    let _lock = Lock::take(&state, registry::LOCK)?;
    for domain in registry::domains_of(&store.root, name)? {
        let _domain = Lock::take(&state, domain.as_str())?;
        registry::remove_domain(&store.root, &domain)?;
        domains::unlink(&state, &domain)?;
    }
    registry::remove_account(&store.root, name)?;
    registry::set_hash(&store.root, name, None, 0)?;
    if Path::new(&account.home) != store.root.join(name.as_str()) {
        // It was there before the store knew of it, and holds more than mail.
        return Ok(Some(account.home));
    }
    let home = store.home(&account)?;
    as_account(&account, || -> Result<(), Error> {
        let home = home.readable()?;
        for (entry, _) in home.names()? {
            home.remove_tree(&String::from_utf8_lossy(&entry))?;
        }
        Ok(())
    })?;
    // What is left is an empty folder in a folder of ours.
    Folder::ours_existing(&store.root)?.remove_tree(name.as_str())?;
    Ok(None)
}

/// Suspends an account or takes that back. The record comes first when suspending, so that no password
/// changes meanwhile, and last when not, so that a failure in between leaves it suspended.
pub(super) fn suspend(store: &HomeStore, name: &AccountName, suspended: bool) -> Result<(), NotDone> {
    let account = require(store, name)?;
    let _lock = Lock::take(&registry::folder(&store.root)?, registry::LOCK)?;
    if suspended {
        mark(store, name, Some(clock::seconds()))?;
    }
    for domain in registry::domains_of(&store.root, name)? {
        mailbox::suspend_domain(store, &account, &domain, suspended).map_err(|e| {
            e.after(&format!(
                "Not all mailboxes of “{name}” are done; the account stays suspended; repeat the call"
            ))
        })?;
    }
    if !suspended {
        mark(store, name, None)?;
    }
    Ok(())
}

fn mark(store: &HomeStore, name: &AccountName, since: Option<u64>) -> Result<(), NotDone> {
    registry::edit_record(&store.root, name, |old| {
        // Counted, so that what was open before is known to be from before, also when it is taken back.
        let count = since.map(|_| record::one_more_suspension(old));
        let changes: Vec<_> = record::suspension_lines(since).into_iter().chain(count).collect();
        record::changed(old, &changes)
    })
}

/// The ids that own an account's files.
pub(super) struct Ids {
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) mail_gid: u32,
}

impl Ids {
    /// As an ordinary user everything is the user's own. As root: the system user of the account's
    /// name, else the one unprivileged user for mail; never root.
    pub(super) fn of_new_account(name: &AccountName, virtual_user: &str) -> Result<Self, NotDone> {
        if !rustix::process::geteuid().is_root() {
            let gid = rustix::process::getegid().as_raw();
            return Ok(Self { uid: rustix::process::geteuid().as_raw(), gid, mail_gid: gid });
        }
        let user = match look_up(name.as_str())? {
            Some(user) if user.uid.as_raw() < FIRST_ORDINARY_UID => {
                let why = format!("“{name}” is a system user of this machine");
                return Err(Refusal::BadValue { param: "username", why }.into());
            }
            Some(user) => user,
            None => look_up(virtual_user)?
                .filter(|user| !user.uid.is_root())
                .ok_or_else(|| no_owner(name, virtual_user))?,
        };
        let gid = user.gid.as_raw();
        Ok(Self { uid: user.uid.as_raw(), gid, mail_gid: registry::mail_group().unwrap_or(gid) })
    }
}

/// The system user of that name. A look-up that failed does not mean that there is none: the account's files would
/// go to another user. Some systems say so by these numbers, though (getpwnam(3)).
fn look_up(user: &str) -> Result<Option<User>, Error> {
    match User::from_name(user) {
        Err(Errno::ENOENT | Errno::ESRCH | Errno::EBADF | Errno::EPERM) => Ok(None),
        found => found.map_err(|errno| {
            let limit = limits::words(rustix::io::Errno::from_raw_os_error(errno as i32));
            let kind = if limit.is_some() { ErrorKind::Limit } else { ErrorKind::StoreIo };
            let why = limit.unwrap_or_else(|| errno.desc());
            Error::new(kind, format!("Looking up the system user “{user}” failed: {why}"))
        }),
    }
}

fn no_owner(name: &AccountName, virtual_user: &str) -> Error {
    let sentence = format!(
        "There is neither a system user “{name}” nor “{virtual_user}” to own the account's files. Create one, for example: adduser --system --group {virtual_user}"
    );
    Error::new(ErrorKind::Config, sentence)
}

/// The store's root and our folder in it. As root others may pass through to their homes, and the mail
/// server may read what it needs; as an ordinary user nobody else may enter.
pub(super) fn create_state(root: &Path) -> Result<Folder, Error> {
    let state = registry::readable_folder(&create_root(root)?, registry::FOLDER)?;
    for name in ["users", "locks"] {
        state.ensure(name, registry::PRIVATE_MODE)?;
    }
    registry::readable_folder(&state, "domains")?;
    routes::make_folders(&state)?;
    registry::folder(root)
}

/// Makes the store's root, with nothing in it.
pub(super) fn create_root(root: &Path) -> Result<Folder, Error> {
    let passable = if rustix::process::geteuid().is_root() { 0o711 } else { registry::PRIVATE_MODE };
    DirBuilder::new().recursive(true).mode(passable).create(root).map_err(|cause| {
        let errno = rustix::io::Errno::from_io_error(&cause).unwrap_or(rustix::io::Errno::IO);
        failure::io("Creating", root, errno)
    })?;
    Folder::ours_existing(root)
}

fn create_home(store: &HomeStore, account: &Account) -> Result<(), NotDone> {
    let root = Folder::ours_existing(&store.root)?;
    if !root.create(account.name.as_str(), HOME_MODE)? {
        let why = format!("{} exists already but belongs to no account; move it away", account.home);
        return Err(Refusal::BadValue { param: "username", why }.into());
    }
    hand_over(&root, account.name.as_str(), account)?;
    let done = domains::make_folders(store, account, &account.domain);
    done.and_then(|()| root.sync()).map_err(|error| {
        // Ours, new and empty but for what was just made.
        let _ = root.remove_tree(account.name.as_str());
        error.into()
    })
}

/// Gives a new folder of ours to the account.
pub(super) fn hand_over(root: &Folder, name: &str, account: &Account) -> Result<(), Error> {
    let (uid, gid) = (Uid::from_raw(account.uid), Gid::from_raw(account.gid));
    rustix::fs::chownat(root, name, Some(uid), Some(gid), rustix::fs::AtFlags::SYMLINK_NOFOLLOW)
        .map_err(|e| failure::io("Handing over", &root.path_of(name), e))
}
