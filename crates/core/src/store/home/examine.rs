//! Looking a store over: what a password change and a login need, and what stands in their way.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::home_store::HomeStore;
use super::identity::as_account;
use super::layout::{PASSWD, SHADOW};
use super::{lines, registry, suspended};
use crate::api::{Error, NotDone};
use crate::store::{Account, Domain, MailStore, UnreadableAccount};

/// Whether a remark is good, odd or bad news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Good,
    /// Odd, and perhaps meant so.
    Odd,
    /// Something does not work, or not safely.
    Wrong,
}

/// What was seen of one thing.
#[derive(Clone, Debug)]
pub struct Remark {
    pub weight: Weight,
    /// What it is about: a path, or an account.
    pub object: String,
    /// What is to be said of it.
    pub what: String,
    /// What to do; empty where nothing is to be done.
    pub advice: String,
}

/// What was seen of a store.
#[derive(Clone, Debug, Default)]
pub struct Examination {
    pub root: PathBuf,
    pub accounts: usize,
    /// One mailbox of each domain that has one and may log in.
    pub addresses: Vec<String>,
    pub remarks: Vec<Remark>,
}

impl Examination {
    fn say(&mut self, weight: Weight, object: impl ToString, what: impl Into<String>, advice: &str) {
        let (object, what) = (object.to_string(), what.into());
        self.remarks.push(Remark { weight, object, what, advice: advice.to_owned() });
    }
}

impl HomeStore {
    /// Looks at everything; nothing is changed.
    pub fn examine(&self) -> Result<Examination, Error> {
        let mut seen = Examination { root: self.root.clone(), ..Examination::default() };
        let (accounts, unreadable) = registry::accounts(&self.root)?;
        for UnreadableAccount { name, why } in &unreadable {
            let advice = "mend its record; whmapi1 listaccts leaves it out, and nothing of it works";
            seen.say(Weight::Wrong, format!("account {name}"), why.to_string(), advice);
        }
        if accounts.is_empty() {
            let advice = "whmapi1 createacct username=bob domain=example.com";
            seen.say(Weight::Odd, self.root.display(), "there is no account yet", advice);
            return Ok(seen);
        }
        seen.accounts = accounts.len();
        let what = counted(accounts.len(), "account");
        seen.say(Weight::Good, self.root.display(), what, "");
        self.suspended_seen(&accounts, &mut seen)?;
        for account in &accounts {
            if let Err(why) = self.account_seen(account, &mut seen) {
                let advice = "see there; until then none of its mailboxes can be changed";
                seen.say(Weight::Wrong, format!("account {}", account.name), why.to_string(), advice);
            }
        }
        Ok(seen)
    }

    fn account_seen(&self, account: &Account, seen: &mut Examination) -> Result<(), NotDone> {
        let domains = MailStore::domains(self, account)?;
        let mailboxes = self.mailboxes(account)?;
        let suspended = if account.suspended { ", suspended" } else { "" };
        let (domain, mailbox) = (counted(domains.len(), "domain"), mailboxes.len());
        let mailbox = if mailbox == 1 { "1 mailbox".to_owned() } else { format!("{mailbox} mailboxes") };
        let what = format!("{domain}, {mailbox}{suspended}");
        seen.say(Weight::Good, format!("account {}", account.name), what, "");
        for domain in domains {
            self.link_seen(account, &domain.name, seen);
            as_account(account, || self.files_seen(account, &domain.name, seen))?;
            let open = mailboxes
                .iter()
                .find(|mailbox| mailbox.address.domain == domain.name && !mailbox.login_suspended);
            seen.addresses.extend(open.map(|mailbox| mailbox.address.to_string()));
        }
        self.anomalies_seen(account, seen)?;
        Ok(())
    }

    /// Mail servers ask a list who is suspended; the records must say the same.
    fn suspended_seen(&self, accounts: &[Account], seen: &mut Examination) -> Result<(), Error> {
        let state = registry::folder(&self.root)?;
        let path = state.path_of(suspended::FILE);
        let object = path.display();
        let again = "whmapi1 suspendacct user=NAME, or unsuspendacct, for that account; it may be repeated";
        let file = match state.read(suspended::FILE) {
            Ok(Some(file)) => file,
            Ok(None) if accounts.iter().all(|account| !account.suspended) => return Ok(()),
            Ok(None) => {
                let what = "is missing, though accounts are suspended: mail servers do not know of it";
                seen.say(Weight::Wrong, object, what, again);
                return Ok(());
            }
            Err(error) => {
                seen.say(Weight::Wrong, object, error.to_string(), "see there");
                return Ok(());
            }
        };
        let mode = file.stat.st_mode & 0o777;
        if mode != suspended::MODE {
            let what = format!("its mode is {mode:o}; a mail server that cannot read it refuses everybody");
            seen.say(Weight::Wrong, &object, what, "chmod 644 on it");
        }
        for account in accounts {
            let mut names: Vec<String> =
                registry::domains_of(&self.root, &account.name)?.iter().map(ToString::to_string).collect();
            names.push(account.name.to_string());
            let differs =
                |name: &&String| lines::find(&file.bytes, name.as_bytes()).is_some() != account.suspended;
            if let Some(name) = names.iter().find(differs) {
                let (record, list) = if account.suspended { ("", "lacks") } else { ("not ", "names") };
                let what = format!("{list} “{name}”, whose account “{}” is {record}suspended", account.name);
                seen.say(Weight::Wrong, &object, what, again);
            }
        }
        Ok(())
    }

    /// Dovecot finds a domain by its link.
    fn link_seen(&self, account: &Account, domain: &Domain, seen: &mut Examination) {
        let link = self.root.join(registry::FOLDER).join("domains").join(domain.as_str());
        let target = std::fs::canonicalize(&link);
        let files = std::fs::canonicalize(Path::new(&account.home).join("etc").join(domain.as_str()));
        match (target, files) {
            (Ok(target), Ok(files)) if target == files => {}
            (_, Err(cause)) => {
                let what = format!("the folder of its files cannot be reached: {cause}");
                seen.say(Weight::Wrong, domain, what, "create a mailbox in it, or restore etc/DOMAIN");
            }
            _ => {
                let what = format!("{} does not lead to its files", link.display());
                seen.say(Weight::Wrong, domain, what, "remove the domain and add it again, or mend the link");
            }
        }
    }

    /// What is not trusted is refused with its reason at each call; here it is said before one is made.
    fn files_seen(&self, account: &Account, domain: &Domain, seen: &mut Examination) -> Result<(), NotDone> {
        let Some(folder) = self.domain_folder(account, domain)? else { return Ok(()) };
        for name in [PASSWD, SHADOW] {
            let path = folder.path_of(name);
            if let Err(error) = folder.read(name) {
                seen.say(Weight::Wrong, path.display(), error.to_string(), "see there");
                continue;
            }
            let Ok(found) = std::fs::symlink_metadata(&path) else { continue };
            if found.mode() & 0o007 != 0 {
                let what = format!("every user of the machine may use it (mode {:o})", found.mode() & 0o777);
                seen.say(Weight::Wrong, path.display(), what, "chmod o= on it");
            }
        }
        Ok(())
    }

    /// What importers would report of the home as well.
    fn anomalies_seen(&self, account: &Account, seen: &mut Examination) -> Result<(), NotDone> {
        let domains: Vec<Domain> = MailStore::domains(self, account)?.into_iter().map(|d| d.name).collect();
        let (anomalies, more) = super::import::anomalies_of(account, &domains)?;
        for anomaly in anomalies {
            let line = anomaly.line.map(|line| format!(":{line}")).unwrap_or_default();
            seen.say(
                Weight::Odd,
                format!("{}/{}{line}", account.home, anomaly.file),
                anomaly.what,
                anomaly.done,
            );
        }
        if more > 0 {
            seen.say(Weight::Odd, format!("account {}", account.name), format!("{more} more strays"), "");
        }
        Ok(())
    }
}

fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
