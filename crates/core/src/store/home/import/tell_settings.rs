//! Telling of rules, autoresponders and other settings that the store does not serve.

use super::anomaly::{AnomalyKind, Treatment, Unserved};
use super::survey::{RulesOf, Survey};

/// Tells all that was seen of them. `account` is the account's name, `is_copied` says whether a path of the home
/// comes along.
pub(super) fn tell(survey: &mut Survey, account: &str, is_copied: impl Fn(&str) -> bool) {
    let anomalies = &mut survey.anomalies;
    for (place, of) in &survey.rules {
        let (mailbox, whose) = match of {
            RulesOf::Account => (account.to_owned(), format!("all mail of the account {account}")),
            RulesOf::Domain(domain) => (account.to_owned(), format!("all mail of {domain}")),
            RulesOf::Mailbox(address) => (address.clone(), format!("mail of {address}")),
        };
        anomalies.unserved(Unserved {
            place: (place, None),
            mailbox: Some(&mailbox),
            kind: AnomalyKind::Rules,
            what: format!("rules for {whose}"),
            sees: "all mail in the inbox: nothing is sorted, refused or forwarded by them",
            done: if is_copied(place) { Treatment::RulesKept } else { Treatment::RulesLeft },
        });
    }
    for (place, (kind, address)) in &survey.in_settings {
        let (what, sees, done) = match kind {
            AnomalyKind::Webmail => (
                "address book and settings of Roundcube",
                "an empty address book in another webmail",
                Treatment::ExportFirst,
            ),
            AnomalyKind::BoxTrapper => {
                ("BoxTrapper", "mail of everybody arrives, and nobody is asked", Treatment::Tell)
            }
            _ => {
                ("settings of SpamAssassin", "mail arrives unmarked, spam with it", Treatment::OwnSpamFilter)
            }
        };
        let what = format!("{what} of {address}");
        anomalies.unserved(Unserved {
            place: (place, None),
            mailbox: Some(address),
            kind: *kind,
            what,
            sees,
            done,
        });
    }
    let in_place = anomalies.in_place();
    survey.unserved.tell(anomalies, in_place);
}
