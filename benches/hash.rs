//! Our password hash against the least that SHA-512 crypt can cost: its 5,000 compressions on blocks
//! laid out beforehand. Also against libxcrypt and PHP, which hash in processes of their own, in turn
//! with ours (`BENCH_LIBXCRYPT` and `BENCH_PHP_CRYPT` name them; without them those rows are left out).
//! And many hashes side by side, in each width that the processor has, on one thread: the time of each.
//!
//! The loop computes the real hash: every round its result must equal ours.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark reports to its terminal and stops at the first surprise"
)]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::num::NonZeroUsize;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64ct::{Base64ShaCrypt, Encoding};
use common::{nanoseconds, print_row, take_turns};
use liveapi_core::store::Password;
use liveapi_core::store::hash::{Verdict, Width, new_hash, new_hashes_in, verify};
use sha2::block_api::compress512;
use sha2::{Digest, Sha512};

const ROUNDS: usize = 101;
const PASSWORD: &str = "Bench-Secret-15";

/// The state of SHA-512 before the first block (FIPS 180-4, 5.3.5).
const START: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

fn main() {
    let mut last = String::new();
    let secret = Password::to_be_stored(PASSWORD).expect("a usable password");
    let mut peers: Vec<(&str, Option<Asked>)> = vec![
        ("hash-libxcrypt", Asked::start("BENCH_LIBXCRYPT", &[])),
        ("hash-php", Asked::start("BENCH_PHP", &["BENCH_PHP_CRYPT"])),
    ];
    let hash = std::cell::RefCell::new(&mut last);
    let mut ours = || {
        let (took, made) = nanoseconds(|| new_hash(&secret).expect("a hash"));
        **hash.borrow_mut() = made;
        took
    };
    let mut by_hand = || {
        let salt = hash.borrow().get(3..19).unwrap_or("abcdefghijklmnop").to_owned();
        let (took, made) = nanoseconds(|| by_hand(PASSWORD.as_bytes(), salt.as_bytes()));
        assert!(hash.borrow().is_empty() || made == **hash.borrow(), "the loop computes another hash");
        took
    };
    let [one, two] = take_turns(ROUNDS, [&mut ours, &mut by_hand]);
    print_row("hash-loop", one, two);
    for (row, peer) in &mut peers {
        let Some(peer) = peer else { continue };
        let [one, two] = take_turns(ROUNDS, [&mut ours, &mut || peer.ask()]);
        print_row(row, one, two);
    }
    let Some(libxcrypt) = &mut peers[0].1 else { return };
    for (row, width) in [("hash-eight", Width::Eight), ("hash-four", Width::Four)] {
        if width.lanes() > Width::widest().lanes() {
            continue;
        }
        let mut many = || side_by_side(width, &secret);
        let [one, two] = take_turns(ROUNDS, [&mut many, &mut || libxcrypt.ask()]);
        print_row(row, one, two);
    }
}

/// Nanoseconds for each of the hashes that are made at a time.
fn side_by_side(width: Width, secret: &Password<'_>) -> f64 {
    let passwords = vec![secret; width.lanes()];
    let (took, made) = nanoseconds(|| new_hashes_in(width, NonZeroUsize::MIN, &passwords));
    assert!(made.expect("hashes").iter().all(|hash| verify(secret, hash) == Verdict::Same));
    took / width.lanes() as f64
}

/// SHA-512 crypt with 5,000 rounds, for a password and salt so short that each round is one block.
fn by_hand(password: &[u8], salt: &[u8]) -> String {
    let (mut digest, p, s) = prologue(password, salt);
    // Which parts a round hashes depends on its number modulo 2, 3 and 7.
    let mut blocks: [_; 42] = std::array::from_fn(|round| layout(round, &p, &s));
    for round in 0..5000 {
        let (block, at) = &mut blocks[round % 42];
        block[*at..*at + 64].copy_from_slice(&digest);
        let mut state = START;
        compress512(&mut state, std::slice::from_ref(block));
        for (bytes, word) in digest.chunks_exact_mut(8).zip(state) {
            bytes.copy_from_slice(&word.to_be_bytes());
        }
    }
    let order = (0..21).flat_map(|group| [42, 21, 0].map(|shift| (22 * group + shift) % 63)).chain([63]);
    let ordered: Vec<u8> = order.map(|at| digest[at]).collect();
    format!("$6${}${}", String::from_utf8_lossy(salt), Base64ShaCrypt::encode_string(&ordered))
}

/// The block of a round, padded, and where in it the digest of the round before stands.
fn layout(round: usize, p: &[u8], s: &[u8]) -> ([u8; 128], usize) {
    let mut text = Vec::with_capacity(128);
    let mut at = 0;
    let digest = [0; 64];
    text.extend_from_slice(if round % 2 == 1 { p } else { &digest });
    if !round.is_multiple_of(3) {
        text.extend_from_slice(s);
    }
    if !round.is_multiple_of(7) {
        text.extend_from_slice(p);
    }
    if round % 2 == 1 {
        at = text.len();
    }
    text.extend_from_slice(if round % 2 == 1 { &digest } else { p });
    let mut block = [0; 128];
    block[..text.len()].copy_from_slice(&text);
    block[text.len()] = 0x80;
    block[120..].copy_from_slice(&(text.len() as u64 * 8).to_be_bytes());
    (block, at)
}

/// What stands before the rounds: the first digest, and the sequences that stand for password and salt.
fn prologue(password: &[u8], salt: &[u8]) -> ([u8; 64], Vec<u8>, Vec<u8>) {
    let inner = Sha512::new().chain_update(password).chain_update(salt).chain_update(password).finalize();
    let mut first = Sha512::new().chain_update(password).chain_update(salt);
    first.update(&inner[..password.len()]);
    let mut bits = password.len();
    while bits > 0 {
        first.update(if bits & 1 == 1 { &inner[..] } else { password });
        bits >>= 1;
    }
    let first: [u8; 64] = first.finalize().into();
    let mut p = Sha512::new();
    (0..password.len()).for_each(|_| p.update(password));
    let mut s = Sha512::new();
    (0..16 + usize::from(first[0])).for_each(|_| s.update(salt));
    (first, p.finalize()[..password.len()].to_vec(), s.finalize()[..salt.len()].to_vec())
}

/// A process that makes one hash per line that it is sent, and answers with the nanoseconds it took.
struct Asked {
    child: Child,
    question: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Asked {
    /// Program and arguments are named by variables; `None` if one is not set.
    fn start(program: &str, args: &[&str]) -> Option<Self> {
        let words: Option<Vec<_>> = args.iter().map(std::env::var_os).collect();
        let mut command = Command::new(std::env::var_os(program)?);
        command.args(words?).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the peer starts");
        let (question, answers) = (child.stdin.take(), child.stdout.take().expect("a pipe"));
        Some(Self { child, question, answers: BufReader::new(answers) })
    }

    fn ask(&mut self) -> f64 {
        self.question.as_mut().expect("a pipe").write_all(b"\n").expect("the peer reads");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("the peer answers");
        answer.trim().parse().unwrap_or_else(|_| panic!("the peer answered {answer:?}"))
    }
}

impl Drop for Asked {
    /// The end of its input ends the peer.
    fn drop(&mut self) {
        self.question = None;
        let _ = self.child.wait();
    }
}
