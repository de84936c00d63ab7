//! Second factors: codes of authenticator programs (RFC 6238: 30 seconds, six digits, one step of tolerance).

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use totp_rs::{Builder, Secret, Totp};

use super::json_file::JsonFile;
use super::{Owner, random};
use liveapi_core::api::{Error, ErrorKind, NotDone, Refusal};

const FILE: &str = "second-factors.json";
/// Bytes of a secret, as RFC 4226 recommends.
const LENGTH: usize = 20;
/// What authenticator programs show above the code.
const ISSUER: &str = "liveapid";

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Factor {
    owner: Owner,
    /// The secret in base 32.
    secret: String,
    /// When it was created, in seconds since 1970.
    created: u64,
}

/// The second factors, and which of their codes were used.
pub struct Codes {
    book: JsonFile<Factor>,
    /// The last step of which a code was accepted. Forgotten with the process: a code lives 90 seconds.
    used: Mutex<HashMap<Owner, u64>>,
}

/// What a code is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The owner has no second factor.
    NotNeeded,
    /// It is right, and now used.
    Right,
    Missing,
    /// It is wrong, or was used before.
    Wrong,
}

impl Codes {
    /// Those of a state folder.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        Ok(Self { book: JsonFile::open(folder, FILE)?, used: Mutex::default() })
    }

    /// Gives an owner a second factor. Returns the URL that authenticator programs read; it can never be seen again.
    pub fn enable(&self, owner: &Owner, now: u64) -> Result<String, NotDone> {
        let secret = Secret::from(random::bytes::<LENGTH>()?).to_base32();
        let totp = totp(&secret)?.with_account_name(owner.name()).with_issuer(Some(ISSUER)).build();
        let url = totp.and_then(|totp| totp.to_url()).map_err(|cause| unusable(owner, &cause.to_string()))?;
        let factor = Factor { owner: owner.clone(), secret, created: now };
        self.book.edit(|factors| {
            if factors.iter().any(|known| known.owner == *owner) {
                let why = format!("{owner} has a second factor already; disable it first");
                return Err(Refusal::BadValue { param: "user", why }.into());
            }
            factors.push(factor.clone());
            Ok(())
        })?;
        Ok(url)
    }

    /// Takes it away; `false` if there was none.
    pub fn disable(&self, owner: &Owner) -> Result<bool, NotDone> {
        self.book.edit(|factors| {
            let before = factors.len();
            factors.retain(|factor| factor.owner != *owner);
            Ok(factors.len() < before)
        })
    }

    /// Who has a second factor.
    pub fn owners(&self) -> Result<Vec<Owner>, Error> {
        Ok(self.book.records()?.iter().map(|factor| factor.owner.clone()).collect())
    }

    /// Checks a code. `since` is when the owner came to be: a second factor from before belonged to another
    /// account of that name.
    pub(super) fn check(
        &self,
        owner: &Owner,
        since: u64,
        code: Option<&str>,
        now: u64,
    ) -> Result<Verdict, Error> {
        let records = self.book.records()?;
        let Some(factor) = records.iter().find(|factor| factor.owner == *owner && factor.created >= since)
        else {
            return Ok(Verdict::NotNeeded);
        };
        let Some(code) = code.map(str::trim).filter(|code| !code.is_empty()) else {
            return Ok(Verdict::Missing);
        };
        let totp: Totp =
            totp(&factor.secret)?.build().map_err(|cause| unusable(owner, &cause.to_string()))?;
        let Some(step) = totp.check(code, now) else { return Ok(Verdict::Wrong) };
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.get(owner).is_some_and(|&last| step <= last) {
            return Ok(Verdict::Wrong);
        }
        used.insert(owner.clone(), step);
        Ok(Verdict::Right)
    }
}

fn totp(secret: &str) -> Result<Builder, Error> {
    let secret = Secret::try_from_base32(secret)
        .map_err(|_| Error::new(ErrorKind::Config, format!("A secret in {FILE} is not base 32")))?;
    Ok(Builder::new().with_secret(secret).with_account_name("user"))
}

fn unusable(owner: &Owner, why: &str) -> Error {
    Error::new(ErrorKind::Config, format!("The second factor of {owner} cannot be used: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::auth::gate::tests::scratch;

    /// The code of a moment, by the URL that was shown.
    fn code(url: &str, seconds: u64) -> String {
        Totp::from_url(url).unwrap().generate(seconds).to_string()
    }

    #[test]
    fn each_code_counts_once_and_a_step_away() {
        let dir = scratch("codes");
        let codes = Codes::open(&dir.join("auth")).unwrap();
        let owner = Owner::Whm("root".to_owned());
        let check = |code: Option<&str>, now| codes.check(&owner, 0, code, now).unwrap();
        assert_eq!(check(Some("123456"), 1000), Verdict::NotNeeded);
        let url = codes.enable(&owner, 1000).unwrap();
        assert!(url.starts_with("otpauth://totp/liveapid:root?secret="), "{url}");
        assert_eq!((check(None, 3000), check(Some(" "), 3000)), (Verdict::Missing, Verdict::Missing));
        for bad in ["000000x", "", "1", "１２３４５６", &code(&url, 3000 - 60), &code(&url, 3000 + 90)]
        {
            assert_ne!(check(Some(bad), 3000), Verdict::Right, "{bad}");
        }
        let right = code(&url, 3000);
        assert_eq!(check(Some(&right), 3000), Verdict::Right);
        assert_eq!(check(Some(&right), 3000), Verdict::Wrong, "used");
        assert_eq!(check(Some(&code(&url, 2970)), 3001), Verdict::Wrong, "older than the one used");
        assert_eq!(check(Some(&code(&url, 3030)), 3001), Verdict::Right, "a clock that is fast");
        assert_eq!(codes.check(&owner, 1001, None, 3000).unwrap(), Verdict::NotNeeded);
        assert!(codes.enable(&owner, 1).is_err());
        assert!(codes.disable(&owner).unwrap() && !codes.disable(&owner).unwrap());
        assert_eq!(check(None, 3000), Verdict::NotNeeded);
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B: the last six of the eight digits, for the secret "12345678901234567890".
        let standard = Secret::from(*b"12345678901234567890").to_base32();
        let totp = totp(&standard).unwrap().build().unwrap();
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(totp.generate(seconds).to_string(), code);
        }
    }
}
