//! Looking at what is below `mail`: whose it is, and in which format.

use std::io::Read;

use super::anomaly::Treatment;
use super::entry::{Content, EntryKind, SourceEntry, shown};
use super::folder_names;
use super::mail_root::{HEAD, Packing, root_of};
use super::refusal::refusal;
use super::scan::SourceScan;
use super::small_files::MAX_SMALL;
use super::survey::{is_mail_file, oddity};
use crate::api::{Error, ErrorKind, NotDone};

/// Most mail folders.
const MAX_FOLDERS: usize = 1_000_000;
/// Most folders of one mailbox whose names need work.
const MAX_NAMES: usize = 10_000;
/// Files that Dovecot and cPanel keep beside messages; they are no mail.
const OWN_FILES: [&[u8]; 5] =
    [b"dovecot", b"maildir", b"subscriptions", b"mailbox_format.cpanel", b".dovecot"];

impl SourceScan<'_, '_> {
    pub(super) fn mail(
        &mut self,
        steps: &[Vec<u8>],
        entry: &SourceEntry<'_>,
        content: &mut dyn Content,
    ) -> Result<(), NotDone> {
        if let Some((kind, what)) = oddity(&entry.kind) {
            let done = if is_mail_file(entry) { Treatment::OwnFile } else { Treatment::NotCopied };
            self.survey.anomalies.add((&shown(entry.path), None), kind, what, done);
        }
        let is_folder = entry.kind == EntryKind::Folder;
        let (name, rest) = root_of(steps);
        // An archive need not hold its folders.
        if !name.is_empty() && (is_folder || !rest.is_empty()) && !self.survey.mail_folders.contains(&name) {
            self.survey.mail_folders.insert(name.clone());
            if self.survey.mail_folders.len() > MAX_FOLDERS {
                return Err(refusal("It holds more than 1,000,000 mailboxes, which no account has"));
            }
        }
        if is_folder || is_mail_file(entry) {
            self.root(&name, rest, is_folder)?;
        }
        if is_mail_file(entry) {
            self.count(entry);
            self.format(&name, rest, entry, content)?;
        }
        Ok(())
    }

    /// What the path says.
    fn root(&mut self, name: &str, rest: &[Vec<u8>], is_folder: bool) -> Result<(), NotDone> {
        let folder = match rest {
            [folder] if is_folder => Some(folder),
            [folder, _, ..] => Some(folder),
            _ => None,
        };
        let Some(folder) = folder else { return Ok(()) };
        let root = self.survey.mail_roots.entry(name.to_owned()).or_default();
        root.see(rest, is_folder);
        if folder.starts_with(b".") {
            if !folder_names::is_fine(folder) {
                root.folders.insert(folder.clone());
            } else if folder.contains(&b'&') {
                root.encoded.insert(String::from_utf8_lossy(folder).into_owned());
            }
        }
        if root.folders.len() + root.encoded.len() + root.undotted.len() > MAX_NAMES {
            return Err(refusal(format!(
                "mail/{name} holds more than 10,000 folders with special names, which no mailbox has"
            )));
        }
        Ok(())
    }

    /// What the first bytes say.
    fn format(
        &mut self,
        name: &str,
        rest: &[Vec<u8>],
        entry: &SourceEntry<'_>,
        content: &mut dyn Content,
    ) -> Result<(), NotDone> {
        if let [marker] = rest
            && marker == b"mailbox_format.cpanel"
        {
            if entry.kind == EntryKind::File
                && let Some(text) = self.read(entry, content, MAX_SMALL)?
            {
                self.survey.mail_roots.entry(name.to_owned()).or_default().marked(&text);
            }
            return Ok(());
        }
        let is_message = matches!(rest, [.., folder, _] if folder == b"cur" || folder == b"new");
        let may_be_mbox = !is_message
            && !matches!(rest, [.., folder, _] if folder == b"tmp" || folder == b"storage" || folder == b"dbox-Mails")
            && !rest.last().is_some_and(|name| OWN_FILES.iter().any(|own| name.starts_with(own)));
        if !self.looks_into_mail || entry.size == 0 || !(is_message || may_be_mbox) {
            return Ok(());
        }
        let head = head(entry, content)?;
        let root = self.survey.mail_roots.entry(name.to_owned()).or_default();
        match Packing::of(&head) {
            Some(packing) if is_message => *root.packed.entry(packing).or_default() += 1,
            _ if may_be_mbox => root.see_head(rest, &head),
            _ => {}
        }
        // Any that were left out would stay unread, and unconverted, without a word.
        if root.mboxes.len() > MAX_NAMES {
            return Err(refusal(format!(
                "mail/{name} holds more than 10,000 files in mbox format, which no mailbox has"
            )));
        }
        Ok(())
    }
}

/// The first bytes of a file; none if it is gone meanwhile, or is another name of one that was seen.
fn head(entry: &SourceEntry<'_>, content: &mut dyn Content) -> Result<Vec<u8>, NotDone> {
    let mut head = Vec::new();
    if matches!(entry.kind, EntryKind::HardLink(_)) {
        return Ok(head);
    }
    if let Some(reader) = content.open()? {
        reader.take(HEAD).read_to_end(&mut head).map_err(|cause| {
            Error::new(ErrorKind::StoreIo, format!("Reading {} failed: {cause}", shown(entry.path)))
        })?;
    }
    Ok(head)
}
