//! What mail and homes take up, and what stands in their folders.

/// The room that a mailbox takes up, and when it last changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DiskUse {
    pub bytes: u64,
    /// When its folder last changed, in seconds since 1970, UTC; 0 if it has none.
    pub changed: i64,
}

/// What an account's whole home takes up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HomeUse {
    pub bytes: u64,
    /// Its files and folders.
    pub entries: u64,
}

/// What stands in a folder below an account's mail.
#[derive(Clone, Debug)]
pub struct FolderEntry {
    pub name: String,
    /// Whether it is a folder; links are neither followed nor shown.
    pub is_folder: bool,
    /// Whether it is a mailbox, a Maildir.
    pub is_mailbox: bool,
    /// Whether it has no folders of its own, besides those that every Maildir has.
    pub is_leaf: bool,
    /// When it last changed, in seconds since 1970, UTC.
    pub changed: i64,
}
