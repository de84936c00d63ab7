//! The names and modes of what a home holds, as on a cPanel server.

/// The file that says which mailboxes of a domain exist.
pub(super) const PASSWD: &str = "passwd";
/// The file of their hashes.
pub(super) const SHADOW: &str = "shadow";
/// The file of their limits.
pub(super) const QUOTA: &str = "quota";
/// Modes of the folders below `etc`, which the mail server's group enters.
pub(super) const ETC_MODE: u32 = 0o750;
/// Modes of the folders below `mail`.
pub(super) const MAIL_MODE: u32 = 0o751;
/// The folders of a Maildir.
pub(super) const MAILDIR: [&str; 3] = ["cur", "new", "tmp"];

/// Whether every Maildir has a folder of that name.
pub(super) fn is_maildir_folder(name: &[u8]) -> bool {
    MAILDIR.iter().any(|known| known.as_bytes() == name)
}
