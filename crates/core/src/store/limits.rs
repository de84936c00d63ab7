//! What an account may have.

use super::{DomainLimits, Quota};
use crate::api::{Refusal, UNLIMITED};

/// The limits of an account's mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most mailboxes; none for no limit.
    pub mailboxes: Option<u64>,
    /// The largest quota that a mailbox may have.
    pub quota: Quota,
    pub domains: DomainLimits,
}

impl Limits {
    /// Where none are stated: only the number of domains has a limit.
    pub const NONE: Self = Self { mailboxes: None, quota: Quota::UNLIMITED, domains: DomainLimits::USUAL };

    /// Reads a number of mailboxes or domains; `unlimited` and the empty text mean no limit. 0 is a limit: none at all.
    pub fn number_from(text: &str, param: &'static str) -> Result<Option<u64>, Refusal> {
        if text.is_empty() || text == UNLIMITED {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| Refusal::BadValue {
            param,
            why: format!("“{}” is not a whole number or unlimited", text.escape_debug()),
        })
    }

    /// Refuses a quota above the limit, and none at all where there is a limit.
    pub fn check_quota(&self, quota: Quota) -> Result<(), Refusal> {
        if self.fitting(quota) == quota {
            return Ok(());
        }
        Err(Refusal::QuotaTooHigh { largest: self.quota.mebibytes().unwrap_or(0) })
    }

    /// The quota, lowered to the limit.
    pub fn fitting(&self, quota: Quota) -> Quota {
        match (self.quota.bytes(), quota.bytes()) {
            (Some(limit), Some(bytes)) if bytes <= limit => quota,
            (Some(_), _) => self.quota,
            (None, _) => quota,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Limits, Quota};

    #[test]
    fn a_limit_holds_for_more_and_for_none() {
        let quota = |text| Quota::from_mebibytes(text).unwrap();
        let limits = Limits { mailboxes: Some(1), quota: quota("10"), ..Limits::NONE };
        assert!(limits.check_quota(quota("10")).is_ok());
        for more in ["11", "0"] {
            assert!(limits.check_quota(quota(more)).unwrap_err().to_string().contains("10 MB"));
            assert_eq!(limits.fitting(quota(more)), quota("10"));
        }
        assert!(Limits::NONE.check_quota(Quota::UNLIMITED).is_ok());
        assert_eq!(Limits::number_from("0", "maxpop").unwrap(), Some(0));
        assert_eq!(Limits::number_from("unlimited", "maxpop").unwrap(), None);
        assert!(Limits::number_from("-1", "maxpop").is_err());
    }
}
