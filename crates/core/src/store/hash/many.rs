//! New hashes of many passwords: side by side in the lanes of the processor's vectors, and on many processors where the
//! caller allows threads.

use std::cmp::Reverse;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use sha_crypt::{Params, sha512_crypt};
use zeroize::Zeroizing;

use super::beginning::{DIGEST, SALT_CHARS};
use super::lanes::{Digest, Salted, Width};
use super::{fill_salts, written};
use crate::api::Error;
use crate::store::Password;

/// Fewer passwords than this are hashed sooner one after the other: all lanes take as long as one.
pub(super) const WORTH_LANES: usize = 3;

/// New hashes of many passwords, in their order, made on the calling thread.
pub fn new_hashes(passwords: &[&Password<'_>]) -> Result<Vec<String>, Error> {
    new_hashes_on(NonZeroUsize::MIN, passwords)
}

/// The same on so many processors: on the calling thread and on others that end before this returns. Not for the
/// library, which starts no thread in someone else's process.
pub fn new_hashes_on(processors: NonZeroUsize, passwords: &[&Password<'_>]) -> Result<Vec<String>, Error> {
    let width = if passwords.len() <= processors.get() { Width::One } else { Width::widest() };
    new_hashes_in(width, processors, passwords)
}

/// The same, so many at a time.
pub fn new_hashes_in(
    width: Width,
    processors: NonZeroUsize,
    passwords: &[&Password<'_>],
) -> Result<Vec<String>, Error> {
    let mut salts = vec![[0; SALT_CHARS]; passwords.len()];
    fill_salts(&mut salts)?;
    let salted: Vec<Salted<'_>> = passwords
        .iter()
        .zip(&salts)
        .map(|(password, salt)| Salted { password: password.bytes(), salt })
        .collect();
    let digests = digests(width, processors, &salted);
    Ok(digests.iter().zip(&salts).map(|(digest, salt)| written(digest, salt)).collect())
}

fn digests(width: Width, processors: NonZeroUsize, salted: &[Salted<'_>]) -> Vec<Digest> {
    // Lanes wait for the longest of their passwords, so those of about the same length are put together.
    let mut order: Vec<usize> = (0..salted.len()).collect();
    order.sort_by_key(|&at| Reverse(salted[at].password.len()));
    let passes: Vec<&[usize]> = order.chunks(width.lanes()).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut made = Vec::new();
        while let Some(&pass) = passes.get(next.fetch_add(1, Ordering::Relaxed)) {
            let of: Vec<Salted<'_>> = pass.iter().map(|&at| salted[at]).collect();
            made.extend(pass.iter().copied().zip(one_pass(width, &of)));
        }
        made
    };
    let mut digests = vec![Zeroizing::new([0; DIGEST]); salted.len()];
    for (at, digest) in on_threads(processors.get().min(passes.len()), work) {
        digests[at] = digest;
    }
    digests
}

fn one_pass(width: Width, of: &[Salted<'_>]) -> Vec<Digest> {
    let lanes = if of.len() < WORTH_LANES { Width::One } else { width };
    lanes.digests(of, Params::RECOMMENDED_ROUNDS).unwrap_or_else(|| {
        let alone = |one: &Salted<'_>| sha512_crypt(one.password, one.salt, Params::RECOMMENDED);
        of.iter().map(|one| Zeroizing::new(alone(one))).collect()
    })
}

/// What the work yields on so many threads, this one among them. A thread that the system refuses is no loss but of time.
fn on_threads<T: Send>(threads: usize, work: impl Fn() -> Vec<T> + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let others: Vec<_> =
            (1..threads).map_while(|_| thread::Builder::new().spawn_scoped(scope, &work).ok()).collect();
        let mut all = work();
        for other in others {
            match other.join() {
                Ok(more) => all.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::hash::{Verdict, verify};

    #[test]
    fn each_hash_is_that_of_its_password() {
        // Of unlike lengths, and in an order that is not theirs.
        let texts: Vec<String> = (0..41).map(|at| format!("{at}-{}", "é".repeat(at * 37 % 83 * 3))).collect();
        let passwords: Vec<Password<'_>> =
            texts.iter().map(|text| Password::to_be_stored(text).unwrap()).collect();
        for processors in [1, 3] {
            for count in [0, 1, 2, 3, 8, 9, 41] {
                let of: Vec<&Password<'_>> = passwords[..count].iter().collect();
                let hashes = new_hashes_on(NonZeroUsize::new(processors).unwrap(), &of).unwrap();
                assert_eq!(hashes.len(), count);
                for (hash, password) in hashes.iter().zip(&of) {
                    assert_eq!((hash.len(), verify(password, hash)), (106, Verdict::Same));
                }
                let salts: std::collections::BTreeSet<_> = hashes.iter().map(|hash| &hash[3..19]).collect();
                assert_eq!(salts.len(), count, "a salt is used once");
            }
        }
    }

    #[test]
    fn the_library_s_way_starts_no_thread() {
        let password = Password::to_be_stored("x").unwrap();
        let here = std::thread::current().id();
        let seen = on_threads(1, || vec![std::thread::current().id()]);
        assert_eq!(seen, [here]);
        assert_eq!(new_hashes(&[&password; 20]).unwrap().len(), 20);
    }
}
