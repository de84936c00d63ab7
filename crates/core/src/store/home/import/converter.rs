//! Who makes Maildirs of mail in other formats, and what he is asked to do.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::mail_root::ForeignFormat;
use crate::api::NotDone;

/// Whether mail in other formats becomes Maildirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Converting {
    NotAsked,
    NoProgram,
    Yes,
}

/// One mailbox whose mail is to be converted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Conversion {
    /// Its `DOMAIN/USER` in the new home, empty for the account's own.
    pub(super) root: String,
    pub(super) formats: Vec<ForeignFormat>,
    /// The mbox files in it.
    pub(super) mboxes: Vec<String>,
}

/// What a converter is to do: `source` and `maildir` are the names of folders in `work`, of which only the first is
/// there.
#[derive(Debug)]
pub struct ConversionTask<'a> {
    pub work: &'a Path,
    pub source: &'static str,
    pub maildir: &'static str,
    pub format: ForeignFormat,
    /// In mbox format: the file that is the inbox, if there is one.
    pub inbox: Option<&'a str>,
    /// As whom it has to be done.
    pub ids: (u32, u32),
    /// Whose mail it is, for people.
    pub mailbox: &'a str,
}

/// Who makes Maildirs of mail in other formats.
pub trait MailConverter: std::fmt::Debug {
    /// Whether the program for it is there.
    fn is_there(&self) -> bool;

    /// Writes the Maildir, compares the number of messages, and leaves the source as it is.
    fn convert(&self, task: &ConversionTask<'_>, stop: &AtomicBool) -> Result<(), NotDone>;
}
