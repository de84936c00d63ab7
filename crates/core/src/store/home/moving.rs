//! Homes on their way in or out: `.liveapi/moving/ACCOUNT`, in a folder that nobody but us enters.
//!
//! A new home is made there and gets its place when it is whole. One that is removed leaves its place by one rename
//! and is emptied afterwards, however much is in it, while its owner can reach it no more. The caller holds the
//! account's lock; what a killed process left there goes before anything else comes.

use std::path::Path;

use rustix::fs::FileType;

use super::identity::as_account;
use super::registry;
use crate::base::Error;
use crate::base::files::Folder;
use crate::store::{Account, AccountName};

/// The folder.
const FOLDER: &str = "moving";
/// A home that nobody uses has fewer entries, and none deeper.
const MOST_UNUSED: usize = 64;
const DEPTH_UNUSED: usize = 4;

/// The folder, made if it is missing.
pub(super) fn folder(state: &Folder) -> Result<Folder, Error> {
    state.ensure(FOLDER, registry::PRIVATE_MODE)
}

/// Takes a home from its place; none there is fine.
pub(super) fn take_away(root: &Folder, state: &Folder, name: &AccountName) -> Result<(), Error> {
    root.move_entry(name.as_str(), &folder(state)?).map(|_| ())
}

/// Puts a home in its place, where nothing may stand yet.
pub(super) fn place(root: &Folder, state: &Folder, name: &AccountName) -> Result<(), Error> {
    folder(state)?.move_entry(name.as_str(), root).map(|_| ())
}

/// Removes what is there of an account: as the account as far as that leads, so that the kernel guards it, and then
/// what the account itself cannot remove.
pub(super) fn clear(state: &Folder, account: &Account) -> Result<(), Error> {
    let (moving, name) = (folder(state)?, account.name.as_str());
    if let Ok(home) = Folder::home(&moving.path_of(name), account.uid) {
        // What fails, fails below as well, or does not.
        let _ = as_account(account, || home.readable()?.clear());
    }
    moving.remove_tree(name)
}

/// Whether the folder at an account's place is what a killed process left of a new home: folders and empty files.
pub(super) fn is_unused(root: &Path, name: &AccountName) -> Result<bool, Error> {
    fn looks_unused(folder: &Folder, left: &mut usize, depth: usize) -> Result<bool, Error> {
        for (name, kind) in folder.names()? {
            *left = left.saturating_sub(1);
            let unused = match kind {
                FileType::RegularFile => {
                    let stat = rustix::fs::statat(folder, name, rustix::fs::AtFlags::SYMLINK_NOFOLLOW);
                    stat.is_ok_and(|stat| stat.st_size == 0)
                }
                FileType::Directory if depth > 0 => match folder.entry(&name) {
                    Ok(inner) => looks_unused(&inner, left, depth - 1)?,
                    Err(_) => false,
                },
                _ => false,
            };
            if !unused || *left == 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }
    let Some(root) = Folder::ours(root)? else { return Ok(false) };
    let Ok(home) = root.entry(name.as_str().as_bytes()) else { return Ok(false) };
    looks_unused(&home, &mut { MOST_UNUSED }, DEPTH_UNUSED)
}
