//! Looking into the folders of an account's mail.

use rustix::fs::FileType;

use super::home_store::HomeStore;
use super::identity::as_account;
use super::layout::is_maildir_folder;
use crate::api::{NotDone, Refusal};
use crate::base::files::Folder;
use crate::store::{Account, FolderEntry};

/// What is in a folder below the account's mail, by name.
pub(super) fn browse(
    store: &HomeStore,
    account: &Account,
    folder: &str,
) -> Result<Option<Vec<FolderEntry>>, NotDone> {
    let steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    if steps.iter().any(|step| *step == "." || *step == ".." || step.contains(|c: char| c.is_control())) {
        let why = format!("“{}” is no folder below the mail", folder.escape_debug());
        return Err(Refusal::BadValue { param: "dir", why }.into());
    }
    let place = [&["mail"], &steps[..]].concat().join("/");
    as_account(account, || {
        let Some(folder) = store.home(account)?.beneath(&place)? else { return Ok(None) };
        let mut entries = Vec::new();
        for (name, kind) in folder.names()? {
            entries.extend(entry(&folder, &name, kind));
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Some(entries))
    })
}

/// What is known of one name; nothing for links and the like, and for what is gone meanwhile.
fn entry(folder: &Folder, name: &[u8], kind: FileType) -> Option<FolderEntry> {
    let stat = rustix::fs::statat(folder, name, rustix::fs::AtFlags::SYMLINK_NOFOLLOW).ok()?;
    let inner = (kind == FileType::Directory).then(|| folder.entry(name).ok()?.names().ok()).flatten();
    let folders: Vec<&Vec<u8>> = inner
        .iter()
        .flatten()
        .filter(|(_, kind)| *kind == FileType::Directory)
        .map(|(name, _)| name)
        .collect();
    let found = FolderEntry {
        name: String::from_utf8_lossy(name).into_owned(),
        is_folder: kind == FileType::Directory,
        is_mailbox: folders.iter().any(|name| name.as_slice() == b"cur"),
        is_leaf: folders.iter().all(|name| is_maildir_folder(name)),
        changed: stat.st_mtime,
    };
    (found.is_folder || kind == FileType::RegularFile).then_some(found)
}
