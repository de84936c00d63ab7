//! What is known of the account: from `cp/USER` and `userdata/main`, else from the home alone.

use super::anomaly::{Anomalies, AnomalyKind, Treatment, Unserved};
use super::formats::Formats;
use super::refusal::refusal;
use super::request::ImportRequest;
use super::scheme::{self, SchemeVerdict};
use super::survey::Survey;
use crate::api::NotDone;
use crate::store::home::{record, shadow};
use crate::store::{AccountName, Domain, DomainKind, HostedDomain, Limits, Secret, Terms};

/// What is known about the account.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) name: AccountName,
    /// Its name on the old server.
    pub(super) old_name: String,
    /// Its domains, the main one first.
    pub(super) domains: Vec<HostedDomain>,
    pub(super) limits: Limits,
    /// What was agreed about it on the old server.
    pub(super) terms: Terms,
    /// When it was created; none if that is not known.
    pub(super) created: Option<u64>,
    pub(super) suspended: bool,
    pub(super) suspended_since: u64,
    /// Why, in the words of who did it.
    pub(super) suspend_reason: String,
    pub(super) own_hash: Option<String>,
    pub(super) own_scheme: Option<&'static str>,
}

impl Facts {
    /// Reads them; `fallback` is the name that a home without account file suggests, `is_bare_home` says that
    /// the source is a home and no backup.
    pub(super) fn read(
        request: &ImportRequest<'_>,
        survey: &mut Survey,
        (fallback, is_bare_home): (Option<&str>, bool),
    ) -> Result<Self, NotDone> {
        let file = survey.account_file.take();
        let text = file.as_ref().map(|(_, text)| text.as_str()).unwrap_or_default();
        let named = fallback.or(request.user.filter(|_| is_bare_home));
        let old_name = file.as_ref().map(|(name, _)| name.as_str()).or(named).ok_or_else(|| {
            refusal(if is_bare_home {
                "It is a home directory without its account file, so nothing says whose it is; give the account's name with --user NAME, and its main domain with --domain MAIN if there are several"
            } else {
                "This is not the backup of a cPanel account: the account file cp/USER is missing; name a complete backup"
            })
        })?;
        let given = request.user.unwrap_or(old_name);
        let name = AccountName::brought(given).ok_or_else(|| {
            refusal(format!(
                "“{}” cannot be the name of an account; give another one with --user NAME (a-z, 0-9, - and _)",
                given.escape_debug()
            ))
        })?;
        let domains = if file.is_some() {
            registered_domains(text, survey, request.formats)
        } else {
            folders_of_domains(survey)
        };
        if file.is_none() {
            tell_what_a_home_lacks(survey);
        }
        tell_outgoing(text, old_name, &mut survey.anomalies);
        // Either of the two is enough, as on a cPanel server.
        let suspension = survey.suspension.take();
        let suspended = record::value(text, "SUSPENDED").map(str::trim) == Some("1") || suspension.is_some();
        let (own_hash, own_scheme) = own_hash(survey, suspended).unzip();
        Ok(Self {
            name,
            old_name: old_name.to_owned(),
            domains: with_main(domains, record::value(text, "DNS"), request.main_domain.as_ref())?,
            limits: if file.is_some() { record::limits(text) } else { Limits::NONE },
            terms: record::terms(text),
            created: number(text, "STARTDATE"),
            suspended,
            suspended_since: number(text, "SUSPENDTIME").unwrap_or(0),
            suspend_reason: suspension.as_deref().map_or_else(String::new, reason),
            own_hash,
            own_scheme,
        })
    }
}

/// The first line of a file `suspended/USER`, without what could not stand in a record.
fn reason(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    line.chars().filter(|c| !c.is_control()).take(MAX_REASON).collect()
}

/// Longest reason, in characters.
const MAX_REASON: usize = 1000;

/// Tells that an account was not to send: here a single mailbox is stopped from it, or all of a suspended account.
fn tell_outgoing(text: &str, name: &str, anomalies: &mut Anomalies) {
    for (key, state) in [("OUTGOING_MAIL_SUSPENDED", "suspended"), ("OUTGOING_MAIL_HOLD", "held")] {
        if record::value(text, key).map(str::trim) == Some("1") {
            anomalies.unserved(Unserved {
                place: ("cp", None),
                mailbox: Some(name),
                kind: AnomalyKind::Account,
                what: format!("all outgoing mail of the account is {state} ({key}=1)"),
                sees: "its mailboxes can send",
                done: Treatment::SuspendAgain,
            });
        }
    }
}

/// What is nowhere in a home, and would be missed.
fn tell_what_a_home_lacks(survey: &mut Survey) {
    survey.anomalies.unserved(Unserved {
        place: ("cp", None),
        mailbox: None,
        kind: AnomalyKind::Account,
        what: "the source is a home alone: forwarders, default addresses, domain forwarders, limits, the account's password and whether it is suspended are not in it".to_owned(),
        sees: "mailboxes and mail, and none of these",
        done: Treatment::GiveAgain,
    });
}

fn number(text: &str, key: &str) -> Option<u64> {
    record::value(text, key)?.trim().parse().ok()
}

/// The domains that the account file names. A folder in `etc` beside them is not the account's.
fn registered_domains(text: &str, survey: &mut Survey, formats: &dyn Formats) -> Vec<HostedDomain> {
    let parked = parked(survey, formats);
    let main = record::value(text, "DNS");
    let mut domains: Vec<HostedDomain> = Vec::new();
    for named in main.into_iter().chain(record::further_domains(text)).map(str::trim) {
        match Domain::parse(named) {
            Ok(name) if domains.iter().any(|known| known.name == name) => {}
            Ok(name) => {
                let marked = record::value(text, &format!("PARKED-{name}")) == Some("1");
                let kind =
                    if marked || parked.contains(&name) { DomainKind::Parked } else { DomainKind::Addon };
                domains.push(HostedDomain { name, kind });
            }
            Err(_) => {
                let what = format!("“{}” is no domain", named.escape_debug());
                survey.anomalies.add(("cp", None), AnomalyKind::Domain, what, Treatment::NotTaken);
            }
        }
    }
    let is_known = |folder: &str| domains.iter().any(|known| known.name.as_str() == folder);
    for (folder, files) in &survey.domains {
        if files.passwd.is_some() && !is_known(folder) {
            let what = "a domain's folder, but the account file does not name that domain";
            let place = format!("etc/{folder}");
            survey.anomalies.add((&place, None), AnomalyKind::Domain, what, Treatment::NotCopied);
        }
    }
    domains
}

/// The parked domains by `userdata/main`.
fn parked(survey: &mut Survey, formats: &dyn Formats) -> Vec<Domain> {
    let Some(bytes) = survey.userdata.take() else { return Vec::new() };
    let Some(userdata) = formats.yaml(&bytes) else {
        let what = "it is no YAML, so parked domains are not known from others";
        survey.anomalies.add(("userdata/main", None), AnomalyKind::Account, what, Treatment::NotTaken);
        return Vec::new();
    };
    let list = userdata.get("parked_domains").and_then(|list| list.as_array()).cloned();
    let names = list.unwrap_or_default();
    names.iter().filter_map(|name| Domain::parse(name.as_str()?).ok()).collect()
}

/// Without an account file: the folders in `etc` that are a domain's and hold a `passwd`.
fn folders_of_domains(survey: &mut Survey) -> Vec<HostedDomain> {
    let mut domains = Vec::new();
    for (folder, files) in &survey.domains {
        if files.passwd.is_none() {
            continue;
        }
        match Domain::parse(folder) {
            Ok(name) if name.as_str() == folder => {
                domains.push(HostedDomain { name, kind: DomainKind::Addon });
            }
            _ => {
                let place = format!("etc/{}", folder.escape_debug());
                let what = "a folder with a passwd file, but its name is no domain";
                survey.anomalies.add((&place, None), AnomalyKind::Domain, what, Treatment::NotCopied);
            }
        }
    }
    domains
}

/// Puts the main domain in front: the one asked for, else the one that the account file names, else
/// the only one.
fn with_main(
    mut domains: Vec<HostedDomain>,
    named: Option<&str>,
    asked: Option<&Domain>,
) -> Result<Vec<HostedDomain>, NotDone> {
    let names = || domains.iter().map(|d| d.name.to_string()).collect::<Vec<_>>().join(", ");
    if domains.is_empty() {
        return Err(refusal(
            "It has no domain: neither an account file names one, nor is there a folder etc/DOMAIN with a file passwd",
        ));
    }
    let named = named.and_then(|name| Domain::parse(name.trim()).ok());
    let wanted = match asked.or(named.as_ref()) {
        Some(wanted) => wanted.clone(),
        None if domains.len() == 1 => domains[0].name.clone(),
        None => {
            return Err(refusal(format!(
                "It has several domains ({}), and nothing says which is the main one; give it with --domain",
                names()
            )));
        }
    };
    let Some(at) = domains.iter().position(|domain| domain.name == wanted) else {
        return Err(refusal(format!("“{wanted}” is not one of its domains; they are {}", names())));
    };
    let mut main = domains.remove(at);
    main.kind = DomainKind::Main;
    domains.insert(0, main);
    Ok(domains)
}

/// The account's own hash and its scheme: the file holds one line of the system's `shadow`, or the hash
/// alone. The mark of a suspended account goes: its record says that it is suspended.
fn own_hash(survey: &mut Survey, suspended: bool) -> Option<(String, &'static str)> {
    let bytes = survey.own_hash.take()?;
    let text = String::from_utf8_lossy(&bytes);
    let line = text.lines().next().unwrap_or_default().trim();
    let field = if line.contains(':') { line.split(':').nth(1).unwrap_or_default() } else { line };
    let (mark, hash) = field.split_at(shadow::mark_length(field.as_bytes()));
    let kind = scheme::scheme(hash.as_bytes());
    if kind.verdict == SchemeVerdict::Empty {
        return None;
    }
    if kind.verdict != SchemeVerdict::Good || Secret::from_hash(hash).is_err() {
        let what = format!("the account's own hash ({}) is of a kind that cannot be used", kind.name);
        survey.anomalies.add(("shadow", Some(1)), AnomalyKind::HashScheme, what, Treatment::NotTaken);
        return None;
    }
    Some((if suspended { hash.to_owned() } else { format!("{mark}{hash}") }, kind.name))
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::path::Path;

    use super::*;
    use crate::store::home::import::{Archive, ArchiveContent};

    #[derive(Debug)]
    struct Yaml;

    impl Formats for Yaml {
        fn archive(&self, _: File, path: &Path, _: ArchiveContent) -> Result<Box<dyn Archive>, NotDone> {
            Err(refusal(path.display().to_string()))
        }

        fn yaml(&self, text: &[u8]) -> Option<serde_json::Value> {
            yaml_serde::from_slice(text).ok()
        }
    }

    fn request(main_domain: Option<&str>) -> ImportRequest<'static> {
        let main_domain = main_domain.map(|name| Domain::parse(name).unwrap());
        ImportRequest {
            formats: &Yaml,
            source: Path::new("x"),
            user: None,
            main_domain,
            any_domain: false,
            converter: None,
            in_place: false,
            dry_run: true,
        }
    }

    fn survey(cp: &str, userdata: &str) -> Survey {
        Survey {
            account_file: Some(("bob".into(), cp.into())),
            userdata: Some(userdata.as_bytes().to_vec()),
            ..Survey::default()
        }
    }

    #[test]
    fn kinds_limits_and_suspension() {
        let cp = "DNS=example.com\nDNS1=parked.example\nDNS2=addon.example\nDNS3=*.example.com\nDNS4=addon.example\nMAXPOP=7\nSTARTDATE=5\nSUSPENDED=1\nSUSPENDTIME=9\n";
        let yaml = "---\nmain_domain: example.com\naddon_domains:\n  addon.example: a.example.com\nparked_domains:\n  - parked.example\n";
        let mut found = survey(cp, yaml);
        found.suspension = Some(b"\n Unpaid: see 12\x07 \nmore\n".to_vec());
        found.own_hash = Some(format!("bob:!!$6$abc${}:1::\n", "a".repeat(86)).into_bytes());
        let facts = Facts::read(&request(None), &mut found, (None, false)).unwrap();
        let kinds: Vec<_> = facts.domains.iter().map(|d| (d.name.as_str(), d.kind)).collect();
        assert_eq!(
            kinds,
            [
                ("example.com", DomainKind::Main),
                ("parked.example", DomainKind::Parked),
                ("addon.example", DomainKind::Addon)
            ]
        );
        assert_eq!((facts.limits.mailboxes, facts.created), (Some(7), Some(5)));
        assert_eq!((facts.suspended, facts.suspended_since), (true, 9));
        assert_eq!(facts.suspend_reason, "Unpaid: see 12");
        assert!(facts.own_hash.unwrap().starts_with("$6$"), "the mark is the suspended account's");
        assert_eq!(found.anomalies.into_list().0[0].kind, AnomalyKind::Domain);
        let other = Facts::read(&request(Some("addon.example")), &mut survey(cp, ""), (None, false)).unwrap();
        assert_eq!(other.domains[0].name.as_str(), "addon.example");
        for (cp, asked, why) in [
            (cp, Some("other.example"), "is not one of its domains"),
            ("USER=bob\n", None, "It has no domain"),
            ("DNS1=a.example\nDNS2=b.example\n", None, "--domain"),
        ] {
            let refused = Facts::read(&request(asked), &mut survey(cp, ""), (None, false)).unwrap_err();
            let crate::api::NotDone::Failed(error) = refused else { panic!("{refused:?}") };
            assert!(error.to_string().contains(why), "{error}");
        }
    }

    #[test]
    fn who_was_not_to_send_is_told() {
        let told = |cp: &str| {
            let mut found = survey(&format!("DNS=example.com\n{cp}"), "");
            Facts::read(&request(None), &mut found, (None, false)).unwrap();
            let list = found.anomalies.into_list().0;
            list.into_iter().map(|told| (told.mailbox.unwrap_or_default(), told.what)).collect::<Vec<_>>()
        };
        let suspended = told("OUTGOING_MAIL_SUSPENDED=1\nOUTGOING_MAIL_HOLD=0\n");
        assert_eq!(suspended.len(), 1, "{suspended:?}");
        assert!(suspended[0].0 == "bob" && suspended[0].1.contains("is suspended"), "{suspended:?}");
        assert!(told("OUTGOING_MAIL_HOLD=1\n")[0].1.contains("is held"));
        assert!(told("OUTGOING_MAIL_SUSPENDED=\n").is_empty());
    }

    #[test]
    fn own_hashes() {
        let whole = format!("$6$abc${}", "a".repeat(86));
        for (file, taken) in [
            (whole.clone(), Some(whole.clone())),
            (format!("!!{whole}\n"), Some(format!("!!{whole}"))),
            (format!("bob:{whole}:19000:0:99999:7:::"), Some(whole.clone())),
            ("bob:*:1::".to_owned(), None),
            ("!!".to_owned(), None),
            (format!("{whole} x"), None),
            ("rl0uE0vwJrZ0c".to_owned(), None),
        ] {
            let mut survey = Survey { own_hash: Some(file.clone().into_bytes()), ..Survey::default() };
            assert_eq!(own_hash(&mut survey, false).map(|(hash, _)| hash), taken, "{file}");
        }
    }
}
