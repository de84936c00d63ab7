//! Which accounts there are, and which domains are theirs.
//!
//! Kept in cPanel's own formats, so that what reads `/etc/userdomains` and `/var/cpanel/users` today
//! can read these: `userdomains` holds `domain: account` lines and alone decides who owns a domain;
//! `users/ACCOUNT` holds `KEY=value` lines. Read anew by every call: another process may have changed
//! them, and a cache would have to know.

use std::path::Path;

use rustix::io::Errno;

use super::folder::Folder;
use super::{failure, lines};
use crate::api::{Error, ErrorKind, NotDone};
use crate::store::{Account, AccountName, Domain};

/// Our folder below the store's root. Account names never start with a dot.
pub(super) const FOLDER: &str = ".liveapi";
/// The file of domains.
pub(super) const USERDOMAINS: &str = "userdomains";
/// The folder of accounts.
const USERS: &str = "users";

/// Our folder, opened and checked; an error that says how to begin if there is no store yet.
pub(super) fn folder(root: &Path) -> Result<Folder, Error> {
    existing(root)?.ok_or_else(|| no_store(root))
}

/// The same where no store is no error.
fn existing(root: &Path) -> Result<Option<Folder>, Error> {
    Folder::ours(&root.join(FOLDER))
}

fn no_store(root: &Path) -> Error {
    let sentence = format!(
        "There is no mail store at {} yet; create an account first: whmapi1 createacct username=bob domain=example.com",
        root.display()
    );
    Error::new(ErrorKind::UnknownAccount, sentence)
}

/// The account that owns a domain.
pub(super) fn owner_of(root: &Path, domain: &Domain) -> Result<Option<String>, Error> {
    let Some(file) = folder(root)?.read(USERDOMAINS)? else { return Ok(None) };
    let Some(line) = lines::find(&file.bytes, domain.as_str().as_bytes()) else { return Ok(None) };
    Ok(lines::fields(&file.bytes[line.range]).nth(1).map(text))
}

/// The domains of an account, in file order.
pub(super) fn domains_of(root: &Path, account: &AccountName) -> Result<Vec<Domain>, Error> {
    let Some(file) = folder(root)?.read(USERDOMAINS)? else { return Ok(Vec::new()) };
    let of_account = |line: &&[u8]| lines::fields(line).nth(1).map(text).as_deref() == Some(account.as_str());
    let domain = |line: &[u8]| lines::fields(line).next().and_then(|name| Domain::parse(&text(name)).ok());
    Ok(file.bytes.split(|&byte| byte == b'\n').filter(of_account).filter_map(domain).collect())
}

fn text(field: &[u8]) -> String {
    String::from_utf8_lossy(field).trim().to_owned()
}

/// One account's record.
pub(super) fn account(root: &Path, name: &AccountName) -> Result<Option<Account>, Error> {
    let Some(state) = existing(root)? else { return Ok(None) };
    let place = format!("{USERS}/{name}");
    let Some(file) = state.read(&place)? else { return Ok(None) };
    let record = String::from_utf8_lossy(&file.bytes);
    parse(name, &record).map(Some).ok_or_else(|| {
        failure::not_trusted(&state.path_of(&place), "it lacks one of DNS, HOMEDIR, UID, GID, MAILGID")
    })
}

/// All accounts, by name.
pub(super) fn accounts(root: &Path) -> Result<Vec<Account>, Error> {
    let Some(state) = existing(root)? else { return Ok(Vec::new()) };
    let mut names: Vec<_> = users(&state)?
        .names()?
        .iter()
        .filter_map(|(name, _)| AccountName::existing(std::str::from_utf8(name).ok()?))
        .collect();
    names.sort();
    let mut accounts = Vec::with_capacity(names.len());
    for name in names {
        accounts.extend(account(root, &name)?);
    }
    Ok(accounts)
}

fn users(state: &Folder) -> Result<Folder, Error> {
    state.beneath(USERS)?.ok_or_else(|| failure::io("Opening", &state.path_of(USERS), Errno::NOENT))
}

fn parse(name: &AccountName, record: &str) -> Option<Account> {
    let value = |key: &str| record.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    Some(Account {
        name: name.clone(),
        domain: Domain::parse(value("DNS")?).ok()?,
        home: value("HOMEDIR")?.to_owned(),
        uid: value("UID")?.parse().ok()?,
        gid: value("GID")?.parse().ok()?,
        mail_gid: value("MAILGID")?.parse().ok()?,
        suspended: value("SUSPENDED") == Some("1"),
        created: value("STARTDATE").and_then(|seconds| seconds.parse().ok()).unwrap_or(0),
    })
}

/// Writes a new account's record.
pub(super) fn write_account(root: &Path, account: &Account) -> Result<(), NotDone> {
    let record = format!(
        "DNS={}\nGID={}\nHOMEDIR={}\nMAILGID={}\nSTARTDATE={}\nUID={}\nUSER={}\n",
        account.domain,
        account.gid,
        account.home,
        account.mail_gid,
        account.created,
        account.uid,
        account.name
    );
    users(&folder(root)?)?.edit(account.name.as_str(), |old| {
        Ok(vec![lines::Splice { range: 0..old.len(), insert: record.clone().into_bytes() }])
    })
}

/// Writes into an account's record whether it is suspended; other lines stay.
pub(super) fn mark_suspended(root: &Path, name: &AccountName, suspended: bool) -> Result<(), NotDone> {
    users(&folder(root)?)?.edit(name.as_str(), |old| {
        let record = String::from_utf8_lossy(old);
        let kept = record.lines().filter(|line| !line.starts_with("SUSPENDED="));
        let mut new: String = kept.map(|line| format!("{line}\n")).collect();
        if suspended {
            new.push_str("SUSPENDED=1\n");
        }
        Ok(vec![lines::Splice { range: 0..old.len(), insert: new.into_bytes() }])
    })
}

/// Removes an account's record.
pub(super) fn remove_account(root: &Path, name: &AccountName) -> Result<(), Error> {
    users(&folder(root)?)?.unlink(name.as_str())
}

/// Enters a domain.
pub(super) fn add_domain(root: &Path, domain: &Domain, account: &AccountName) -> Result<(), NotDone> {
    let line = format!("{domain}: {account}");
    folder(root)?.edit(USERDOMAINS, |file| Ok(vec![lines::put(file, domain.as_str(), &line)]))
}

/// Strikes a domain.
pub(super) fn remove_domain(root: &Path, domain: &Domain) -> Result<(), NotDone> {
    folder(root)?.edit(USERDOMAINS, |file| Ok(lines::remove(file, domain.as_str())))
}
