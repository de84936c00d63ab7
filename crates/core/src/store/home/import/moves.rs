//! Where things of the old home stand in the new one, if not in the same place.

use std::collections::{BTreeMap, BTreeSet};

use super::mail_root::root_of;

/// The name under which a file stands that was in place of a mailbox's folder.
pub(super) const INBOX_FILE: &str = "inbox";

/// What is renamed on its way.
#[derive(Debug, Default)]
pub(super) struct Moves {
    /// Mail folders, each as `DOMAIN/USER`.
    pub(super) mailboxes: BTreeMap<String, String>,
    /// Folders of settings by domain and old name; what is not here is not copied.
    pub(super) settings: BTreeMap<String, BTreeMap<String, String>>,
    /// Folders in a mailbox, by its old `DOMAIN/USER` (empty for the account's own) and their old names.
    pub(super) folders: BTreeMap<String, BTreeMap<Vec<u8>, String>>,
    /// Mailboxes that are a file.
    pub(super) files: BTreeSet<String>,
}

impl Moves {
    /// The new path of something below the home; none if it is no path of settings or mail that is copied.
    pub(super) fn to(&self, path: &[Vec<u8>], is_folder: bool) -> Option<Vec<Vec<u8>>> {
        let bytes = |text: &str| text.as_bytes().to_vec();
        match path {
            [etc, domain, name, rest @ ..] if etc == b"etc" => {
                let new = self.setting(domain, name)?;
                Some([&[etc.clone(), domain.clone(), bytes(new)], rest].concat())
            }
            [mail, steps @ ..] if mail == b"mail" => {
                let (root, rest) = root_of(steps);
                let above = &steps[..steps.len() - rest.len()];
                let mut new = vec![mail.clone()];
                match self.mailboxes.get(&root) {
                    Some(to) => new.extend(to.split('/').map(bytes)),
                    None => new.extend_from_slice(above),
                }
                new.extend_from_slice(rest);
                if let (Some(first), Some(at)) = (rest.first(), new.len().checked_sub(rest.len()))
                    && let Some(to) = self.folders.get(&root).and_then(|folders| folders.get(first))
                {
                    new[at] = bytes(to);
                }
                if rest.is_empty() && !is_folder && self.files.contains(&root) {
                    new.push(bytes(INBOX_FILE));
                }
                Some(new)
            }
            _ => None,
        }
    }

    /// The new name of a mailbox's folder of settings.
    pub(super) fn setting(&self, domain: &[u8], name: &[u8]) -> Option<&str> {
        let (domain, name) = (std::str::from_utf8(domain).ok()?, std::str::from_utf8(name).ok()?);
        self.settings.get(domain)?.get(name).map(String::as_str)
    }

    /// Whether something of the old home comes along, by its path as people read it.
    pub(super) fn is_copied(&self, path: &str) -> bool {
        let steps: Vec<Vec<u8>> = path.split('/').map(|step| step.as_bytes().to_vec()).collect();
        self.to(&steps, false).is_some()
    }

    /// Whether a path is Dovecot's cache of a mailbox's folder names, which are others now.
    pub(super) fn is_stale(&self, steps: &[Vec<u8>]) -> bool {
        let (root, rest) = root_of(steps);
        matches!(rest, [name] if name.starts_with(b"dovecot.list.index")) && self.folders.contains_key(&root)
    }
}

/// Whether a path below `mail` is a mailbox's list of folders that are subscribed to.
pub(super) fn is_subscriptions(steps: &[Vec<u8>]) -> bool {
    matches!(root_of(steps).1, [name] if name == b"subscriptions")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(path: &str) -> Vec<Vec<u8>> {
        path.split('/').map(|step| step.as_bytes().to_vec()).collect()
    }

    #[test]
    fn what_is_renamed_and_what_is_not() {
        let mut moves = Moves::default();
        moves.mailboxes.insert("example.com/Big".into(), "example.com/big".into());
        moves.settings.insert("example.com".into(), [("Big".to_owned(), "big".to_owned())].into());
        moves.files.insert("example.com/Big".into());
        for root in ["example.com/Big", ""] {
            moves.folders.insert(root.into(), [(b".R&D".to_vec(), ".R&-D".to_owned())].into());
        }
        for (path, to) in [
            ("mail/example.com/Big/cur/1", Some("mail/example.com/big/cur/1")),
            ("mail/example.com/Big/.R&D/cur/1", Some("mail/example.com/big/.R&-D/cur/1")),
            ("mail/.R&D", Some("mail/.R&-D")),
            ("mail/.R&DX/cur", Some("mail/.R&DX/cur")),
            ("mail/example.com/other/.R&D", Some("mail/example.com/other/.R&D")),
            ("mail/example.com/Big", Some("mail/example.com/big/inbox")),
            ("etc/example.com/Big/filter", Some("etc/example.com/big/filter")),
            ("etc/example.com/big/filter", None),
        ] {
            assert_eq!(moves.to(&steps(path), false), to.map(steps), "{path}");
        }
        assert!(moves.is_stale(&steps("example.com/Big/dovecot.list.index.log")));
        assert!(!moves.is_stale(&steps("example.com/other/dovecot.list.index")));
        assert!(
            is_subscriptions(&steps("subscriptions"))
                && is_subscriptions(&steps("example.com/a/subscriptions"))
        );
        assert!(!is_subscriptions(&steps("example.com/a/.Sent/subscriptions")));
    }
}
