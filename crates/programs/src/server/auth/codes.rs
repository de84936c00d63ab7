//! Second factors: codes of authenticator programs (RFC 6238: 30 seconds, six digits, one step of tolerance).

use std::path::Path;

use serde::{Deserialize, Serialize};
use totp_rs::{Builder, Secret, Totp};

use super::holder::Holder;
use super::json_file::JsonFile;
use super::{Owner, random};
use liveapi_core::api::{Error, ErrorKind, NotDone, Refusal};

const FILE: &str = "second-factors.json";
/// Bytes of a secret, as RFC 4226 recommends.
const LENGTH: usize = 20;
/// How many used codes of one owner are remembered; 90 seconds take three. The others are for clocks that are set back
/// to a time that was before.
const REMEMBERED: usize = 256;
/// Steps between the first and the last code that are good at one moment.
const LATER: u64 = 2;
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
    /// The steps whose codes were accepted, the last one at the end. In the file, because a code is not to count once
    /// more after a restart; and each by itself, because a clock that was wrong may have made one of a far day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    used: Vec<u64>,
}

impl Factor {
    /// Whether the code of a step counts no more: it was accepted, or one that comes after it and is good at the same
    /// time.
    fn is_used(&self, step: u64) -> bool {
        self.used.iter().any(|&used| (step..=step.saturating_add(LATER)).contains(&used))
    }

    fn note(&mut self, step: u64) {
        self.used.push(step);
        let surplus = self.used.len().saturating_sub(REMEMBERED);
        self.used.drain(..surplus);
    }
}

/// The second factors, and which of their codes were used.
pub struct Codes(JsonFile<Factor>);

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
        Ok(Self(JsonFile::open(folder, FILE)?))
    }

    /// Gives an owner a second factor. Returns the URL that authenticator programs read; it can never be seen again.
    pub fn enable(&self, owner: &Owner, now: u64) -> Result<String, NotDone> {
        let secret = Secret::from(random::bytes::<LENGTH>()?).to_base32();
        let totp = totp(&secret)?.with_account_name(owner.name()).with_issuer(Some(ISSUER)).build();
        let url = totp.and_then(|totp| totp.to_url()).map_err(|cause| unusable(owner, &cause.to_string()))?;
        let factor = Factor { owner: owner.clone(), secret, created: now, used: Vec::new() };
        self.0.edit(|factors| {
            // Those of owners of that name who are gone count for nobody.
            factors.retain(|known| known.owner == *owner || !known.owner.is_namesake(owner));
            if factors.iter().any(|known| known.owner == *owner) {
                let why = format!("{owner} has a second factor already; disable it first");
                return Err(Refusal::BadValue { param: "user", why }.into());
            }
            factors.push(factor.clone());
            Ok(())
        })?;
        Ok(url)
    }

    /// Takes it away from whoever has or had that name; `false` if there was none.
    pub fn disable(&self, owner: &Owner) -> Result<bool, NotDone> {
        self.0.edit(|factors| {
            let before = factors.len();
            factors.retain(|factor| !factor.owner.is_namesake(owner));
            Ok(factors.len() < before)
        })
    }

    /// Takes them away from owners that are gone. The file is left alone if there is nothing of theirs.
    pub(super) fn forget(&self, gone: impl Fn(&Owner) -> bool) -> Result<(), NotDone> {
        if !self.0.records()?.iter().any(|factor| gone(&factor.owner)) {
            return Ok(());
        }
        self.0.edit(|factors| {
            factors.retain(|factor| !gone(&factor.owner));
            Ok(())
        })
    }

    /// Who has a second factor.
    pub fn owners(&self) -> Result<Vec<Owner>, Error> {
        Ok(self.0.records()?.iter().map(|factor| factor.owner.clone()).collect())
    }

    /// Checks a code, where the holder has a second factor that is its own, not one of somebody before it of its name.
    pub(super) fn check(&self, holder: &Holder, code: Option<&str>, now: u64) -> Result<Verdict, Error> {
        let Holder { owner, since, .. } = holder;
        let records = self.0.records()?;
        let Some(factor) = records.iter().find(|factor| factor.owner == *owner && factor.created >= *since)
        else {
            return Ok(Verdict::NotNeeded);
        };
        let Some(code) = code.map(str::trim).filter(|code| !code.is_empty()) else {
            return Ok(Verdict::Missing);
        };
        let totp: Totp =
            totp(&factor.secret)?.build().map_err(|cause| unusable(owner, &cause.to_string()))?;
        let Some(step) = totp.check(code, now) else { return Ok(Verdict::Wrong) };
        if factor.is_used(step) {
            return Ok(Verdict::Wrong);
        }
        self.use_up(factor, step)
    }

    /// Accepts the code of a step, which counts for nobody else from then on, in no process.
    fn use_up(&self, shown: &Factor, step: u64) -> Result<Verdict, Error> {
        let is_its = |known: &Factor| known.owner == shown.owner && known.secret == shown.secret;
        let noted = self.0.edit(|factors| {
            let factor = factors.iter_mut().find(|known| is_its(known) && !known.is_used(step));
            let right = factor.map(|factor| factor.note(step)).is_some();
            Ok(if right { Verdict::Right } else { Verdict::Wrong })
        });
        noted.map_err(|not_done| match not_done {
            NotDone::Failed(error) => error,
            NotDone::Refused(refusal) => Error::new(ErrorKind::Internal, refusal.to_string()),
        })
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
    use crate::server::auth::Who;
    use crate::server::auth::gate::tests::scratch;

    /// The code of a moment, by the URL that was shown.
    fn code(url: &str, seconds: u64) -> String {
        Totp::from_url(url).unwrap().generate(seconds).to_string()
    }

    #[test]
    fn each_code_counts_once_and_a_step_away() {
        let dir = scratch("codes");
        let codes = Codes::open(&dir.join("auth")).unwrap();
        let owner = Owner::whm("root", "");
        let holder = |since| Holder { owner: owner.clone(), who: Who::Root, since, by_name: false };
        let check = |code: Option<&str>, now| codes.check(&holder(0), code, now).unwrap();
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
        assert_eq!(codes.check(&holder(1001), None, 3000).unwrap(), Verdict::NotNeeded);
        assert!(codes.enable(&owner, 1).is_err());
        assert!(codes.disable(&owner).unwrap() && !codes.disable(&owner).unwrap());
        assert_eq!(check(None, 3000), Verdict::NotNeeded);
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_used_code_stays_used_and_a_wrong_clock_locks_nobody_out() {
        let dir = scratch("codes-clock");
        let codes = || Codes::open(&dir.join("auth")).unwrap();
        let holder = Holder { owner: Owner::whm("root", "x"), who: Who::Root, since: 0, by_name: false };
        let url = codes().enable(&holder.owner, 1000).unwrap();
        // Each time as after a restart.
        let check = |now| codes().check(&holder, Some(&code(&url, now)), now).unwrap();
        const DAY: u64 = 86_400;
        let today = 20_000 * DAY;
        assert_eq!(check(today), Verdict::Right);
        assert_eq!(check(today), Verdict::Wrong, "used");
        for wrong in [today + DAY, today - DAY, today + 3600, today - 3600] {
            assert_eq!((check(wrong), check(wrong)), (Verdict::Right, Verdict::Wrong), "{wrong}");
        }
        assert_eq!(check(today), Verdict::Wrong, "the clock came back to where it was");
        assert_eq!((check(today + 30), check(today + 90)), (Verdict::Right, Verdict::Right));
        for n in 0..REMEMBERED as u64 + 8 {
            assert_eq!(check(today + 2 * DAY + 30 * n), Verdict::Right);
        }
        assert!(codes().0.records().unwrap()[0].used.len() <= REMEMBERED);
        // Of many at once one is accepted.
        let (now, codes) = (today + 9 * DAY, [codes(), codes(), codes(), codes()]);
        let try_it = |codes: &Codes| codes.check(&holder, Some(&code(&url, now)), now).unwrap();
        let try_it = &try_it;
        let right = std::thread::scope(|scope| {
            let tries: Vec<_> = codes.iter().map(|codes| scope.spawn(move || try_it(codes))).collect();
            let verdicts = tries.into_iter().map(|tried| tried.join().unwrap());
            verdicts.filter(|verdict| *verdict == Verdict::Right).count()
        });
        assert_eq!(right, 1);
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
