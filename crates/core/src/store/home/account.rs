//! Creating and removing accounts.
//!
//! The home comes first and `userdomains` last, because that file decides who owns a domain; removal
//! goes the other way round. Whoever removes an account of many domains and files holds its own lock for that long,
//! and the registry's for single steps only.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use nix::errno::Errno;
use nix::unistd::User;
use rustix::process::{Gid, Uid};

use super::claims::{self, Claimant};
use super::home_store::HomeStore;
use super::{account_lock, domains, moving, record, registry, reservations, routes, suspended};
use crate::api::{Error, ErrorKind, NotDone, Refusal};
use crate::base::files::Folder;
use crate::base::files::Lock;
use crate::base::files::failure;
use crate::base::{clock, limits, random};
use crate::store::{Account, AccountName, Domain, Limits, NewAccount, Password, Secret, SecretMark, Terms};

/// System users below this number belong to services.
const FIRST_ORDINARY_UID: u32 = 1000;
/// Mode of a home: the mail server passes through, nobody lists it.
pub(super) const HOME_MODE: u32 = 0o711;

/// Creates an account with its home and its main domain, or leaves nothing of it.
pub(super) fn create(store: &HomeStore, new: &NewAccount<'_>) -> Result<Account, NotDone> {
    let name = &new.name;
    let ids = Ids::of_new_account(name, &store.virtual_user)?;
    let hash = new.secret.as_ref().map(Secret::hash).transpose()?;
    let state = create_state(&store.root)?;
    let _mine = account_lock::take(&state, name)?;
    let account = Account {
        name: name.clone(),
        domain: new.domain.clone(),
        home: store.root.join(name.as_str()).to_string_lossy().into_owned(),
        uid: ids.uid,
        gid: ids.gid,
        mail_gid: ids.mail_gid,
        suspended: false,
        suspended_since: 0,
        suspend_reason: String::new(),
        created: clock::seconds(),
        id: random::name()?,
        suspensions: 0,
        limits: new.limits,
        terms: new.terms.clone(),
    };
    refuse_existing(store, name)?;
    clear_leftovers(store, &state, &account)?;
    let _registry = Lock::take(&state, registry::LOCK)?;
    let wanted = std::slice::from_ref(&account.domain);
    claims::refuse(&store.root, wanted, name, Claimant::Administrator)?;
    enter(store, &state, &account, hash.as_deref()).map_err(|cause| {
        let undone = take_back(&store.root, &state, name).and_then(|()| {
            domains::unlink(&state, &account.domain)?;
            take_home(store, &state, &account)
        });
        match undone {
            Ok(()) => settled(cause),
            Err(error) => half_entered(name, &cause, &error),
        }
    })?;
    Ok(account)
}

/// An account without any domain is none: a process was killed that created it. Unless its home is in use: then the
/// process removed it, and removing it again brings that to its end.
fn refuse_existing(store: &HomeStore, name: &AccountName) -> Result<(), NotDone> {
    let exists = match registry::account(&store.root, name)? {
        None => false,
        Some(_) if !registry::domains_of(&store.root, name)?.is_empty() => true,
        Some(account) => {
            std::fs::symlink_metadata(&account.home).is_ok() && !moving::is_unused(&store.root, name)?
        }
    };
    if exists { Err(Refusal::AccountExists(name.to_string()).into()) } else { Ok(()) }
}

/// What a process left that was killed while it created or removed the account; what may be somebody's stays.
fn clear_leftovers(store: &HomeStore, state: &Folder, account: &Account) -> Result<(), NotDone> {
    moving::clear(state, account)?;
    if moving::is_unused(&store.root, &account.name)? {
        take_home(store, state, account)?;
    }
    if std::fs::symlink_metadata(&account.home).is_ok() {
        let why = format!("{} exists already but belongs to no account; move it away", account.home);
        return Err(Refusal::BadValue { param: "username", why }.into());
    }
    Ok(())
}

/// Takes the home from its place and removes it with all that it holds.
fn take_home(store: &HomeStore, state: &Folder, account: &Account) -> Result<(), NotDone> {
    moving::take_away(&Folder::ours_existing(&store.root)?, state, &account.name)?;
    Ok(moving::clear(state, account)?)
}

/// All steps of a new account, the one that gives it its domain last.
fn enter(store: &HomeStore, state: &Folder, account: &Account, hash: Option<&str>) -> Result<(), NotDone> {
    let (root, name, domain) = (&store.root, &account.name, &account.domain);
    // Mail for it begins anew: what a former owner had set up does not come back.
    routes::forget(state, domain)?;
    suspended::strike_domain(state, domain)?;
    suspended::strike(state, name)?;
    make_home(store, state, account)?;
    domains::link(root, account, domain)?;
    registry::set_hash(root, name, hash, clock::day())?;
    registry::write_account(root, account)?;
    registry::add_domain(root, domain, name)
}

/// Undoes what was entered of an account; what had not been done is no fault. With the registry's lock.
pub(super) fn take_back(root: &Path, state: &Folder, name: &AccountName) -> Result<(), NotDone> {
    // On a full disk these lines may have to stay. They do nothing without the record, and go with the next account
    // of that name.
    let _ = registry::set_hash(root, name, None, 0);
    let _ = suspended::strike(state, name);
    registry::remove_domains_of(root, name)?;
    Ok(registry::remove_account(root, name)?)
}

/// A step that may or may not have lasted was taken back, so what holds now is certain.
pub(super) fn settled(cause: NotDone) -> NotDone {
    match cause {
        NotDone::Failed(error) if error.kind() == ErrorKind::NotVerified => {
            let sentence = "Flushing the account's entries to the disk failed, so all of them were taken back; look at the disk before the next try";
            Error::new(ErrorKind::StoreIo, sentence).into()
        }
        other => other,
    }
}

/// What is told where undoing fails as well.
pub(super) fn half_entered(name: &AccountName, cause: &NotDone, error: &NotDone) -> NotDone {
    let sentence = format!(
        "Entering the account “{name}” failed, and a trace of it is left: {cause}; undoing it failed as well: {error}. Remove it with whmapi1 removeacct username={name} before the next try"
    );
    Error::new(ErrorKind::NotVerified, sentence).into()
}

/// Changes what an account may have, and what else is agreed about it.
pub(super) fn set_terms(
    store: &HomeStore,
    name: &AccountName,
    limits: Limits,
    terms: &Terms,
) -> Result<(), NotDone> {
    let state = registry::folder(&store.root)?;
    let _lock = Lock::take(&state, registry::LOCK)?;
    registry::require_account(&store.root, name)?;
    let lines: Vec<_> = record::limits_lines(limits).into_iter().chain(record::terms_lines(terms)).collect();
    registry::edit_record(&store.root, name, |old| record::changed(old, &lines))
}

/// Changes the hash that opens the account's own mailbox.
pub(super) fn set_password(
    store: &HomeStore,
    name: &AccountName,
    secret: &Secret<'_>,
) -> Result<(), NotDone> {
    registry::require_account(&store.root, name)?;
    let hash = secret.hash()?;
    let state = registry::folder(&store.root)?;
    let _lock = Lock::take(&state, registry::LOCK)?;
    if registry::require_account(&store.root, name)?.suspended {
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
    registry::require_account(&store.root, name)?;
    super::password::opens(registry::stored_hash(&store.root, name)?, password, name.as_str())
}

/// The mark of the hash that opens the account's own mailbox; nothing where none does.
pub(super) fn secret_mark(store: &HomeStore, name: &AccountName) -> Result<Option<SecretMark>, NotDone> {
    registry::require_account(&store.root, name)?;
    Ok(super::password::mark(registry::stored_hash(&store.root, name)?))
}

/// Removes an account with its domains, mailboxes and mail. A home that was taken over in its place stays, and
/// is named. The account's record goes last, so what a failure leaves can be removed by the same call.
pub(super) fn remove(store: &HomeStore, name: &AccountName) -> Result<Option<String>, NotDone> {
    registry::require_account(&store.root, name)?;
    let state = registry::folder(&store.root)?;
    let _mine = account_lock::take(&state, name)?;
    let account = registry::require_account(&store.root, name)?;
    let domains = registry::domains_and_traces(&store.root, &account)?;
    give_up_domains(store, &state, name, &domains)
        .map_err(|e| e.unchanged(&format!("The account “{name}”")))?;
    let in_place = Path::new(&account.home) != store.root.join(name.as_str());
    let rest = || {
        // Neither how many domains nor how many files there are is for others to wait for.
        if !in_place {
            // Of a call that did not come to its end.
            moving::clear(&state, &account)?;
            moving::take_away(&Folder::ours_existing(&store.root)?, &state, name)?;
        }
        domains.iter().map(|domain| domains::unlink(&state, domain)).fold(Ok(()), Result::and)?;
        if !in_place {
            moving::clear(&state, &account)?;
        }
        forget(store, &state, name)
    };
    rest().map_err(|e: NotDone| {
        e.after(&format!(
            "The account “{name}” has no domain any more, but a part of it is left; repeat the call"
        ))
    })?;
    // What was there before the store knew of it holds more than mail.
    Ok(in_place.then_some(account.home))
}

/// The domains are nobody's from now on, and nobody else's before their links are gone.
fn give_up_domains(
    store: &HomeStore,
    state: &Folder,
    name: &AccountName,
    domains: &[Domain],
) -> Result<(), NotDone> {
    let _registry = Lock::take(state, registry::LOCK)?;
    reservations::reserve(state, name, domains)?;
    registry::remove_domains_of(&store.root, name)
}

fn forget(store: &HomeStore, state: &Folder, name: &AccountName) -> Result<(), NotDone> {
    let _registry = Lock::take(state, registry::LOCK)?;
    // What killed processes left.
    state.sweep();
    reservations::release(state, name)?;
    suspended::strike(state, name)?;
    registry::set_hash(&store.root, name, None, 0)?;
    Ok(registry::remove_account(&store.root, name)?)
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
    for name in ["users", "locks", registry::PACKAGES] {
        state.ensure(name, registry::PRIVATE_MODE)?;
    }
    registry::readable_folder(&state, "domains")?;
    routes::make_folders(&state)?;
    state.create_file(suspended::FILE, suspended::MODE)?;
    state.create_file(reservations::FILE, reservations::MODE)?;
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

/// Makes the home where nobody reaches it, and puts it in its place when it is whole.
fn make_home(store: &HomeStore, state: &Folder, account: &Account) -> Result<(), NotDone> {
    let (moving, name) = (moving::folder(state)?, account.name.as_str());
    moving.create(name, HOME_MODE)?;
    hand_over(&moving, name, account)?;
    let home = Folder::home(&moving.path_of(name), account.uid)?;
    domains::make_folders_in(&home, account, &account.domain)?;
    Ok(moving::place(&Folder::ours_existing(&store.root)?, state, &account.name)?)
}

/// Gives a new folder of ours to the account.
pub(super) fn hand_over(root: &Folder, name: &str, account: &Account) -> Result<(), Error> {
    let (uid, gid) = (Uid::from_raw(account.uid), Gid::from_raw(account.gid));
    rustix::fs::chownat(root, name, Some(uid), Some(gid), rustix::fs::AtFlags::SYMLINK_NOFOLLOW)
        .map_err(|e| failure::io("Handing over", &root.path_of(name), e))
}
