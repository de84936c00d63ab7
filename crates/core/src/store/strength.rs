//! How hard a password is to guess, from 0 (worthless) to 100.
//!
//! cPanel documents the scale and some examples, not the algorithm; this is our own score, calibrated with
//! its published examples (the first test below).
//!
//! The model: every character *counts* unless what came before makes it predictable, that is, unless it
//! repeats the previous one, continues a run (abc, 321, a keyboard row), continues one of the commonest
//! passwords, or has counted twice already. A counted character is worth a fixed number of points by its
//! class; letters are worth less while there is nothing but letters. Three or four classes add a little.
//!
//! Whether a character counts depends on earlier ones only, and no point is ever taken back. Hence
//! appending a character never lowers the score. (A lone *byte* may, when it completes a UTF-8 sequence.)
//! One pass, nothing allocated: no text of the password is kept, only counters and the last character.

/// A letter beside a digit or symbol; "a1" and "a#" are published as 18 and 20, "12345luggage" as 54.
const LETTER_MIXED: u32 = 7;
/// Letters only, in both cases: "aA" is published as 10, but 12 random letters should pass the middle.
const LETTER_BOTH_CASES: u32 = 6;
/// Letters of one case only: most likely words, so "weakness" stays at about a quarter of the scale.
const LETTER_ONE_CASE: u32 = 3;
/// "18273645" is published as 86, and seven of its digits count.
const DIGIT_POINTS: u32 = 12;
/// The symbols people reach for first; also all non-ASCII, as a word in another alphabet is still a word.
const COMMON_POINTS: u32 = 14;
const COMMON_SYMBOLS: &[u8] = b" !@#$%^&*()";
/// All other symbols; "?" and "-" have to weigh this much to meet their rows.
const RARE_POINTS: u32 = 20;
/// For each class beyond the second; two classes already gain by `LETTER_MIXED`.
const EXTRA_CLASS: u32 = 2;
/// A character that counted this often adds nothing more, or "1313131313" would look strong.
const MAX_OCCURRENCES: u8 = 2;
/// The characters of a common password that count, as its beginning may be chance.
const WORD_PREFIX: u8 = 2;
/// Codes of stray bytes start here, beyond every `char`.
const STRAY_BYTE: u32 = 0x11_0000;
/// Neighbouring keys; of the digits, only the step from 9 to 0 is not a run anyway.
const ROWS: [&[u8]; 5] = [b"1234567890", b"!@#$%^&*()", b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];
/// What is guessed first, in lower case: common passwords, key patterns, recent years (`N` is any digit).
/// The German key rows are here because as `ROWS` they would find "zUI" in the published "0zUIcv-0".
#[rustfmt::skip]
const WORDS: [&[u8]; 53] = [
    b"password", b"passwort", b"passwd", b"letmein", b"secret", b"geheim", b"welcome", b"willkommen",
    b"changeme", b"admin", b"root", b"login", b"user", b"guest", b"test", b"default", b"master", b"monkey",
    b"dragon", b"hello", b"hallo", b"iloveyou", b"schatz", b"sunshine", b"princess", b"football", b"fussball",
    b"baseball", b"shadow", b"superman", b"batman", b"pokemon", b"michael", b"computer", b"internet",
    b"summer", b"sommer", b"winter", b"spring", b"herbst", b"qwertzuiop", b"yxcvbnm", b"1q2w3e4r5t6",
    b"q1w2e3r4t5", b"1qaz2wsx3edc", b"zaq12wsx", b"197N", b"198N", b"199N", b"200N", b"201N", b"202N", CPANEL,
];
/// Matched as written only: "cP4n3LIsGr3aT" is published as 100, so its digits must not stand for letters.
const CPANEL: &[u8] = b"cpanel";

/// How strong `password` is, 0 to 100; bytes that are not UTF-8 count one by one, as symbols.
pub fn strength(password: &[u8]) -> u8 {
    let mut scan = Scan { last: None, on_row: false, words: [0; WORDS.len()], seen: [0; 256], tally: [0; 5] };
    for chunk in password.utf8_chunks() {
        chunk.valid().chars().for_each(|c| scan.push(u32::from(c)));
        chunk.invalid().iter().for_each(|&b| scan.push(STRAY_BYTE + u32::from(b)));
    }
    scan.score()
}

#[derive(Clone, Copy, PartialEq, PartialOrd)]
#[rustfmt::skip]
enum Class { Lower, Upper, Digit, Common, Rare }

/// What has been seen so far.
struct Scan {
    /// The last character, case-folded, and its class.
    last: Option<(u32, Class)>,
    /// Whether the last step was to a neighbouring key.
    on_row: bool,
    /// How much of each of `WORDS` the latest characters match.
    words: [u8; WORDS.len()],
    /// How often a character counted, by the low byte of its code; a collision only lowers the score.
    seen: [u8; 256],
    /// How many characters counted, by class.
    tally: [u32; 5],
}

impl Scan {
    fn push(&mut self, code: u32) {
        let class = classify(code);
        let code = if class == Class::Upper { code | 0x20 } else { code };
        let foretold = self.match_words(code) | self.continues_run(code, class); // Both keep state.
        self.last = Some((code, class));
        let seen = &mut self.seen[usize::from(code.to_le_bytes()[0])];
        if !foretold && *seen < MAX_OCCURRENCES {
            *seen += 1;
            self.tally[class as usize] += 1; // At most 512 in all, thanks to `seen`.
        }
    }

    /// Whether the character repeats the last one or goes on as a run would.
    fn continues_run(&mut self, code: u32, class: Class) -> bool {
        let Some((last, last_class)) = self.last else { return false };
        let distance = last.abs_diff(code);
        // Nobody knows the order of the ASCII symbols, so theirs is no run.
        let ordered = code > 0x7f || (class <= Class::Digit && last_class <= Class::Digit);
        // One step along a row occurs in ordinary words ("we"), two rarely do.
        let was_on_row = std::mem::replace(&mut self.on_row, on_one_row(last, code));
        (distance == 0 && last_class == class) || (distance == 1 && ordered) || (was_on_row && self.on_row)
    }

    /// Advances every word by one character; whether one of them foretold it. An unfinished word counts
    /// too: otherwise its last letter would lower the score.
    fn match_words(&mut self, code: u32) -> bool {
        let mut foretold = false;
        for (word, matched) in WORDS.iter().zip(&mut self.words) {
            let fits = |at: u8| stands_for(code, word, usize::from(at));
            *matched = if fits(*matched) { *matched + 1 } else { u8::from(fits(0)) };
            foretold |= *matched > WORD_PREFIX;
        }
        foretold
    }

    fn score(&self) -> u8 {
        let [lower, upper, digits, common, rare] = self.tally;
        let letter = match (digits + common + rare > 0, lower > 0 && upper > 0) {
            (true, _) => LETTER_MIXED,
            (false, true) => LETTER_BOTH_CASES,
            (false, false) => LETTER_ONE_CASE,
        };
        let classes: u32 = [lower, upper, digits, common + rare].map(|n| u32::from(n > 0)).iter().sum();
        let weights = [letter, letter, DIGIT_POINTS, COMMON_POINTS, RARE_POINTS];
        let points: u32 = self.tally.iter().zip(weights).map(|(count, weight)| count * weight).sum();
        match self.tally.iter().sum::<u32>() {
            0 => 0,
            1 => 1, // One character and what it foretells: "1111", "abcdefgh".
            _ => u8::try_from(points + classes.saturating_sub(2) * EXTRA_CLASS).map_or(100, |p| p.min(100)),
        }
    }
}

fn classify(code: u32) -> Class {
    match u8::try_from(code) {
        Ok(b'a'..=b'z') => Class::Lower,
        Ok(b'A'..=b'Z') => Class::Upper,
        Ok(b'0'..=b'9') => Class::Digit,
        Ok(b) if b.is_ascii_graphic() && !COMMON_SYMBOLS.contains(&b) => Class::Rare,
        _ => Class::Common,
    }
}

fn on_one_row(a: u32, b: u32) -> bool {
    let find = |row: &[u8], code| row.iter().position(|&key| u32::from(key) == code);
    ROWS.iter().any(|row| find(row, a).zip(find(row, b)).is_some_and(|(a, b)| a.abs_diff(b) == 1))
}

/// Whether a typed character can mean the one of `word` at `at`, the usual substitutions included.
fn stands_for(code: u32, word: &[u8], at: usize) -> bool {
    let Some(&meant) = word.get(at) else { return false };
    let substitutes: &[u8] = match meant {
        b'N' => b"0123456789", // Typed letters come folded, so "N" itself cannot match.
        _ if word == CPANEL => b"",
        b'a' => b"4@",
        b'e' => b"3",
        b'i' | b'l' => b"1!",
        b'o' => b"0",
        b's' => b"5$",
        _ => b"",
    };
    u8::try_from(code).is_ok_and(|typed| typed == meant || substitutes.contains(&typed))
}

#[cfg(test)]
#[rustfmt::skip]
mod tests {
    use super::strength;

    const PUBLISHED: [(&str, u8); 21] = [
        ("aa", 1), ("aaa", 1), ("1111", 1), ("12345678", 1), ("abcdefgh", 1), ("aA", 10), ("a1", 18),
        ("A1", 18), ("a#", 20), ("A#", 20), ("1#", 26), ("a#1", 34), ("A#1", 34), ("weakness", 24),
        ("cpanelisgreat", 25), ("12345luggage", 54), ("A1b2c3%", 74), ("0zUIcv-0", 82), ("18273645", 86),
        ("A1b2c3%?", 100), ("cP4n3LIsGr3aT", 100),
    ];
    const WEAK: &str = "password password1 Password1 P@ssw0rd1 password123 qwerty QWERTZ qwerty123 letmein \
        letmein1! secret asdfghjkl aaaaaaaaaaaaaaaaaaaa abababababab 1234567890 1313131313 abc123 12345 \
        a1a1a1a1a1 !@#$%^&*() 1q2w3e4r Sommer2026 passwordpasswordpassword abc123abc123";
    const STRONG: [(&str, u8); 6] = [
        ("qzjvkxwpmtbyrhcgdnfluaeo", 50), ("83051947260358", 80), ("kq7Fz2Wp", 65), ("xK9#mQ2$vL", 65),
        ("tiger lamp orbit velvet copy", 60), ("Sommer-2026-Regen", 65),
    ];

    #[test]
    fn published_examples() {
        let score = |p: &str| i32::from(strength(p.as_bytes()));
        let rows = PUBLISHED.map(|(p, want)| (p, want, score(p) - i32::from(want)));
        assert!(rows.iter().all(|row| row.2.abs() <= 5), "password, published, deviation: {rows:?}");
        assert!(score("12345luggage") >= 50);
    }

    #[test]
    fn weak_and_strong() {
        WEAK.split(' ').for_each(|p| assert!(strength(p.as_bytes()) < 50, "{p}"));
        STRONG.iter().for_each(|&(p, min)| assert!(strength(p.as_bytes()) >= min, "{p}"));
    }

    #[test]
    fn any_bytes() {
        assert_eq!((strength(b""), strength(b"a"), strength(b"\xff")), (0, 1, 1));
        assert_eq!((strength("aé".as_bytes()), strength(b"a\xe9"), strength(b"a\xe9\xc0")), (21, 21, 35));
        assert_eq!(strength(&[0xff; 100_000]), 1);
        assert_eq!(strength(&(0..=255).collect::<Vec<u8>>().repeat(1000)), 100);
    }

    #[test]
    fn appending_never_lowers() {
        let noise = (0..240u32).map(|i| (i.wrapping_mul(2_654_435_761).rotate_left(9) ^ i).to_be_bytes()[0]);
        let mut texts: Vec<Vec<u8>> = noise.collect::<Vec<u8>>().chunks(12).map(<[u8]>::to_vec).collect();
        texts.extend(texts.clone().iter().map(|t| t.iter().map(|b| b % 95 + 32).collect()));
        texts.extend(PUBLISHED.iter().chain(&STRONG).map(|p| p.0).chain(WEAK.split(' ')).map(Vec::from));
        for start in texts.iter().flat_map(|t| (0..=t.len()).map(|n| &t[..n])) {
            let before = strength(start);
            for c in (0..128).chain([0xe9, 0x431, 0x20ac, 0x1f511]).filter_map(char::from_u32) {
                let after = strength(&[start, c.encode_utf8(&mut [0; 4]).as_bytes()].concat());
                assert!(before <= after && after <= 100, "{start:?} {before}, with {c:?} {after}");
            }
        }
    }
}
