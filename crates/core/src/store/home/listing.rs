//! Reading what mailboxes there are, and what is known about each.

use std::collections::{HashMap, HashSet};

use super::home_store::HomeStore;
use super::identity::as_account;
use super::layout::{PASSWD, QUOTA, SHADOW};
use super::password::require_mailbox;
use super::{incoming, lines, registry, shadow};
use crate::api::{Error, ErrorKind, NotDone};
use crate::base::files::{Folder, failure};
use crate::base::ration;
use crate::store::{Account, Address, LocalPart, Mailbox, Quota};

/// Most lines of a file with a line for each mailbox.
const MAX_LINES: usize = 100_000;
/// Most mailboxes of all domains of an account that are listed at once.
const MAX_MAILBOXES: usize = 200_000;
/// What a mailbox counts for where work is rationed, beside its lines: a row is made of it.
const ROW: usize = 64;

/// The limit of a mailbox, by the first line of its name in `quota`.
pub(super) fn quota(store: &HomeStore, account: &Account, address: &Address) -> Result<Quota, NotDone> {
    store.require_domain(account, &address.domain)?;
    as_account(account, || {
        let etc = require_mailbox(store, account, address)?;
        let file = etc.read(QUOTA)?.map(|file| file.bytes).unwrap_or_default();
        Ok(first_fields(&file)
            .get(address.local.as_str().as_bytes())
            .map_or(Quota::UNLIMITED, |text| limit(text)))
    })
}

/// The mailboxes of all domains of an account.
pub(super) fn list(store: &HomeStore, account: &Account) -> Result<Vec<Mailbox>, NotDone> {
    let domains = registry::domains_of(&store.root, &account.name)?;
    as_account(account, || {
        let mut mailboxes = Vec::new();
        for domain in domains {
            let Some(folder) = store.domain_folder(account, &domain)? else { continue };
            let (passwd, shadow, quota) =
                (read(&folder, PASSWD)?, read(&folder, SHADOW)?, read(&folder, QUOTA)?);
            let (hashes, limits) = (first_fields(&shadow), first_fields(&quota));
            let with_settings = incoming::folders(&folder)?;
            for local in names(&passwd) {
                ration::take(ROW)?;
                if mailboxes.len() == MAX_MAILBOXES {
                    return Err(too_many(account).into());
                }
                let name = local.as_str().as_bytes();
                mailboxes.push(Mailbox {
                    login_suspended: hashes.get(name).is_some_and(|hash| shadow::is_marked(hash)),
                    incoming_suspended: with_settings.contains(name)
                        && incoming::is_marked(&folder, local.as_str())?,
                    quota: limits.get(name).map_or(Quota::UNLIMITED, |text| limit(text)),
                    address: Address { local, domain: domain.clone() },
                });
            }
        }
        Ok(mailboxes)
    })
}

/// How many mailboxes all domains of an account have. To be called with the account's identity.
pub(super) fn count(store: &HomeStore, account: &Account) -> Result<u64, Error> {
    let mut count = 0;
    for domain in registry::domains_of(&store.root, &account.name)? {
        let Some(folder) = store.domain_folder(account, &domain)? else { continue };
        count += names(&read(&folder, PASSWD)?).count() as u64;
    }
    Ok(count)
}

/// The bytes of a file with a line for each mailbox; none if it is not there. Customers can put a file of any kind in
/// its place, and what is made of each line takes more memory than the line.
fn read(folder: &Folder, name: &str) -> Result<Vec<u8>, Error> {
    let bytes = folder.read(name)?.map(|file| file.bytes).unwrap_or_default();
    if memchr::memchr_iter(b'\n', &bytes).nth(MAX_LINES).is_some() {
        let why = format!("it has more than {MAX_LINES} lines");
        return Err(failure::not_trusted(&folder.path_of(name), &why));
    }
    Ok(bytes)
}

fn too_many(account: &Account) -> Error {
    let sentence = format!(
        "The account {} has more than {MAX_MAILBOXES} mailboxes; so many are not listed",
        account.name
    );
    Error::new(ErrorKind::StoreIo, sentence)
}

/// The second field by the first, of the first line of each name: one pass over a file, where a search
/// for each of 100,000 mailboxes would take minutes.
fn first_fields(file: &[u8]) -> HashMap<&[u8], &[u8]> {
    let mut found = HashMap::new();
    for line in file.split(|&byte| byte == b'\n') {
        let mut fields = lines::fields(line);
        if let (Some(name), Some(value)) = (fields.next(), fields.next()) {
            found.entry(name).or_insert(value);
        }
    }
    found
}

fn limit(text: &[u8]) -> Quota {
    Quota::from_bytes_text(&String::from_utf8_lossy(text))
}

/// The mailboxes that a `passwd` file names, each once: those that the mail servers know, so that what is listed can
/// log in, gets mail, and is found by every function.
fn names(passwd: &[u8]) -> impl Iterator<Item = LocalPart> {
    let mut seen = HashSet::new();
    passwd.split(|&byte| byte == b'\n').filter_map(move |line| {
        let mut fields = lines::fields(line);
        let name = std::str::from_utf8(fields.next()?).ok()?;
        // Without a colon it is no line of a mailbox.
        fields.next()?;
        let good = LocalPart::is_served(name) && seen.insert(name.to_owned());
        good.then(|| LocalPart::existing(name).ok())?
    })
}
