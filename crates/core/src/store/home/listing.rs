//! Reading what mailboxes there are, and what is known about each.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use super::bounded_cache::BoundedCache;
use super::home_store::HomeStore;
use super::identity::as_account;
use super::layout::{PASSWD, QUOTA, SHADOW};
use super::password::require_mailbox;
use super::proven_cache::{self, ProvenCache};
use super::{incoming, lines, registry, shadow};
use crate::api::{Error, ErrorKind, NotDone};
use crate::base::files::{Folder, Proof, failure};
use crate::base::ration;
use crate::store::{Account, Address, Domain, LocalPart, Mailbox, Quota};

/// The mailboxes of domains as they were read: some thirty thousand, of which no domain has more than a quarter, or
/// one customer would push all others' out.
static KNOWN: Mutex<ProvenCache<Arc<[Mailbox]>>> = BoundedCache::new(4 * 1024 * 1024, 1024 * 1024);

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
        let home = store.home(account)?;
        let mut mailboxes = Vec::new();
        for domain in domains {
            let Some(folder) = home.beneath(&format!("etc/{domain}"))? else { continue };
            let size = |known: &Arc<[Mailbox]>| known.iter().map(size).sum();
            let of_domain =
                proven_cache::read(&KNOWN, &folder, size, |proof| read_all(&folder, &domain, proof))?;
            ration::take(ROW * of_domain.len())?;
            if mailboxes.len() + of_domain.len() > MAX_MAILBOXES {
                return Err(too_many(account).into());
            }
            mailboxes.extend_from_slice(&of_domain);
        }
        Ok(mailboxes)
    })
}

/// The memory that one takes in a list.
fn size(mailbox: &Mailbox) -> usize {
    let Address { local, domain } = &mailbox.address;
    size_of::<Mailbox>() + local.as_str().len() + domain.as_str().len()
}

/// The mailboxes of a domain by its files, which the proof takes in.
fn read_all(folder: &Folder, domain: &Domain, proof: &mut Proof) -> Result<Arc<[Mailbox]>, NotDone> {
    for name in [PASSWD, SHADOW, QUOTA] {
        proof.see(folder, name.as_bytes());
    }
    let (passwd, shadow, quota) = (read(folder, PASSWD)?, read(folder, SHADOW)?, read(folder, QUOTA)?);
    let (hashes, limits) = (first_fields(&shadow), first_fields(&quota));
    let with_settings = incoming::folders(folder)?;
    let mut mailboxes = Vec::new();
    for local in names(&passwd) {
        ration::take(ROW)?;
        let name = local.as_str().as_bytes();
        mailboxes.push(Mailbox {
            login_suspended: hashes.get(name).is_some_and(|hash| shadow::is_marked(hash)),
            incoming_suspended: with_settings.contains(name)
                && incoming::is_marked(folder, local.as_str(), proof)?,
            quota: limits.get(name).map_or(Quota::UNLIMITED, |text| limit(text)),
            address: Address { local, domain: domain.clone() },
        });
    }
    Ok(mailboxes.into())
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::time::Duration;

    use super::*;
    use crate::base::tests::scratch;

    /// What an owner does in a folder.
    type Change = fn(&Path);

    /// The list as it is answered, in short, and whether the files were read for it.
    fn known(folder: &Folder) -> (String, bool) {
        let mut read = false;
        let domain = Domain::parse("example.com").unwrap();
        let list = proven_cache::read(
            &KNOWN,
            folder,
            |_| 0,
            |proof| {
                read = true;
                read_all(folder, &domain, proof)
            },
        );
        let one = |mailbox: &Mailbox| {
            let Mailbox { address, login_suspended, incoming_suspended, quota } = mailbox;
            format!(
                "{}{}{}{:?} ",
                address.local,
                *login_suspended as u8,
                *incoming_suspended as u8,
                quota.bytes()
            )
        };
        (list.unwrap().iter().map(one).collect(), read)
    }

    #[test]
    fn a_list_is_believed_until_anything_changes_that_it_was_made_of() {
        let before = "a00None b00Some(9) ";
        let changes: [(Change, &str); 7] = [
            (|dir| fs::write(dir.join(PASSWD), "a:x\nc:x\n").unwrap(), "a00None c00None "),
            (|dir| fs::write(dir.join(SHADOW), "a:!h\nb:h\n").unwrap(), "a10None b00Some(9) "),
            (|dir| fs::remove_file(dir.join(QUOTA)).unwrap(), "a00None b00None "),
            (|dir| fs::write(dir.join("b/filter"), incoming::MARK).unwrap(), "a00None b01Some(9) "),
            (
                |dir| {
                    fs::create_dir(dir.join("new")).unwrap();
                    fs::write(dir.join("new/filter"), incoming::MARK).unwrap();
                    fs::rename(dir.join("new"), dir.join("a")).unwrap();
                },
                "a01None b00Some(9) ",
            ),
            // Other bytes of that length under the old time.
            (
                |dir| {
                    let time = dir.join(PASSWD).metadata().unwrap().modified().unwrap();
                    fs::write(dir.join(PASSWD), "a:x\nd:x\n").unwrap();
                    fs::File::open(dir.join(PASSWD)).unwrap().set_modified(time).unwrap();
                },
                "a00None d00None ",
            ),
            (
                |dir| {
                    fs::rename(dir.join(PASSWD), dir.join("old")).unwrap();
                    fs::rename(dir.join(SHADOW), dir.join(PASSWD)).unwrap();
                },
                "a00None b00Some(9) ",
            ),
        ];
        let dirs: Vec<_> = (0..changes.len())
            .map(|number| {
                let dir = scratch(&format!("listing-{number}"));
                fs::create_dir(dir.join("b")).unwrap();
                fs::write(dir.join(PASSWD), "a:x\nb:x\n").unwrap();
                fs::write(dir.join(SHADOW), "a:h\nb:h\n").unwrap();
                fs::write(dir.join(QUOTA), "b:9\n").unwrap();
                dir
            })
            .collect();
        let open = |dir| Folder::home(dir, rustix::process::geteuid().as_raw()).unwrap().readable().unwrap();
        let young = open(&dirs[0]);
        assert_eq!([known(&young).1, known(&young).1], [true, true], "it may change again unseen");
        std::thread::sleep(Duration::from_millis(1100));
        for (dir, (change, after)) in dirs.iter().zip(changes) {
            let folder = open(dir);
            assert_eq!([known(&folder), known(&folder)], [(before.into(), true), (before.into(), false)]);
            change(dir);
            assert_eq!([known(&folder), known(&folder)], [(after.into(), true), (after.into(), true)]);
            fs::remove_dir_all(dir).unwrap();
        }
    }
}
