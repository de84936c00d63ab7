//! The secret with which calls go to a server: from a setting, from a file of its own, or from systemd.

use std::fmt;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::api::{Error, ErrorKind};

/// Longest token that is read, in bytes; cPanel's have 32.
const MAX_BYTES: u64 = 4096;
/// The name under which systemd hands a token to a service.
const CREDENTIAL: &str = "liveapi-token";

/// A token. Never printed; wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// A token as it was given; blanks and line ends around it are no part of one.
    pub(super) fn from_text(text: String) -> Option<Self> {
        let text = Zeroizing::new(text);
        let token = text.trim();
        let good = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        good.then(|| Self(Zeroizing::new(token.to_owned())))
    }

    /// The token itself, for the one header that it belongs into.
    pub(super) fn secret(&self) -> &str {
        &self.0
    }

    /// Reads a file that nobody but its owner may read.
    pub(super) fn from_file(path: &Path) -> Result<Self, Error> {
        let fail = |why: String| {
            Error::new(ErrorKind::Config, format!("The token file {} is not used: {why}", path.display()))
        };
        // Non-blocking: opening a FIFO would wait for a writer for ever.
        let nonblocking = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
        let file = std::fs::OpenOptions::new().read(true).custom_flags(nonblocking).open(path);
        let file = file.map_err(|cause| fail(format!("it cannot be opened: {cause}")))?;
        let found = file.metadata().map_err(|cause| fail(format!("it cannot be examined: {cause}")))?;
        require_private(&found).map_err(|why| fail(why.to_owned()))?;
        let mut text = Zeroizing::new(String::new());
        file.take(MAX_BYTES)
            .read_to_string(&mut text)
            .map_err(|cause| fail(format!("it cannot be read: {}", cause.kind())))?;
        Self::from_text(std::mem::take(&mut text))
            .ok_or_else(|| fail("it must hold one token, without blanks in it".to_owned()))
    }

    /// The file in which systemd hands a token to the service that this process is, if it does.
    pub(super) fn credential() -> Option<PathBuf> {
        let folder = std::env::var_os("CREDENTIALS_DIRECTORY")?;
        let path = Path::new(&folder).join(CREDENTIAL);
        path.exists().then_some(path)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Refuses a file that others could read or have written; also for a configuration file that holds a token.
pub(super) fn require_private(found: &std::fs::Metadata) -> Result<(), &'static str> {
    let me = rustix::process::geteuid().as_raw();
    if !found.is_file() {
        return Err("it is not a regular file");
    }
    if found.uid() != me && found.uid() != 0 {
        return Err("it belongs to neither root nor the user of this process");
    }
    if found.mode() & 0o077 != 0 {
        return Err("others may read or write it; take that away with chmod go=");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::Token;

    #[test]
    fn a_token_is_one_word() {
        assert!(Token::from_text(" ABCDEF0123\n".into()).is_some());
        for bad in ["", " ", "a b", "a\0b", "tökén"] {
            assert!(Token::from_text(bad.into()).is_none(), "{bad:?}");
        }
        assert_eq!(format!("{:?}", Token::from_text("s3cret".into())), "Some(Token(…))");
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        let path = std::env::temp_dir().join(format!("liveapi-token-{}", std::process::id()));
        std::fs::write(&path, "s3cret\n").unwrap();
        for (mode, good) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o620, false)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let read = Token::from_file(&path);
            assert_eq!(read.is_ok(), good, "{mode:o}");
            assert!(good || read.unwrap_err().to_string().contains("chmod go="), "{mode:o}");
        }
        std::fs::remove_file(&path).unwrap();
        let missing = Token::from_file(&path).unwrap_err().to_string();
        assert!(missing.contains("cannot be opened"), "{missing}");
    }
}
