//! Password hashes in the form of crypt(3): written as `$6$SALT$…` (SHA-512 crypt, 5,000 rounds, as
//! cPanel writes them), read as `$6$` and `$5$`. Many are made side by side: [`new_hashes`].
//!
//! The salt has 16 characters: sha-crypt's own default of 22 is refused by Dovecot, PHP and Perl. The
//! `rounds=` part is left out because 5,000 is the default of every reader.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod beginning;
mod lanes;
mod many;
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "no vectors read them there"))]
mod messages;
#[cfg(target_arch = "x86_64")]
mod rounds;
mod shared;

use base64ct::{Base64ShaCrypt, Encoding};
use sha_crypt::password_hash::PasswordVerifier;
use sha_crypt::{Params, ShaCrypt, sha512_crypt};
use zeroize::Zeroizing;

use self::beginning::{DIGEST, SALT_CHARS};
pub use self::lanes::Width;
pub use self::many::{new_hashes, new_hashes_in, new_hashes_on};
pub(super) use self::shared::SharedHashes;
use super::Password;
use crate::api::{Error, ErrorKind};

/// The order in which crypt(3) writes the 64 bytes of a SHA-512 digest (U. Drepper's specification).
const SHA512_ORDER: [usize; DIGEST] = [
    42, 21, 0, 1, 43, 22, 23, 2, 44, 45, 24, 3, 4, 46, 25, 26, 5, 47, 48, 27, 6, 7, 49, 28, 29, 8, 50, 51,
    30, 9, 10, 52, 31, 32, 11, 53, 54, 33, 12, 13, 55, 34, 35, 14, 56, 57, 36, 15, 16, 58, 37, 38, 17, 59,
    60, 39, 18, 19, 61, 40, 41, 20, 62, 63,
];

/// The alphabet of salts; 64 characters, so that six random bits choose one without bias.
const SALT_ALPHABET: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Most rounds that a check is willing to do: a hash stands in a file that its customer may write,
/// and 999,999,999 rounds would keep a server busy for minutes.
const MAX_ROUNDS: u32 = 500_000;

/// The hash of a random text that nobody kept: comparing with it takes as long as with any other.
pub const OF_NOBODY: &str = "$6$5e3beddbc092fd7b$Pe7dTWd/XZMxlwT030K3EZtMWMEXy6DzHp75NqcSM.hSvv.TiDEifSXovy5mDmZGgnkv/9AyQo.7ki..zkOQY.";

/// Whether a password is the one behind a stored hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Same,
    /// It is not.
    Different,
    /// The hash is of a scheme that is not read here, or broken.
    Unknown,
}

/// A new `$6$` hash with a fresh salt from the system's generator.
pub fn new_hash(password: &Password<'_>) -> Result<String, Error> {
    let mut salt = [[0; SALT_CHARS]];
    fill_salts(&mut salt)?;
    Ok(hash_with_salt(password.bytes(), &salt[0]))
}

fn fill_salts(salts: &mut [[u8; SALT_CHARS]]) -> Result<(), Error> {
    let bytes = salts.as_flattened_mut();
    getrandom::fill(bytes).map_err(|cause| {
        Error::new(ErrorKind::Internal, format!("The system's random generator failed: {cause}"))
    })?;
    bytes.iter_mut().for_each(|byte| *byte = SALT_ALPHABET[usize::from(*byte & 0x3f)]);
    Ok(())
}

fn hash_with_salt(password: &[u8], salt: &[u8]) -> String {
    written(&Zeroizing::new(sha512_crypt(password, salt, Params::RECOMMENDED)), salt)
}

fn written(digest: &[u8; DIGEST], salt: &[u8]) -> String {
    let ordered = SHA512_ORDER.map(|at| digest[at]);
    let salt: String = salt.iter().map(|&byte| char::from(byte)).collect();
    format!("$6${salt}${}", Base64ShaCrypt::encode_string(&ordered))
}

/// Whether a hash is that of the empty password, which mail servers would let everybody in with.
pub(super) fn is_of_nothing(hash: &str) -> bool {
    compare(b"", hash) == Verdict::Same
}

/// Compares in constant time. A mark of suspension before the hash must have been cut off.
pub fn verify(password: &Password<'_>, stored: &str) -> Verdict {
    compare(password.bytes(), stored.strip_prefix("{CRYPT}").unwrap_or(stored))
}

fn compare(password: &[u8], hash: &str) -> Verdict {
    if !(hash.starts_with("$6$") || hash.starts_with("$5$")) || too_many_rounds(hash) {
        return Verdict::Unknown;
    }
    match ShaCrypt::default().verify_password(password, hash) {
        Ok(()) => Verdict::Same,
        Err(sha_crypt::password_hash::Error::PasswordInvalid) => Verdict::Different,
        Err(_) => Verdict::Unknown,
    }
}

fn too_many_rounds(hash: &str) -> bool {
    let rounds =
        hash.get(3..).and_then(|rest| rest.strip_prefix("rounds=")).and_then(|rest| rest.split('$').next());
    rounds.is_some_and(|rounds| rounds.parse::<u32>().is_ok_and(|n| n > MAX_ROUNDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers of libxcrypt: password in hexadecimal, setting, answer; `*0` where it refuses.
    const ANSWERS: &str = include_str!("../../../tests/data/crypt-answers.tsv");

    fn rows() -> impl Iterator<Item = (Vec<u8>, &'static str, &'static str)> {
        ANSWERS.lines().filter(|line| !line.starts_with('#')).map(|line| {
            let fields: Vec<_> = line.split('\t').collect();
            let byte = |at: usize| u8::from_str_radix(&fields[0][at..at + 2], 16).unwrap();
            ((0..fields[0].len()).step_by(2).map(byte).collect(), fields[1], fields[2])
        })
    }

    #[test]
    fn hashes_equal_libxcrypts() {
        let mut compared = 0;
        for (password, setting, answer) in rows() {
            let Some(salt) = setting.strip_prefix("$6$").and_then(|rest| rest.strip_suffix('$')) else {
                continue;
            };
            if salt.contains('=')
                || salt.len() > SALT_CHARS
                || password.len() > Password::MAX_BYTES
                || answer == "*0"
            {
                continue;
            }
            assert_eq!(hash_with_salt(&password, salt.as_bytes()), answer);
            compared += 1;
        }
        assert!(compared >= 15, "only {compared} rows compared");
    }

    #[test]
    fn libxcrypts_answers_verify() {
        let mut compared = 0;
        for (password, _, answer) in rows() {
            let Ok(text) = std::str::from_utf8(&password) else { continue };
            let Some(password) = Password::to_be_checked(text) else { continue };
            let expected = if answer.starts_with("$6$") || answer.starts_with("$5$") {
                Verdict::Same
            } else {
                Verdict::Unknown
            };
            assert_eq!(verify(&password, answer), expected, "{answer}");
            compared += 1;
        }
        assert!(compared >= 15, "only {compared} rows compared");
    }

    #[test]
    fn a_new_hash_opens_for_its_password_only() {
        let password = Password::to_be_stored("12345luggage").unwrap();
        let (one, two) = (new_hash(&password).unwrap(), new_hash(&password).unwrap());
        assert_ne!(one, two, "the salt is fresh");
        assert_eq!((one.len(), &one[..3]), (106, "$6$"));
        assert_eq!(verify(&password, &one), Verdict::Same);
        assert_eq!(verify(&Password::to_be_stored("12345luggagE").unwrap(), &one), Verdict::Different);
    }

    #[test]
    fn broken_and_costly_hashes_are_no_match() {
        let password = Password::to_be_stored("x").unwrap();
        for stored in [
            "",
            "$6$",
            "$6$salt$",
            "!",
            "*",
            "$1$a$b",
            "$6$rounds=999999999$abcdefghijklmnop$x",
            "$6$s$short",
            "{PLAIN}x",
            "x",
        ] {
            assert_ne!(verify(&password, stored), Verdict::Same, "{stored}");
        }
    }
}
