//! The secrets with which calls go to a server: from a setting, from a file of their own, or from systemd.

use std::fmt;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::api::{Error, ErrorKind};
use crate::base::environment::Environment;
use crate::base::limits;

/// Longest secret that is read, in bytes; cPanel's tokens have 32, its access hashes about a thousand.
const MAX_BYTES: u64 = 4096;

/// A secret. Never printed; wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct LoginSecret(Zeroizing<String>);

/// What a secret is; it decides how one is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecretKind {
    /// An API token, or an access hash, which stands in its file in several lines.
    Token,
    /// A password: every byte counts, except a line end behind it in a file.
    Password,
    /// A code of the second factor.
    Code,
    /// What codes of the second factor are made of: Base32, also in groups and small letters.
    CodeSecret,
}

impl SecretKind {
    /// The setting that holds it; with `_file` behind it the one that names its file.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Password => "password",
            Self::Code => "otp",
            Self::CodeSecret => "totp_secret",
        }
    }

    /// The name under which systemd hands it to a service: `liveapi-token`, `liveapi-totp-secret`.
    fn credential(self) -> String {
        format!("liveapi-{}", self.key().replace('_', "-"))
    }

    /// What is wrong with a text that is none.
    fn rule(self) -> &'static str {
        match self {
            Self::Token => "must be one word",
            Self::Password => "must be one line",
            Self::Code => "must be the digits of the present code",
            Self::CodeSecret => {
                "must be the letters and digits 2 to 7 that the second factor was set up with"
            }
        }
    }

    fn is_one(self, text: &str) -> bool {
        let all = |good: fn(&u8) -> bool| text.bytes().all(|byte| good(&byte));
        !text.is_empty()
            && match self {
                Self::Token => all(|byte| byte.is_ascii_graphic() || matches!(byte, b'\r' | b'\n')),
                Self::Password => all(|byte| !byte.is_ascii_control()),
                Self::Code => (6..=8).contains(&text.len()) && all(u8::is_ascii_digit),
                Self::CodeSecret => all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7')),
            }
    }

    /// The secret alone, without what people and editors write around it.
    fn tidied(self, text: &str) -> Zeroizing<String> {
        Zeroizing::new(match self {
            Self::Token => text.trim().to_owned(),
            Self::Password => text.to_owned(),
            Self::Code => text.split_whitespace().collect(),
            Self::CodeSecret => {
                let letters = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '='));
                letters.map(|c| c.to_ascii_uppercase()).collect()
            }
        })
    }
}

impl LoginSecret {
    /// A secret as it was given; what is wrong with it otherwise.
    pub(crate) fn from_text(kind: SecretKind, text: String) -> Result<Self, &'static str> {
        let text = Zeroizing::new(text);
        let secret = kind.tidied(&text);
        if kind.is_one(&secret) { Ok(Self(secret)) } else { Err(kind.rule()) }
    }

    /// The secret itself, for the one place that it belongs into.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// An access hash as it is sent: the lines of its file in one.
    pub(crate) fn joined(&self) -> Self {
        Self(Zeroizing::new(self.0.split(['\r', '\n']).collect()))
    }

    /// Reads a file that nobody but its owner may read.
    pub(crate) fn from_file(kind: SecretKind, path: &Path) -> Result<Self, Error> {
        let sentence = |why: String| format!("The {} file {} is not used: {why}", kind.key(), path.display());
        let fail = |why| Error::new(ErrorKind::Config, sentence(why));
        // Non-blocking: opening a FIFO would wait for a writer for ever.
        let nonblocking = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
        let file = std::fs::OpenOptions::new().read(true).custom_flags(nonblocking).open(path);
        let file = file.map_err(|cause| {
            let why = format!("it cannot be opened: {}", limits::named(&cause));
            Error::new(limits::kind(&cause, ErrorKind::Config), sentence(why))
        })?;
        let found = file.metadata().map_err(|cause| fail(format!("it cannot be examined: {cause}")))?;
        require_private(&found).map_err(|why| fail(why.to_owned()))?;
        // Room for all of it: growing would leave copies behind that nobody wipes.
        let mut text = Zeroizing::new(String::with_capacity(MAX_BYTES as usize + 1));
        file.take(MAX_BYTES)
            .read_to_string(&mut text)
            .map_err(|cause| fail(format!("it cannot be read: {}", cause.kind())))?;
        if text.ends_with('\n') {
            text.pop();
        }
        if text.ends_with('\r') {
            text.pop();
        }
        Self::from_text(kind, std::mem::take(&mut text)).map_err(|rule| fail(format!("what it holds {rule}")))
    }

    /// The file in which systemd hands a secret to the service that this process is, if it does.
    pub(crate) fn credential(kind: SecretKind) -> Option<PathBuf> {
        let folder = Environment::now().path("CREDENTIALS_DIRECTORY")?;
        let path = folder.join(kind.credential());
        path.exists().then_some(path)
    }
}

impl fmt::Debug for LoginSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Refuses a file that others could read or have written; also for a configuration file that holds a secret.
pub(crate) fn require_private(found: &std::fs::Metadata) -> Result<(), &'static str> {
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

    use super::{LoginSecret, SecretKind};

    #[test]
    fn each_kind_has_its_form() {
        let read =
            |kind, text: &str| LoginSecret::from_text(kind, text.into()).map(|secret| secret.0.to_string());
        for (kind, given, kept) in [
            (SecretKind::Token, " ABCDEF0123\n", "ABCDEF0123"),
            (SecretKind::Token, "abc\ndef\r\nghi\n", "abc\ndef\r\nghi"),
            (SecretKind::Password, " päss: w#rd ", " päss: w#rd "),
            (SecretKind::Code, " 123 456\n", "123456"),
            (SecretKind::CodeSecret, "qsar bvkl-zhyh lj3m==", "QSARBVKLZHYHLJ3M"),
        ] {
            assert_eq!(read(kind, given).as_deref(), Ok(kept));
        }
        for (kind, bad) in [
            (SecretKind::Token, ""),
            (SecretKind::Token, " "),
            (SecretKind::Token, "a b"),
            (SecretKind::Token, "a\0b"),
            (SecretKind::Token, "tökén"),
            (SecretKind::Password, ""),
            (SecretKind::Password, "two\nlines"),
            (SecretKind::Password, "a\0b"),
            (SecretKind::Code, "12345"),
            (SecretKind::Code, "12a456"),
            (SecretKind::CodeSecret, "QSAR1"),
            (SecretKind::CodeSecret, ""),
        ] {
            assert!(read(kind, bad).is_err(), "{kind:?} {bad:?}");
        }
        let hash = LoginSecret::from_text(SecretKind::Token, "abc\ndef\r\nghi\n".into()).unwrap();
        assert_eq!((hash.joined().text(), format!("{hash:?}").as_str()), ("abcdefghi", "Secret(…)"));
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        let path = std::env::temp_dir().join(format!("liveapi-secret-{}", std::process::id()));
        std::fs::write(&path, " s3cret \r\n").unwrap();
        for (mode, good) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o620, false)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            for (kind, kept) in [(SecretKind::Token, "s3cret"), (SecretKind::Password, " s3cret ")] {
                match LoginSecret::from_file(kind, &path) {
                    Ok(secret) => assert!(good && secret.text() == kept, "{mode:o}"),
                    Err(why) => assert!(!good && why.to_string().contains("chmod go="), "{mode:o} {why}"),
                }
            }
        }
        std::fs::remove_file(&path).unwrap();
        let missing = LoginSecret::from_file(SecretKind::Token, &path).unwrap_err().to_string();
        assert!(missing.contains("cannot be opened"), "{missing}");
    }
}
