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
                sees: match packing {
                    Packing::Crypt => "an error for the whole folder",
                    _ => "these messages as before; through a Dovecot that cannot read them, an error for the whole folder",
                },
                done: if *packing == Packing::Crypt { Treatment::NeedsKeys } else { Treatment::Unpacked },
            });
        }
        if !mail.undotted.is_empty() {
            survey.anomalies.unserved(Unserved {
                place: (&place, None),
                mailbox: Some(&address),
                kind: AnomalyKind::FolderName,
                what: format!(
                    "folders of {address} that are named without a dot in front: {}",
                    listed(mail.undotted.iter(), mail.undotted.len())
                ),
                sees: "none of these folders: Dovecot shows folders of a Maildir by the dot in front",
                done: Treatment::NeedsDot,
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
    let how = if packing == Packing::Crypt { "encrypted" } else { "compressed" };
    format!("{count} {messages} of {address} {how} with {name}")
}

fn foreign(format: ForeignFormat, mail: &MailRoot, address: &str) -> String {
    let what = format!("the mail of {address} is in {} format", format.name());
    if format != ForeignFormat::Mbox {
        return what;
    }
    match listed(mail.mboxes.iter().filter(|name| !name.is_empty()), mail.mboxes.len()) {
        none if none.is_empty() => what,
        names => format!("{what}: {names}"),
    }
}

/// The first of some names, and how many more there are.
fn listed<'n>(names: impl Iterator<Item = &'n String>, count: usize) -> String {
    let shown: Vec<_> = names.take(MAX_NAMES).map(|name| name.escape_debug().to_string()).collect();
    match count.saturating_sub(shown.len()) {
        more if more > 0 && !shown.is_empty() => format!("{} and {more} more", shown.join(", ")),
        _ => shown.join(", "),
    }
}

fn kind(format: ForeignFormat) -> AnomalyKind {
    match format {
        ForeignFormat::Mdbox => AnomalyKind::Mdbox,
        ForeignFormat::Sdbox => AnomalyKind::Sdbox,
        ForeignFormat::Mbox => AnomalyKind::Mbox,
    }
}
