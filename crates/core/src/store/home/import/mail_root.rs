//! One mailbox's mail as the source has it: in which formats, by its files and by what they begin with.

use std::collections::{BTreeMap, BTreeSet};

use crate::store::Domain;

/// How a message is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Packing {
    Gzip,
    Bzip2,
    Zstd,
    Xz,
    Lz4,
    /// Not packed, but encrypted.
    Crypt,
}

/// How the files of each packing begin; LZ4 has Dovecot's own frame.
const MAGIC: [(&[u8], Packing, &str); 6] = [
    (&[0x1f, 0x8b], Packing::Gzip, "gzip"),
    (b"BZh", Packing::Bzip2, "bzip2"),
    (&[0x28, 0xb5, 0x2f, 0xfd], Packing::Zstd, "zstd"),
    (&[0xfd, b'7', b'z', b'X', b'Z', 0], Packing::Xz, "xz"),
    (b"Dovecot-LZ4\x0d\x2a\x9b\xc5", Packing::Lz4, "lz4"),
    (b"CRYPTED\x03\x07", Packing::Crypt, "mail_crypt"),
];
/// How many bytes of a file tell its packing or that it is an mbox.
pub(super) const HEAD: u64 = 16;
/// How an mbox begins.
const MBOX: &[u8] = b"From ";

impl Packing {
    /// What a file is packed with, by its first bytes.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        MAGIC.iter().find(|(magic, ..)| head.starts_with(magic)).map(|(_, packing, _)| *packing)
    }

    pub(super) fn name(self) -> &'static str {
        MAGIC.iter().find(|(_, packing, _)| *packing == self).map_or("", |(_, _, name)| name)
    }
}

/// A format of mail that is no Maildir.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ForeignFormat {
    Mdbox,
    Sdbox,
    Mbox,
}

impl ForeignFormat {
    /// Its name, as Dovecot's settings have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mdbox => "mdbox",
            Self::Sdbox => "sdbox",
            Self::Mbox => "mbox",
        }
    }
}

/// The mail of one mailbox, or the account's own.
#[derive(Debug, Default)]
pub(super) struct MailRoot {
    /// What `mailbox_format.cpanel` says.
    marker: Option<Vec<u8>>,
    has_storage: bool,
    has_dbox_folder: bool,
    has_dbox_messages: bool,
    /// Whether there is a Maildir.
    pub(super) has_maildir: bool,
    /// The files in mbox format, by their paths in it; the empty path is a file in place of the folder.
    pub(super) mboxes: BTreeSet<String>,
    /// How many messages are packed with what.
    pub(super) packed: BTreeMap<Packing, u64>,
    /// Folders that are named without a dot in front, as Dovecot's layout “fs” has them, by their paths in it.
    pub(super) undotted: BTreeSet<String>,
    /// Names of its folders that cannot stay as they are.
    pub(super) folders: BTreeSet<Vec<u8>>,
    /// Names of its folders that are in modified UTF-7 and hold an ampersand.
    pub(super) encoded: BTreeSet<String>,
}

impl MailRoot {
    /// Looks at the path of something in it.
    pub(super) fn see(&mut self, rest: &[Vec<u8>], is_folder: bool) {
        match rest {
            [cur, ..] if cur == b"cur" || cur == b"new" => self.has_maildir = true,
            [storage] if storage == b"storage" && is_folder => self.has_storage = true,
            [storage, name] if storage == b"storage" && is_mdbox_file(name) => self.has_storage = true,
            _ => {}
        }
        if let [above @ .., cur, _] = rest
            && is_messages(cur)
        {
            self.see_folder(above);
        } else if let [above @ .., cur] = rest
            && is_messages(cur)
        {
            self.see_folder(above);
        }
        if let Some(at) = rest.iter().position(|step| step == b"dbox-Mails") {
            self.has_dbox_folder = true;
            self.has_dbox_messages |= rest.get(at + 1).is_some_and(|name| name.starts_with(b"u."));
        }
    }

    /// A folder that holds messages; each step of its path has a dot in front in a Maildir.
    fn see_folder(&mut self, path: &[Vec<u8>]) {
        if path.iter().any(|step| !step.starts_with(b".")) {
            let steps: Vec<_> = path.iter().map(|step| String::from_utf8_lossy(step)).collect();
            self.undotted.insert(steps.join("/"));
        }
    }

    pub(super) fn marked(&mut self, text: &[u8]) {
        self.marker = Some(text.trim_ascii().to_ascii_lowercase());
    }

    /// Keeps that a file in it is an mbox, if its first bytes say so.
    pub(super) fn see_head(&mut self, rest: &[Vec<u8>], head: &[u8]) {
        if head.starts_with(MBOX) {
            let steps: Vec<_> = rest.iter().map(|step| String::from_utf8_lossy(step)).collect();
            self.mboxes.insert(steps.join("/"));
        }
    }

    /// The formats beside Maildir that its mail is in, whatever its marker says or does not say.
    pub(super) fn foreign(&self) -> Vec<ForeignFormat> {
        let is_marked = |name: &[u8]| self.marker.as_deref() == Some(name);
        let mut found = Vec::new();
        let mdbox = self.has_storage || (is_marked(b"mdbox") && !self.has_maildir && !self.has_dbox_messages);
        if mdbox {
            found.push(ForeignFormat::Mdbox);
        }
        let other_dbox = self.has_dbox_folder && !mdbox;
        if self.has_dbox_messages || other_dbox || (is_marked(b"sdbox") && !self.has_maildir) {
            found.push(ForeignFormat::Sdbox);
        }
        if !self.mboxes.is_empty() {
            found.push(ForeignFormat::Mbox);
        }
        found
    }
}

fn is_messages(name: &[u8]) -> bool {
    name == b"cur" || name == b"new"
}

fn is_mdbox_file(name: &[u8]) -> bool {
    name.starts_with(b"m.") || name.starts_with(b"dovecot.map.index")
}

/// Whose mail a path below `mail` is, as `DOMAIN/USER` or empty for the account's own, and the path in it.
pub(super) fn root_of(steps: &[Vec<u8>]) -> (String, &[Vec<u8>]) {
    let lossy = |step: &Vec<u8>| String::from_utf8_lossy(step).into_owned();
    match steps {
        [domain, user, rest @ ..] if is_domain(domain) && !user.starts_with(b".") => {
            (format!("{}/{}", lossy(domain), lossy(user)), rest)
        }
        _ => (String::new(), steps),
    }
}

fn is_domain(step: &[u8]) -> bool {
    let name = std::str::from_utf8(step).unwrap_or_default();
    name.contains('.') && Domain::parse(name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(path: &str) -> Vec<Vec<u8>> {
        path.split('/').map(|step| step.as_bytes().to_vec()).collect()
    }

    fn of(paths: &[&str], marker: Option<&[u8]>) -> Vec<&'static str> {
        let mut root = MailRoot::default();
        for path in paths {
            root.see(&steps(path), !path.contains("m.1") && !path.contains("u.1"));
        }
        if let Some(marker) = marker {
            root.marked(marker);
        }
        root.foreign().into_iter().map(ForeignFormat::name).collect()
    }

    #[test]
    fn formats_by_files_whatever_the_marker_says() {
        let mdbox = ["storage", "storage/m.1", "mailboxes/INBOX/dbox-Mails"];
        let sdbox = ["mailboxes/INBOX/dbox-Mails", "mailboxes/INBOX/dbox-Mails/u.1"];
        for marker in [None, Some(&b"maildir\n"[..]), Some(b"mdbox")] {
            assert_eq!(of(&mdbox, marker), ["mdbox"], "{marker:?}");
            assert_eq!(of(&sdbox, marker), ["sdbox"], "{marker:?}");
        }
        assert_eq!(of(&["storage/m.1"], None), ["mdbox"], "an archive without its folders");
        assert_eq!(of(&["mailboxes/INBOX/dbox-Mails"], None), ["sdbox"]);
        assert_eq!(of(&["cur"], Some(b"maildir")), [""; 0]);
        assert_eq!(of(&[], Some(b"mdbox\n")), ["mdbox"]);
        assert_eq!(of(&["cur", "storage/m.1"], Some(b"maildir")), ["mdbox"]);
    }

    #[test]
    fn folders_without_a_dot() {
        let mut root = MailRoot::default();
        for path in [
            "cur",
            "cur/1:2,S",
            "new/x",
            ".Sent/cur",
            ".Sent/cur/1",
            "Sent/cur/1",
            "Sent/new",
            "Work/2024/cur",
            "tmp/x",
            "mailboxes/INBOX/dbox-Mails",
        ] {
            root.see(&steps(path), !path.ends_with('1'));
        }
        assert_eq!(root.undotted.into_iter().collect::<Vec<_>>(), ["Sent", "Work/2024"]);
    }

    #[test]
    fn whose_mail_a_path_is() {
        for (path, root, rest) in [
            ("example.com/sales/cur/1", "example.com/sales", "cur/1"),
            ("example.com/sales", "example.com/sales", ""),
            (".Sent/cur/1", "", ".Sent/cur/1"),
            ("cur/1.M1.host", "", "cur/1.M1.host"),
            ("storage/m.1", "", "storage/m.1"),
            ("inbox", "", "inbox"),
            ("example.com/.x/cur", "", "example.com/.x/cur"),
        ] {
            let path = steps(path);
            let (found, left) = root_of(&path);
            let left: Vec<_> = left.iter().map(|step| String::from_utf8_lossy(step).into_owned()).collect();
            assert_eq!((found.as_str(), left.join("/").as_str()), (root, rest));
        }
    }

    #[test]
    fn packings_by_their_first_bytes() {
        for (head, name) in [
            (&b"\x1f\x8b\x08\0\0"[..], Some("gzip")),
            (b"BZh91AY", Some("bzip2")),
            (b"\x28\xb5\x2f\xfd\x24", Some("zstd")),
            (b"\xfd7zXZ\0\0", Some("xz")),
            (b"Dovecot-LZ4\x0d\x2a\x9b\xc5\0", Some("lz4")),
            (b"CRYPTED\x03\x07\x02\0", Some("mail_crypt")),
            (b"From: a", None),
            (b"", None),
        ] {
            assert_eq!(Packing::of(head).map(Packing::name), name, "{head:?}");
        }
    }
}
