//! Which processor hashes how many passwords at a time: one for each 64-bit lane of its vectors.

use multiversion::multiversion;
use multiversion::target::match_target;
use zeroize::Zeroizing;

#[cfg(target_arch = "x86_64")]
use super::avx2;
#[cfg(target_arch = "x86_64")]
use super::avx512;
use super::beginning::{Beginning, DIGEST};
use super::messages::Messages;

/// A password and what is hashed with it.
#[derive(Clone, Copy)]
pub(super) struct Salted<'a> {
    pub(super) password: &'a [u8],
    pub(super) salt: &'a [u8],
}

/// What SHA-512 crypt makes of it, before it is written as text.
pub(super) type Digest = Zeroizing<[u8; DIGEST]>;

/// How many passwords are hashed at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    Eight,
    Four,
    One,
}

/// The words of the lanes' digests.
type Words<const N: usize> = [[u64; N]; 8];

/// Does so many rounds in all lanes; says whether the processor can.
type Rounds<const N: usize> = fn(&mut Messages<N>, &mut Words<N>, u32) -> bool;

impl Width {
    /// The one that hashes most on this processor.
    pub fn widest() -> Self {
        widest()
    }

    /// The passwords.
    pub fn lanes(self) -> usize {
        match self {
            Self::Eight => 8,
            Self::Four => 4,
            Self::One => 1,
        }
    }

    /// The digests of as many passwords as there are lanes, or fewer; nothing if this processor has not so many.
    pub(super) fn digests(self, of: &[Salted<'_>], rounds: u32) -> Option<Vec<Digest>> {
        match self {
            Self::Eight => side_by_side(of, rounds, in_eight),
            Self::Four => side_by_side(of, rounds, in_four),
            Self::One => None,
        }
    }
}

#[multiversion(targets("x86_64+avx512f", "x86_64+avx2"))]
fn widest() -> Width {
    match_target! {
        "x86_64+avx512f" => Width::Eight,
        "x86_64+avx2" => Width::Four,
        _ => Width::One,
    }
}

#[multiversion(targets("x86_64+avx512f"))]
fn in_eight(messages: &mut Messages<8>, digest: &mut Words<8>, count: u32) -> bool {
    match_target! {
        "x86_64+avx512f" => {
            avx512::rounds(messages, digest, count);
            true
        },
        _ => {
            let _ = (messages, digest, count);
            false
        },
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn in_four(messages: &mut Messages<4>, digest: &mut Words<4>, count: u32) -> bool {
    match_target! {
        "x86_64+avx2" => {
            avx2::rounds(messages, digest, count);
            true
        },
        _ => {
            let _ = (messages, digest, count);
            false
        },
    }
}

/// The lanes that are left over hash the last password again.
fn side_by_side<const N: usize>(of: &[Salted<'_>], count: u32, rounds: Rounds<N>) -> Option<Vec<Digest>> {
    let last = of.len().checked_sub(1)?;
    let beginnings = std::array::from_fn(|lane| {
        let Salted { password, salt } = of[last.min(lane)];
        Beginning::new(password, salt)
    });
    let mut words = Zeroizing::new(first_words(&beginnings));
    if !rounds(&mut Messages::new(&beginnings), &mut words, count) {
        return None;
    }
    let digest = |lane: usize| {
        let mut digest = Zeroizing::new([0; DIGEST]);
        for (bytes, word) in digest.as_chunks_mut::<8>().0.iter_mut().zip(words.iter()) {
            *bytes = word[lane].to_be_bytes();
        }
        digest
    };
    Some((0..of.len().min(N)).map(digest).collect())
}

fn first_words<const N: usize>(beginnings: &[Beginning; N]) -> Words<N> {
    std::array::from_fn(|word| {
        beginnings.each_ref().map(|beginning| u64::from_be_bytes(beginning.digest.as_chunks::<8>().0[word]))
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};
    use std::sync::atomic::{AtomicUsize, Ordering};

    use sha_crypt::{Params, sha512_crypt};

    use super::*;

    /// Reads passwords in hexadecimal and settings, answers with what crypt(3) makes of them.
    const PERL: &str = r#"my ($p, $s) = split /\s/; print crypt(pack("H*", $p), $s), "\n""#;

    fn random<const N: usize>() -> [usize; N] {
        let mut bytes = [[0; 4]; N];
        getrandom::fill(bytes.as_flattened_mut()).unwrap();
        bytes.map(|bytes| u32::from_le_bytes(bytes) as usize)
    }

    /// A password that C can hold, of 1 to 511 bytes, and up to 16 characters of salt. More often a short one.
    fn password_and_salt() -> (Vec<u8>, Vec<u8>) {
        let [length, halvings, salt_length] = random();
        let mut password = vec![0; 1 + ((length % 511) >> (halvings % 9))];
        getrandom::fill(&mut password).unwrap();
        password.iter_mut().for_each(|byte| *byte = (*byte).max(1));
        let salt = random::<16>().map(|number| super::super::SALT_ALPHABET[number % 64]);
        (password, salt[..salt_length % 17].to_vec())
    }

    fn crypts(passwords: &[(Vec<u8>, Vec<u8>)], rounds: u32) -> Vec<String> {
        let mut perl = Command::new("perl")
            .args(["-ne", PERL])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut questions = perl.stdin.take().unwrap();
        for (password, salt) in passwords {
            let password: String = password.iter().map(|byte| format!("{byte:02x}")).collect();
            writeln!(questions, "{password} $6$rounds={rounds}${}$", String::from_utf8_lossy(salt)).unwrap();
        }
        drop(questions);
        let answers = perl.wait_with_output().unwrap();
        String::from_utf8(answers.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    fn compare_some() -> usize {
        let [count, rounds, halvings] = random();
        let rounds = 1000 + ((rounds as u32 % 19_001) >> (halvings % 5));
        let passwords: Vec<_> = (0..=count % 8).map(|_| password_and_salt()).collect();
        let answers = crypts(&passwords, rounds);
        let salted: Vec<_> = passwords.iter().map(|(password, salt)| Salted { password, salt }).collect();
        for width in [Width::Eight, Width::Four, Width::One] {
            let digests = salted.chunks(width.lanes()).flat_map(|of| {
                width.digests(of, rounds).unwrap_or_else(|| {
                    assert!(
                        width.lanes() == 1 || Width::widest().lanes() < width.lanes(),
                        "{width:?}: not used"
                    );
                    let alone =
                        |one: &Salted<'_>| sha512_crypt(one.password, one.salt, Params::new(rounds).unwrap());
                    of.iter().map(|one| Zeroizing::new(alone(one))).collect()
                })
            });
            for ((digest, answer), of) in digests.zip(&answers).zip(&passwords) {
                let (made, salt) = (super::super::written(&digest, b""), String::from_utf8_lossy(&of.1));
                let made = made.replacen("$$", &format!("$rounds={rounds}${salt}$"), 1);
                assert_eq!(made, *answer, "{width:?}: {of:x?}");
            }
        }
        assert_eq!(answers.len(), passwords.len());
        passwords.len()
    }

    /// More of them by `make hashes COUNT=100000`.
    #[test]
    fn every_width_equals_crypt() {
        let count = std::env::var("LIVEAPI_HASHES").map_or(64, |count| count.parse().unwrap());
        let done = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..std::thread::available_parallelism().unwrap().get() {
                scope.spawn(|| {
                    while done.load(Ordering::Relaxed) < count {
                        done.fetch_add(compare_some(), Ordering::Relaxed);
                    }
                });
            }
        });
        println!("{} passwords compared", done.into_inner());
    }
}
