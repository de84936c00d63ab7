//! Where the entries of an archive stand in a backup, and in which ways it holds the home.

use super::form::{Form, is_nested};
use liveapi_core::api::NotDone;
use liveapi_core::store::home::import::refusal;

/// The folder of the home in a backup.
const HOME: &[u8] = b"homedir";
/// What an archive lacks that is none of a backup.
pub(super) const NO_BACKUP: &str =
    "The archive is no backup of a cPanel account: it has no folder homedir; name a cpmove or backup file";

/// In which ways a backup holds the home.
#[derive(Default)]
pub(super) struct Homes {
    pub(super) packed: bool,
    pub(super) is_read: bool,
    folder: bool,
    filled: bool,
}

impl Homes {
    pub(super) fn see(&mut self, steps: &[Vec<u8>]) {
        if let [first, rest @ ..] = steps
            && first == HOME
        {
            self.folder = true;
            self.filled |= rest.first().is_some_and(|name| name == b"etc" || name == b"mail");
        }
    }

    pub(super) fn judge(&self, form: &Form) -> Result<(), NotDone> {
        match form {
            Form::Backup(_) if self.packed && self.filled => Err(refusal(
                "The archive holds the home twice, as a folder homedir and as homedir.tar; pack it again with one of them",
            )),
            Form::Backup(_) if self.packed && !self.is_read => Err(refusal(
                "The home's own archive in it, homedir.tar, holds no home: it has neither a folder etc nor mail",
            )),
            Form::Backup(_) if !self.packed && !self.folder => Err(refusal(NO_BACKUP)),
            _ => Ok(()),
        }
    }
}

/// Whether a path is that of the home's own archive.
pub(super) fn is_home_archive(form: &Form, steps: &[Vec<u8>]) -> bool {
    let Form::Backup(above) = form else { return false };
    matches!(steps.strip_prefix(above.as_slice()), Some([name]) if is_nested(name))
}

/// Where something stands in a backup; none if it is nothing of it.
pub(super) fn placed(form: &Form, steps: Vec<Vec<u8>>) -> Result<Option<Vec<Vec<u8>>>, NotDone> {
    match form {
        Form::Home(above) => Ok(steps
            .strip_prefix(above.as_slice())
            .filter(|rest| !rest.is_empty())
            .map(|rest| [&[HOME.to_vec()], rest].concat())),
        Form::Backup(above) => match steps.strip_prefix(above.as_slice()) {
            Some(rest)
                if above.is_empty()
                    && matches!(rest, [first, second, ..] if first != HOME && second == HOME) =>
            {
                Err(refusal(MANY))
            }
            Some(rest) => Ok(Some(rest.to_vec()).filter(|rest| !rest.is_empty())),
            None if matches!(&steps[..], [first, ..] if first == HOME || first == b"etc" || first == b"mail")
                || matches!(&steps[..], [_, second, ..] if second == HOME) =>
            {
                Err(refusal(MANY))
            }
            None => Ok(None),
        },
    }
}

const MANY: &str = "The archive holds more than one backup; give each in an archive of its own";
