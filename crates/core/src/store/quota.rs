//! Quotas of mailboxes.

use crate::api::{Refusal, UNLIMITED, limit_text};

/// A limit in bytes, or none. cPanel's API speaks mebibytes and calls them MB; the files hold bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota(Option<u64>);

impl Quota {
    /// The quota that limits nothing.
    pub const UNLIMITED: Self = Self(None);

    /// The largest limit that cPanel documents, 4 PiB, in mebibytes.
    const MAX_MEBIBYTES: u64 = 4 * 1024 * 1024 * 1024;

    /// A limit of that many mebibytes.
    pub const fn mebibytes_of(mebibytes: u64) -> Self {
        Self(Some(mebibytes * 1024 * 1024))
    }

    /// Reads whole mebibytes; `0`, `unlimited` and the empty text mean no limit.
    pub fn from_mebibytes(text: &str) -> Result<Self, Refusal> {
        let refuse = |why: &str| {
            Err(Refusal::BadValue { param: "quota", why: format!("“{}” {why}", text.escape_debug()) })
        };
        if text.is_empty() || text == UNLIMITED {
            return Ok(Self::UNLIMITED);
        }
        match text.parse::<u64>() {
            Ok(0) => Ok(Self::UNLIMITED),
            Ok(mebibytes) if mebibytes <= Self::MAX_MEBIBYTES => Ok(Self(Some(mebibytes * 1024 * 1024))),
            Ok(_) => refuse("is more than 4 PB; use 0 for no limit"),
            Err(_) => refuse("is not a whole number of megabytes, 0 or unlimited"),
        }
    }

    /// Reads a file's bytes; what is no number is no limit, as Dovecot takes it.
    pub fn from_bytes_text(text: &str) -> Self {
        Self(text.trim().parse().ok().filter(|&bytes| bytes > 0))
    }

    /// The limit in whole mebibytes, which cPanel calls MB.
    pub fn mebibytes(self) -> Option<u64> {
        self.0.map(|bytes| bytes / (1024 * 1024))
    }

    /// The limit as `from_mebibytes` reads it.
    pub fn shown_in_mebibytes(self) -> String {
        limit_text(self.mebibytes())
    }

    /// The limit in bytes.
    pub fn bytes(self) -> Option<u64> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Quota;

    #[test]
    fn mebibytes() {
        assert_eq!(Quota::from_mebibytes("250").unwrap().bytes(), Some(262_144_000));
        for none in ["0", "unlimited", ""] {
            assert_eq!(Quota::from_mebibytes(none).unwrap(), Quota::UNLIMITED);
        }
        for bad in ["-1", "1.5", "10M", "4294967297", "x\n", "18446744073709551616"] {
            assert!(Quota::from_mebibytes(bad).is_err(), "{bad}");
        }
    }
}
