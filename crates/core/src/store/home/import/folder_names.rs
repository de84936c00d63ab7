//! Folders whose names on the disk are UTF-8, as cPanel has them with `UTF8MAILBOX=1`, or were never modified UTF-7.

use std::collections::{BTreeMap, BTreeSet};

use super::anomaly::{AnomalyKind, Treatment, Unserved};
use super::imap_name;
use super::mail_root::MailRoot;
use super::survey::{Survey, address_of, place_of_mail};

/// Longest name of a folder on the disk.
const MAX: usize = 255;

/// Whether a folder of a mailbox can keep its name: `.` and modified UTF-7.
pub(super) fn is_fine(name: &[u8]) -> bool {
    name.strip_prefix(b".").is_none_or(imap_name::is_encoded)
}

/// New names for those of a mailbox that need one, by the old ones.
fn new_names(root: &MailRoot) -> BTreeMap<Vec<u8>, String> {
    let mut taken: BTreeSet<String> = root.encoded.iter().cloned().collect();
    let mut names = BTreeMap::new();
    for old in &root.folders {
        let text = text(old.strip_prefix(b".").unwrap_or(old));
        let new =
            (1..).map(|number| fitting(&text, number)).find(|new| !taken.contains(new)).unwrap_or_default();
        taken.insert(new.clone());
        names.insert(old.clone(), new);
    }
    names
}

/// The name in modified UTF-7; shorter where a file's name cannot be so long, with a number behind the first.
fn fitting(text: &str, number: usize) -> String {
    let suffix = if number > 1 { format!(" ({number})") } else { String::new() };
    let mut kept = text.to_owned();
    loop {
        let new = format!(".{}{suffix}", imap_name::encode(&kept));
        if new.len() <= MAX || kept.pop().is_none() {
            return new;
        }
    }
}

/// What the bytes say: UTF-8, else the characters of ISO-8859-1, so that no mail is out of reach.
fn text(name: &[u8]) -> String {
    std::str::from_utf8(name)
        .map_or_else(|_| name.iter().map(|byte| char::from(*byte)).collect(), str::to_owned)
}

/// Tells such folders and, for a copy, gives them new names.
pub(super) fn plan(
    survey: &mut Survey,
    account: &str,
    in_place: bool,
) -> BTreeMap<String, BTreeMap<Vec<u8>, String>> {
    let mut planned = BTreeMap::new();
    for (root, mail) in survey.mail_roots.iter().filter(|(_, mail)| !mail.folders.is_empty()) {
        let names = new_names(mail);
        let address = address_of(root, account);
        for (old, new) in &names {
            let shown = text(old.strip_prefix(b".").unwrap_or(old));
            let place = format!("{}/{}", place_of_mail(root), String::from_utf8_lossy(old));
            let what =
                format!("the folder “{}” of {address} is not named in modified UTF-7", shown.escape_debug());
            let differs = imap_name::encode(&shown) != new[1..];
            let (sees, done) = match (in_place, differs) {
                (true, _) => ("the folder under a wrong name, or not at all", Treatment::NeedsUtf8),
                (false, true) => {
                    ("the folder under another name, as another has its own", Treatment::Renamed)
                }
                (false, false) => ("the folder under its name", Treatment::Renamed),
            };
            let kind = AnomalyKind::FolderName;
            survey.anomalies.unserved(Unserved {
                place: (&place, None),
                mailbox: Some(&address),
                kind,
                what,
                sees,
                done,
            });
        }
        if !in_place {
            planned.insert(root.clone(), names);
        }
    }
    planned
}

/// A list of subscribed folders with their names in modified UTF-7. In its second form, which begins with a line
/// `V 2`, the parts of a name are separated by tabs.
pub(super) fn subscriptions(list: &[u8]) -> Vec<u8> {
    let line = |line: &[u8]| {
        let parts = line.split(|byte| *byte == b'\t').map(|part| {
            if imap_name::is_encoded(part) {
                part.to_vec()
            } else {
                imap_name::encode(&text(part)).into_bytes()
            }
        });
        parts.collect::<Vec<_>>().join(&b'\t')
    };
    list.split(|byte| *byte == b'\n').map(line).collect::<Vec<_>>().join(&b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_names_are_of_their_own() {
        let mut root = MailRoot::default();
        for old in [".Entwürfe", ".R&D", ".日本語"] {
            root.folders.insert(old.as_bytes().to_vec());
        }
        root.folders.insert(b".Entw\xfcrfe".to_vec());
        root.folders.insert(format!(".{}", "ü".repeat(127)).into_bytes());
        root.encoded.insert(".R&-D".to_owned());
        let names = new_names(&root);
        let new = |old: &[u8]| names[old].as_str();
        assert_eq!(new(".日本語".as_bytes()), ".&ZeVnLIqe-");
        assert_eq!(new(b".R&D"), ".R&-D (2)");
        let mut both = [new(".Entwürfe".as_bytes()), new(b".Entw\xfcrfe")];
        both.sort_unstable();
        assert_eq!(both, [".Entw&APw-rfe", ".Entw&APw-rfe (2)"]);
        assert!(names.values().all(|name| name.len() <= MAX && is_fine(name.as_bytes())), "{names:?}");
    }

    #[test]
    fn subscriptions_follow() {
        let list = "V\t2\n\nSent\nArchiv\tMüller\nEntw&APw-rfe\n";
        let new = "V\t2\n\nSent\nArchiv\tM&APw-ller\nEntw&APw-rfe\n";
        assert_eq!(String::from_utf8(subscriptions(list.as_bytes())).unwrap(), new);
        assert_eq!(subscriptions("Entwürfe".as_bytes()), b"Entw&APw-rfe");
    }
}
