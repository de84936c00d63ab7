//! Forwarders, default addresses and domain forwarders of a backup.
//!
//! The mail server acts on these lines, so only what is understood is taken over, written anew.

use std::collections::BTreeSet;

use super::account_file::Facts;
use super::anomaly::{Anomalies, AnomalyKind, Treatment, Unserved};
use super::survey::Survey;
use crate::store::home::valiases;
use crate::store::{Destination, Domain};

/// Programs that only a cPanel server has.
const CPANELS_OWN: &str = "/usr/local/cpanel/";
/// What the one that answers has in its name.
const AUTORESPONDER: &str = "/autorespond";

/// What of a domain is taken over.
#[derive(Debug, Default)]
pub(super) struct Routes {
    /// The lines of its file of forwarders.
    pub(super) lines: String,
    pub(super) addresses: usize,
    /// Where mail for nobody goes.
    pub(super) default: Option<String>,
    /// The domain that all mail goes to.
    pub(super) forwarded_to: Option<Domain>,
}

/// Reads the files of a domain.
pub(super) fn read(domain: &Domain, facts: &Facts, survey: &mut Survey) -> Routes {
    let mut routes = Routes::default();
    let bytes = survey.aliases.remove(domain.as_str()).unwrap_or_default();
    let mut reading = ForwarderFile {
        domain,
        facts,
        file: format!("va/{domain}"),
        answering: &survey.answering,
        anomalies: &mut survey.anomalies,
    };
    for (number, line) in numbered(&bytes) {
        match reading.line(number, &line) {
            Some((key, taken)) if !taken.is_empty() => routes.add(&key, &taken),
            _ => {}
        }
    }
    routes.forwarded_to = forwarded_to(domain, survey);
    routes
}

impl Routes {
    fn add(&mut self, key: &str, to: &[Destination]) {
        let line = valiases::line(key, to);
        if key == "*" {
            self.default = line.split_once(':').map(|(_, to)| to.trim().to_owned());
        } else {
            self.addresses += 1;
        }
        self.lines.push_str(&line);
        self.lines.push('\n');
    }
}

/// One file of forwarders, while it is read; what is not taken over is told.
struct ForwarderFile<'a> {
    domain: &'a Domain,
    facts: &'a Facts,
    /// Its path, for what is told.
    file: String,
    /// Addresses whose autoresponder is taken over.
    answering: &'a BTreeSet<String>,
    anomalies: &'a mut Anomalies,
}

impl ForwarderFile<'_> {
    /// The key of a line, and those of its destinations that are taken over.
    fn line(&mut self, number: usize, line: &str) -> Option<(String, Vec<Destination>)> {
        let Some((key, value)) = line.split_once(':') else {
            self.tell(number, "a line without colon".to_owned(), Treatment::NotTaken);
            return None;
        };
        let key = key.trim().to_ascii_lowercase();
        let shown = key.escape_debug().to_string();
        if !is_key(&key, self.domain) || value.contains(|c: char| c.is_control()) {
            self.tell(number, format!("“{shown}” is no address of this domain"), Treatment::NotTaken);
            return None;
        }
        let mut taken = Vec::new();
        for to in valiases::read(value) {
            match destination(to, self.facts) {
                Ok(to) => {
                    if let Destination::Pipe(program) = &to {
                        let what = format!("“{shown}” goes to a program: {}", program.escape_debug());
                        self.tell(number, what, Treatment::CheckProgram);
                    }
                    taken.push(to);
                }
                Err(to) if self.answering.contains(&key) && to.contains(AUTORESPONDER) => {}
                Err(to) => {
                    let (kind, sees, done) = of_cpanel(&to);
                    let what =
                        format!("“{shown}” goes to {}, which this store does not have", to.escape_debug());
                    let (place, mailbox) =
                        ((self.file.as_str(), Some(number)), (key != "*").then_some(key.as_str()));
                    self.anomalies.unserved(Unserved { place, mailbox, kind, what, sees, done });
                }
            }
        }
        Some((key, taken))
    }

    fn tell(&mut self, line: usize, what: String, done: Treatment) {
        self.anomalies.add((&self.file, Some(line)), AnomalyKind::Forwarder, what, done);
    }
}

/// Tells what is there for domains that are not the account's.
pub(super) fn tell_others(survey: &mut Survey) {
    let others = [("va", &survey.aliases), ("vad", &survey.domain_aliases)];
    let places: Vec<String> = others
        .iter()
        .flat_map(|(folder, files)| files.keys().map(move |name| format!("{folder}/{}", name.escape_debug())))
        .collect();
    for place in places {
        let what = "forwarders of a domain that is not the account's";
        survey.anomalies.add((&place, None), AnomalyKind::Forwarder, what, Treatment::NotTaken);
    }
}

fn numbered(bytes: &[u8]) -> Vec<(usize, String)> {
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    let texts = lines.map(|(index, line)| (index + 1, String::from_utf8_lossy(line).trim().to_owned()));
    texts.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')).collect()
}

/// Whether a line may begin so: the default address, or an address of the domain.
fn is_key(key: &str, domain: &Domain) -> bool {
    let local = key.strip_suffix(domain.as_str()).and_then(|rest| rest.strip_suffix('@'));
    key == "*" || local.is_some_and(|local| !local.is_empty() && !local.contains(['@', ' ', '"', '\\']))
}

/// What a destination that is not taken over was for.
fn of_cpanel(to: &str) -> (AnomalyKind, &'static str, Treatment) {
    if to.contains(AUTORESPONDER) {
        (AnomalyKind::Autoresponder, "nobody gets its answer", Treatment::NoAnswers)
    } else if to.contains("/mailman") {
        (AnomalyKind::MailingList, "mail to the list does not reach its members", Treatment::OwnMailman)
    } else if to.contains("/boxtrapper") {
        (AnomalyKind::BoxTrapper, "mail of everybody arrives, and nobody is asked", Treatment::Tell)
    } else {
        (AnomalyKind::Forwarder, "no mail goes there", Treatment::NotTaken)
    }
}

/// A destination as it is taken over, or what it is if it cannot be.
fn destination(to: Destination, facts: &Facts) -> Result<Destination, String> {
    match to {
        Destination::Account(name) if name.as_str() == facts.old_name => {
            Ok(Destination::Account(facts.name.clone()))
        }
        Destination::Account(name) => Err(format!("the account {name}")),
        Destination::Pipe(program) if program.trim_start_matches('"').starts_with(CPANELS_OWN) => {
            Err(format!("a program of cPanel ({program})"))
        }
        Destination::Other(text) => Err(text),
        taken => Ok(taken),
    }
}

fn forwarded_to(domain: &Domain, survey: &mut Survey) -> Option<Domain> {
    let bytes = survey.domain_aliases.remove(domain.as_str())?;
    let (number, line) = numbered(&bytes).into_iter().next()?;
    let (key, to) = line.split_once(':').unwrap_or_default();
    match Domain::parse(to.trim()) {
        Ok(to) if key.trim() == domain.as_str() => Some(to),
        _ => {
            let what = "it does not say “domain: other domain”";
            let place = format!("vad/{domain}");
            survey.anomalies.add((&place, Some(number)), AnomalyKind::Forwarder, what, Treatment::NotTaken);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{AccountName, Limits};

    #[test]
    fn only_what_is_understood_comes_along() {
        let domain = Domain::parse("example.com").unwrap();
        let facts = Facts {
            name: AccountName::existing("new").unwrap(),
            old_name: "old".into(),
            domains: Vec::new(),
            limits: Limits::NONE,
            terms: crate::store::Terms::default(),
            created: None,
            suspended: false,
            suspended_since: 0,
            suspend_reason: String::new(),
            own_hash: None,
            own_scheme: None,
        };
        let mut survey = Survey::default();
        let file = "# comment\ninfo@example.com: a@example.org,b@example.org\n\
            Auto@example.com: \"|/usr/local/cpanel/bin/autorespond auto@example.com /home/old/.autorespond\",info@example.com\n\
            prog@example.com: |/home/old/bin/x\n\
            else@other.example: a@example.org\n\
            inc@example.com: :include:/etc/passwd\n\
            eve@example.com: eve\n\
            nothing\n\
            bad@example.com: a@example.org\x07\n\
            *: old\n";
        survey.aliases.insert("example.com".into(), file.as_bytes().to_vec());
        survey.aliases.insert("other.example".into(), Vec::new());
        survey.domain_aliases.insert("example.com".into(), b"example.com: example.net\n".to_vec());
        let routes = read(&domain, &facts, &mut survey);
        assert_eq!(
            routes.lines,
            "info@example.com: a@example.org,b@example.org\nauto@example.com: info@example.com\n\
             prog@example.com: \"|/home/old/bin/x\"\n*: new\n"
        );
        assert_eq!((routes.addresses, routes.default.as_deref()), (3, Some("new")));
        assert_eq!(routes.forwarded_to.as_ref().map(Domain::as_str), Some("example.net"));
        tell_others(&mut survey);
        let (anomalies, _) = survey.anomalies.into_list();
        let told: Vec<_> =
            anomalies.iter().map(|anomaly| (anomaly.file.as_str(), anomaly.line, anomaly.done)).collect();
        let not = "not taken over";
        let file = "va/example.com";
        assert_eq!(
            told,
            [
                (file, Some(3), "not taken over; let the owner write it anew (add_auto_responder)"),
                (file, Some(4), "taken over; the program has to be there"),
                (file, Some(5), not),
                (file, Some(6), not),
                (file, Some(7), not),
                (file, Some(8), not),
                (file, Some(9), not),
                ("va/other.example", None, not)
            ]
        );
    }
}
