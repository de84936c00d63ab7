//! Which accounts there are, and which domains are theirs.
//!
//! Kept in cPanel's own formats, so that what reads `/etc/userdomains` and `/var/cpanel/users` today
//! can read these: `userdomains` holds `domain: account` lines and alone decides who owns a domain;
//! `users/ACCOUNT` holds `KEY=value` lines. Another process may have changed them, so every call looks
//! whether the files are still those that were read last ([`registry_cache`]).

use std::collections::HashSet;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use rustix::io::Errno;

use super::bounded_cache::BoundedCache;
use super::{lines, record, registry_cache, shadow};
use crate::api::{Error, ErrorKind, NotDone, Refusal};
use crate::base::files::Folder;
use crate::base::files::Splice;
use crate::base::files::failure;
use crate::store::{Account, AccountName, Domain, HostedDomain, UnreadableAccount};

/// Our folder below the store's root. Account names never start with a dot.
pub(super) const FOLDER: &str = ".liveapi";
/// The folder of packages in it.
pub(super) const PACKAGES: &str = "packages";
/// The file that says which account owns which domain.
pub(super) const USERDOMAINS: &str = "userdomains";
/// The lock of the registry; no domain has this name, since domains hold a dot.
pub(super) const LOCK: &str = "registry";
/// The folder of the accounts' records.
const USERS: &str = "users";
/// Accounts as their records describe them, with the very bytes: every call needs one, some twice.
static DESCRIBED: Mutex<BoundedCache<(Arc<[u8]>, Account)>> = BoundedCache::new(4 * 1024 * 1024, 64 * 1024);
/// The accounts' own hashes, in the form of `shadow`.
const OWN_HASHES: &str = "shadow";

/// Our folder, opened and checked; an error that says how to begin if there is no store yet.
pub(super) fn folder(root: &Path) -> Result<Folder, Error> {
    existing(root)?.ok_or_else(|| no_store(root))
}

/// Our folder, opened and checked; nothing if there is no store yet.
fn existing(root: &Path) -> Result<Option<Folder>, Error> {
    Folder::ours(&root.join(FOLDER))
}

/// A file in our folder that many calls need.
pub(super) fn read(root: &Path, name: &str) -> Result<Option<Arc<[u8]>>, Error> {
    registry_cache::read(&root.join(FOLDER).join(name), || match existing(root)? {
        Some(state) => state.read(name),
        None => Ok(None),
    })
}

/// A folder of ours that the mail server reads: root gives it to the group of mail.
pub(super) fn readable_folder(state: &Folder, name: &str) -> Result<Folder, Error> {
    match mail_group() {
        Some(mail) => {
            let folder = state.ensure(name, READABLE_MODE)?;
            folder.give_to_group(mail)?;
            folder.set_mode(READABLE_MODE)?;
            Ok(folder)
        }
        None => state.ensure(name, PRIVATE_MODE),
    }
}

/// The group that mail servers belong to, where root runs the store for many accounts.
pub(super) fn mail_group() -> Option<u32> {
    let mail = || nix::unistd::Group::from_name("mail").ok().flatten();
    rustix::process::geteuid().is_root().then(mail).flatten().map(|group| group.gid.as_raw())
}

/// Modes of our folders: for all to pass through and the mail server to read, or for us alone.
pub(super) const READABLE_MODE: u32 = 0o751;
pub(super) const PRIVATE_MODE: u32 = 0o700;

fn no_store(root: &Path) -> Error {
    let sentence = format!(
        "There is no mail store at {} yet; create an account first: whmapi1 createacct username=bob domain=example.com",
        root.display()
    );
    Error::new(ErrorKind::UnknownAccount, sentence)
}

/// The account that owns a domain.
pub(super) fn owner_of(root: &Path, domain: &Domain) -> Result<Option<String>, Error> {
    let Some(file) = read(root, USERDOMAINS)? else { return Ok(None) };
    let Some(line) = lines::find(&file, domain.as_str().as_bytes()) else { return Ok(None) };
    Ok(lines::fields(&file[line.range]).nth(1).map(text))
}

/// The bytes of `userdomains`; none if there is no store yet.
pub(super) fn userdomains(root: &Path) -> Result<Arc<[u8]>, Error> {
    Ok(read(root, USERDOMAINS)?.unwrap_or_else(|| Arc::from([])))
}

/// The domains of such a file with their accounts, in file order.
pub(super) fn entries(file: &[u8]) -> impl Iterator<Item = (&str, &str)> {
    file.split(|&byte| byte == b'\n').filter_map(|line| {
        let mut fields = lines::fields(line).map(|field| std::str::from_utf8(field).map(str::trim));
        Some((fields.next()?.ok()?, fields.next()?.ok()?))
    })
}

/// The domains of an account, in file order.
pub(super) fn domains_of(root: &Path, account: &AccountName) -> Result<Vec<Domain>, Error> {
    let Some(file) = read(root, USERDOMAINS)? else { return folder(root).map(|_| Vec::new()) };
    let of_account = |line: &&[u8]| lines::fields(line).nth(1).map(text).as_deref() == Some(account.as_str());
    let domain = |line: &[u8]| lines::fields(line).next().and_then(|name| Domain::parse(&text(name)).ok());
    Ok(file.split(|&byte| byte == b'\n').filter(of_account).filter_map(domain).collect())
}

fn text(field: &[u8]) -> String {
    String::from_utf8_lossy(field).trim().to_owned()
}

/// The account of that name, as its record describes it.
pub(super) fn account(root: &Path, name: &AccountName) -> Result<Option<Account>, Error> {
    let Some(record) = read_record(root, name)? else { return Ok(None) };
    let path = root.join(FOLDER).join(USERS).join(name.as_str());
    let key = path.as_os_str().as_bytes();
    // Bytes that are read anew are others, even where they are the same.
    if let Some((_, account)) =
        BoundedCache::find(&DESCRIBED, key, 0).filter(|(of, _)| Arc::ptr_eq(of, &record))
    {
        return Ok(Some(account));
    }
    let account = record::account(name, &String::from_utf8_lossy(&record))
        .ok_or_else(|| failure::not_trusted(&path, "it lacks one of DNS, HOMEDIR, UID, GID, MAILGID"))?;
    let size = 2 * record.len() + size_of::<Account>();
    BoundedCache::keep(&DESCRIBED, key, 0, (record, account.clone()), size);
    Ok(Some(account))
}

/// The account of that name, which must be there.
pub(super) fn require_account(root: &Path, name: &AccountName) -> Result<Account, NotDone> {
    Ok(account(root, name)?.ok_or_else(|| Refusal::NoAccount(name.to_string()))?)
}

fn read_record(root: &Path, name: &AccountName) -> Result<Option<Arc<[u8]>>, Error> {
    read(root, &format!("{USERS}/{name}"))
}

/// All accounts whose records can be read, in the order of their names; and of the others, why not.
pub(super) fn accounts(root: &Path) -> Result<(Vec<Account>, Vec<UnreadableAccount>), Error> {
    let Some(state) = existing(root)? else { return Ok((Vec::new(), Vec::new())) };
    let mut names: Vec<_> = users(&state)?
        .names()?
        .iter()
        .filter_map(|(name, _)| AccountName::existing(std::str::from_utf8(name).ok()?))
        .collect();
    names.sort();
    let (mut accounts, mut unreadable) = (Vec::with_capacity(names.len()), Vec::new());
    for name in names {
        match account(root, &name) {
            Ok(account) => accounts.extend(account),
            Err(why) => unreadable.push(UnreadableAccount { name, why }),
        }
    }
    Ok((accounts, unreadable))
}

fn users(state: &Folder) -> Result<Folder, Error> {
    state.beneath(USERS)?.ok_or_else(|| failure::io("Opening", &state.path_of(USERS), Errno::NOENT))
}

/// Writes the record of an account that the registry does not know yet.
pub(super) fn write_account(root: &Path, account: &Account) -> Result<(), NotDone> {
    edit_record(root, &account.name, |_| record::of_new_account(account))
}

/// Changes lines of an account's record; all others stay.
pub(super) fn edit_record(
    root: &Path,
    name: &AccountName,
    change: impl Fn(&str) -> String,
) -> Result<(), NotDone> {
    users(&folder(root)?)?.edit(name.as_str(), |old| {
        let new = change(&String::from_utf8_lossy(old));
        Ok(vec![Splice { range: 0..old.len(), insert: new.into_bytes() }])
    })
}

/// The domains of an account with their kinds, in file order.
pub(super) fn hosted_domains(root: &Path, account: &Account) -> Result<Vec<HostedDomain>, Error> {
    let record = read_record(root, &account.name)?.unwrap_or_default();
    let record = String::from_utf8_lossy(&record);
    let hosted = |name| HostedDomain { kind: record::kind(&record, account, &name), name };
    Ok(domains_of(root, &account.name)?.into_iter().map(hosted).collect())
}

/// Removes the record of an account, without which it is unknown.
pub(super) fn remove_account(root: &Path, name: &AccountName) -> Result<(), Error> {
    users(&folder(root)?)?.unlink(name.as_str())
}

/// Stores an account's own hash, or removes it.
pub(super) fn set_hash(
    root: &Path,
    name: &AccountName,
    hash: Option<&str>,
    today: u64,
) -> Result<(), NotDone> {
    folder(root)?.edit(OWN_HASHES, |file| {
        Ok(match hash {
            Some(hash) => shadow::set_hash(file, name.as_str(), hash, today),
            None => lines::remove(file, name.as_str()),
        })
    })
}

/// An account's own hash without its mark of suspension, and whether there was one.
pub(super) fn stored_hash(root: &Path, name: &AccountName) -> Result<Option<(String, bool)>, Error> {
    let Some(file) = folder(root)?.read(OWN_HASHES)? else { return Ok(None) };
    Ok(shadow::stored_text(&file.bytes, name.as_str()))
}

/// Enters a domain as owned by an account.
pub(super) fn add_domain(root: &Path, domain: &Domain, account: &AccountName) -> Result<(), NotDone> {
    let line = format!("{domain}: {account}");
    folder(root)?.edit(USERDOMAINS, |file| Ok(vec![lines::put(file, domain.as_str(), &line)]))
}

/// Enters domains that are nobody's, all in one step.
pub(super) fn add_domains(
    root: &Path,
    domains: &[HostedDomain],
    account: &AccountName,
) -> Result<(), NotDone> {
    let entries: Vec<_> = domains.iter().map(|hosted| format!("{}: {account}", hosted.name)).collect();
    folder(root)?.edit(USERDOMAINS, |file| Ok(vec![lines::append(file, &entries.join("\n"))]))
}

/// Strikes all domains of an account in one step.
pub(super) fn remove_domains_of(root: &Path, account: &AccountName) -> Result<(), NotDone> {
    folder(root)?.edit(USERDOMAINS, |file| Ok(lines::remove_value(file, account.as_str())))
}

/// The domains of an account, and those that only its record still names, which are nobody's.
pub(super) fn domains_and_traces(root: &Path, account: &Account) -> Result<Vec<Domain>, Error> {
    let mut domains = domains_of(root, &account.name)?;
    let record = read_record(root, &account.name)?.unwrap_or_default();
    let record = String::from_utf8_lossy(&record);
    let further = record::further_domains(&record).into_iter().filter_map(|name| Domain::parse(name).ok());
    let traces = std::iter::once(account.domain.clone()).chain(further);
    let mut known: HashSet<Domain> = domains.iter().cloned().collect();
    for domain in traces {
        if known.insert(domain.clone()) && owner_of(root, &domain)?.is_none() {
            domains.push(domain);
        }
    }
    Ok(domains)
}

/// Strikes a domain, which nobody owns from then on.
pub(super) fn remove_domain(root: &Path, domain: &Domain) -> Result<(), NotDone> {
    folder(root)?.edit(USERDOMAINS, |file| Ok(lines::remove(file, domain.as_str())))
}
