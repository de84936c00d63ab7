//! Texts that nobody can guess.

use liveapi_core::api::{Error, ErrorKind};

/// The letters and digits of cPanel's tokens.
pub(super) const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
/// Letters and digits, as names of sessions have them.
pub(super) const MIXED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
pub(super) const HEX: &[u8] = b"0123456789abcdef";
pub(super) const DIGITS: &[u8] = b"0123456789";

/// A text of that many characters of an alphabet, each as likely as the others.
pub(super) fn text(length: usize, alphabet: &[u8]) -> Result<String, Error> {
    // Above the largest multiple of the alphabet's length some characters would be likelier.
    let fair = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let random = bytes::<64>()?;
        let fair = random.iter().map(|&byte| usize::from(byte)).filter(|&byte| byte < fair);
        text.extend(fair.take(length - text.len()).map(|byte| char::from(alphabet[byte % alphabet.len()])));
    }
    Ok(text)
}

/// Bytes from the system's random numbers.
pub(super) fn bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut random = [0; N];
    getrandom::fill(&mut random).map_err(|cause| {
        Error::new(ErrorKind::Internal, format!("The system's random generator failed: {cause}"))
    })?;
    Ok(random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_comes_and_no_two_texts_are_equal() {
        let long = text(20_000, UPPER).unwrap();
        for &character in UPPER {
            let count = long.bytes().filter(|&byte| byte == character).count();
            // 555 are to be expected; seven standard deviations around it.
            assert!((390..=720).contains(&count), "{}: {count}", char::from(character));
        }
        assert_eq!((long.len(), text(32, HEX).unwrap().len()), (20_000, 32));
        assert_ne!(text(32, UPPER).unwrap(), text(32, UPPER).unwrap());
    }
}
