//! What stands before the rounds of SHA-512 crypt: the first digest, and the two sequences that stand for password and
//! salt in every round (U. Drepper's specification, steps 1 to 20).

use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

/// Characters of salt that crypt(3) uses; further ones are cut.
pub(super) const SALT_CHARS: usize = 16;

/// Bytes of a digest.
pub(super) const DIGEST: usize = 64;

/// Where the rounds of one password begin.
pub(super) struct Beginning {
    pub(super) digest: Zeroizing<[u8; DIGEST]>,
    /// The sequence P: as long as the password.
    pub(super) password: Zeroizing<Vec<u8>>,
    /// The sequence S: as long as the salt.
    pub(super) salt: Zeroizing<Vec<u8>>,
}

impl Beginning {
    pub(super) fn new(password: &[u8], salt: &[u8]) -> Self {
        let salt = &salt[..salt.len().min(SALT_CHARS)];
        let digest = first_digest(password, salt);
        let mut of_password = Sha512::new();
        (0..password.len()).for_each(|_| of_password.update(password));
        let mut of_salt = Sha512::new();
        (0..16 + usize::from(digest[0])).for_each(|_| of_salt.update(salt));
        Self {
            digest,
            password: repeated(&finished(of_password), password.len()),
            salt: repeated(&finished(of_salt), salt.len()),
        }
    }
}

/// Steps 1 to 12.
fn first_digest(password: &[u8], salt: &[u8]) -> Zeroizing<[u8; DIGEST]> {
    let mut inner = Sha512::new();
    [password, salt, password].iter().for_each(|part| inner.update(part));
    let inner = finished(inner);
    let mut first = Sha512::new();
    [password, salt, &repeated(&inner, password.len())].iter().for_each(|part| first.update(part));
    let mut bits = password.len();
    while bits > 0 {
        first.update(if bits & 1 == 1 { &inner[..] } else { password });
        bits >>= 1;
    }
    finished(first)
}

fn finished(hasher: Sha512) -> Zeroizing<[u8; DIGEST]> {
    Zeroizing::new(hasher.finalize().into())
}

/// A digest over and over, `length` bytes of it.
fn repeated(digest: &[u8; DIGEST], length: usize) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(digest.iter().copied().cycle().take(length).collect())
}
