//! Telling of mail that is no plain Maildir: compressed messages, and the formats mdbox, sdbox and mbox.

use super::anomaly::{AnomalyKind, Treatment, Unserved};
use super::converter::{Conversion, Converting};
use super::mail_root::{ForeignFormat, MailRoot, Packing};
use super::survey::{Survey, address_of, place_of_mail};

/// Most names of files in one sentence.
const MAX_NAMES: usize = 5;

/// Tells all of it, and says what of it is to be converted.
pub(super) fn tell(survey: &mut Survey, account: &str, converting: Converting) -> Vec<Conversion> {
    let mut conversions = Vec::new();
    for (root, mail) in &survey.mail_roots {
        let (place, address) = (place_of_mail(root), address_of(root, account));
        for (packing, count) in &mail.packed {
            survey.anomalies.unserved(Unserved {
                place: (&place, None),
                mailbox: Some(&address),
                kind: AnomalyKind::Compressed,
                what: packed(*packing, *count, &address),
                sees: "these messages as before; through a Dovecot that cannot read them, an error for the whole folder",
                done: Treatment::Unpacked,
            });
        }
        for format in mail.foreign() {
            survey.anomalies.unserved(Unserved {
                place: (&place, None),
                mailbox: Some(&address),
                kind: kind(format),
                what: foreign(format, mail, &address),
                sees: match converting {
                    Converting::Yes => "its messages and folders as before",
                    Converting::NotAsked | Converting::NoProgram => {
                        "none of that mail: Dovecot reads the Maildir"
                    }
                },
                done: match converting {
                    Converting::Yes => Treatment::Converted,
                    Converting::NotAsked => Treatment::ConvertAsk,
                    Converting::NoProgram => Treatment::ConvertMissing,
                },
            });
        }
        if converting == Converting::Yes && !mail.foreign().is_empty() {
            let mboxes = mail.mboxes.iter().cloned().collect();
            conversions.push(Conversion { root: root.clone(), formats: mail.foreign(), mboxes });
        }
    }
    conversions
}

fn packed(packing: Packing, count: u64, address: &str) -> String {
    let (name, messages) = (packing.name(), if count == 1 { "message" } else { "messages" });
    format!("{count} {messages} of {address} compressed with {name}")
}

fn foreign(format: ForeignFormat, mail: &MailRoot, address: &str) -> String {
    let what = format!("the mail of {address} is in {} format", format.name());
    if format != ForeignFormat::Mbox {
        return what;
    }
    let names: Vec<_> = mail.mboxes.iter().filter(|name| !name.is_empty()).take(MAX_NAMES).collect();
    let shown: Vec<_> = names.iter().map(|name| name.escape_debug().to_string()).collect();
    match (shown.is_empty(), mail.mboxes.len().saturating_sub(names.len())) {
        (true, _) => what,
        (false, 0) => format!("{what}: {}", shown.join(", ")),
        (false, more) => format!("{what}: {} and {more} more", shown.join(", ")),
    }
}

fn kind(format: ForeignFormat) -> AnomalyKind {
    match format {
        ForeignFormat::Mdbox => AnomalyKind::Mdbox,
        ForeignFormat::Sdbox => AnomalyKind::Sdbox,
        ForeignFormat::Mbox => AnomalyKind::Mbox,
    }
}
