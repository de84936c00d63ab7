//! What the rounds of SHA-512 crypt hash, for as many passwords as there are lanes: the messages are laid out once, side
//! by side, and each round puts the digest of the round before into its own.

use std::ops::Range;

use zeroize::Zeroizing;

use super::beginning::{Beginning, DIGEST};

/// Which parts a round hashes depends on its number modulo 2, 3 and 7.
pub(super) const CYCLE: usize = 42;

/// Bytes and words of a block of SHA-512.
const BLOCK_BYTES: usize = 128;
const BLOCK: usize = BLOCK_BYTES / 8;

/// Words that a digest touches where it does not begin at one.
pub(super) const TOUCHED: usize = DIGEST / 8 + 1;

/// The messages of all lanes. A word of a message and those of the other lanes are neighbours.
pub(super) struct Messages<const N: usize> {
    words: Zeroizing<Vec<[u64; N]>>,
    rounds: Vec<Message<N>>,
}

/// The messages of one round in the cycle.
struct Message<const N: usize> {
    /// Where they stand among the words.
    words: Range<usize>,
    /// How many blocks each lane's has.
    blocks: [u64; N],
    /// Where the digest goes; in every second round it is at the beginning.
    place: Option<Place<N>>,
}

/// Where the digest goes in each lane's message.
#[derive(Clone)]
pub(super) struct Place<const N: usize> {
    /// The first word that it touches.
    first: [usize; N],
    /// By how many bits it is shifted to the right in it.
    pub(super) shift: [u64; N],
    /// What else is in the first word that it touches, and in the last.
    pub(super) head: Zeroizing<[u64; N]>,
    pub(super) tail: Zeroizing<[u64; N]>,
}

impl<const N: usize> Messages<N> {
    pub(super) fn new(beginnings: &[Beginning; N]) -> Self {
        // Every word is written once, into memory of the right size: no copy is left behind by growing.
        let lanes: Vec<[(Zeroizing<Vec<u8>>, usize); N]> =
            (0..CYCLE).map(|round| std::array::from_fn(|lane| message(round, &beginnings[lane]))).collect();
        let longest = |of: &[(Zeroizing<Vec<u8>>, usize); N]| {
            of.iter().map(|(bytes, _)| bytes.len() / BLOCK_BYTES).max().unwrap_or(0) * BLOCK
        };
        let mut words = Zeroizing::new(vec![[0; N]; lanes.iter().map(longest).sum()]);
        let mut rounds = Vec::with_capacity(CYCLE);
        let mut at = 0;
        for (round, of) in lanes.iter().enumerate() {
            let range = at..at + longest(of);
            at = range.end;
            for (lane, (bytes, _)) in of.iter().enumerate() {
                for (word, bytes) in words[range.clone()].iter_mut().zip(bytes.as_chunks::<8>().0) {
                    word[lane] = u64::from_be_bytes(*bytes);
                }
            }
            let place =
                (round % 2 == 1).then(|| Place::new(&words[range.clone()], of.each_ref().map(|(_, at)| *at)));
            let blocks = of.each_ref().map(|(bytes, _)| (bytes.len() / BLOCK_BYTES) as u64);
            rounds.push(Message { words: range, blocks, place });
        }
        Self { words, rounds }
    }

    /// Where the digest of the round before goes; nothing if that is the beginning.
    #[inline(always)]
    pub(super) fn place(&self, round: usize) -> Option<&Place<N>> {
        self.rounds[round % CYCLE].place.as_ref()
    }

    /// Puts in the words that a digest touches.
    #[inline(always)]
    pub(super) fn put(&mut self, round: usize, touched: &[[u64; N]; TOUCHED]) {
        let Message { words, place, .. } = &self.rounds[round % CYCLE];
        let (words, Some(place)) = (&mut self.words[words.clone()], place) else { return };
        for lane in 0..N {
            let first = place.first[lane];
            for (word, touched) in words[first..first + TOUCHED].iter_mut().zip(touched) {
                word[lane] = touched[lane];
            }
        }
    }

    /// The blocks of a round, each with how many blocks every lane's message has.
    #[inline(always)]
    pub(super) fn blocks(&self, round: usize) -> (&[[[u64; N]; BLOCK]], &[u64; N]) {
        let Message { words, blocks, .. } = &self.rounds[round % CYCLE];
        (self.words[words.clone()].as_chunks().0, blocks)
    }
}

impl<const N: usize> Place<N> {
    /// `at`: the byte where each lane's digest begins.
    fn new(words: &[[u64; N]], at: [usize; N]) -> Self {
        let first = at.map(|at| at / 8);
        Self {
            first,
            shift: at.map(|at| (at % 8 * 8) as u64),
            head: Zeroizing::new(std::array::from_fn(|lane| words[first[lane]][lane])),
            tail: Zeroizing::new(std::array::from_fn(|lane| words[first[lane] + TOUCHED - 1][lane])),
        }
    }
}

/// One password's message of a round, padded to whole blocks, with zeros for the digest; and where that begins.
fn message(round: usize, Beginning { password, salt, .. }: &Beginning) -> (Zeroizing<Vec<u8>>, usize) {
    let (odd, digest) = (round % 2 == 1, [0; DIGEST]);
    let parts: [&[u8]; 4] = [
        if odd { password } else { &digest },
        if round.is_multiple_of(3) { &[] } else { salt },
        if round.is_multiple_of(7) { &[] } else { password },
        if odd { &digest } else { password },
    ];
    let length: usize = parts.iter().map(|part| part.len()).sum();
    // One byte marks the end, sixteen say the length.
    let mut bytes = Zeroizing::new(Vec::with_capacity((length + 17).next_multiple_of(BLOCK_BYTES)));
    parts.iter().for_each(|part| bytes.extend_from_slice(part));
    bytes.push(0x80);
    bytes.resize((length + 17).next_multiple_of(BLOCK_BYTES) - 8, 0);
    bytes.extend_from_slice(&(length as u64 * 8).to_be_bytes());
    (bytes, if odd { length - DIGEST } else { 0 })
}
