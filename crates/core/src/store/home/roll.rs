//! Which of some mailboxes a domain has, by its `passwd`.

use std::collections::HashSet;

use rustix::fs::Stat;

use super::layout::PASSWD;
use super::line_draft::LineDraft;
use crate::api::Error;
use crate::base::files::Folder;

/// Those of some mailboxes that the file names. A line in `shadow` alone is a stray.
pub(super) struct Roll<'n> {
    pub(super) present: HashSet<&'n str>,
    /// What the kernel said of the file.
    stat: Option<Stat>,
}

impl<'n> Roll<'n> {
    /// Looks for these names; in no folder there is none of them.
    pub(super) fn read(folder: Option<&Folder>, names: &[&'n str]) -> Result<Self, Error> {
        let file = folder.map(|folder| folder.read(PASSWD)).transpose()?.flatten();
        let Some(file) = file else { return Ok(Self { present: HashSet::new(), stat: None }) };
        Ok(Self { present: named_in(&file.bytes, names), stat: Some(file.stat) })
    }

    /// Whether the file is still the one that was read: one of 100,000 lines is not read twice for nothing.
    pub(super) fn is_still(&self, folder: &Folder) -> Result<bool, Error> {
        Ok(self.stat.is_some() && folder.is_still(PASSWD, self.stat.as_ref())?)
    }
}

/// Those of the names that have a line in a file.
pub(super) fn named_in<'n>(file: &[u8], names: &[&'n str]) -> HashSet<&'n str> {
    let draft = LineDraft::new(file, names.iter().copied());
    names.iter().copied().filter(|name| draft.line(name).is_some()).collect()
}
