//! The fingerprint of a certificate: SHA-256 of the whole of it, as `openssl x509 -fingerprint -sha256` shows it.

use std::fmt;

use sha2::{Digest, Sha256};

/// The fingerprint of the one certificate that is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pin([u8; 32]);

impl Pin {
    /// Reads `sha256:` and 64 hexadecimal digits, also with the colons that openssl writes.
    pub fn from_text(text: &str) -> Result<Self, &'static str> {
        const WRONG: &str = "must be sha256: and 64 hexadecimal digits, as openssl x509 -noout -fingerprint -sha256 shows them";
        let (kind, digits) = text.trim().split_once([':', '=']).ok_or(WRONG)?;
        if !kind.eq_ignore_ascii_case("sha256") {
            return Err(WRONG);
        }
        let digits: Vec<u8> = digits.bytes().filter(|&byte| byte != b':').collect();
        let mut bytes = [0; 32];
        if digits.len() != 2 * bytes.len() {
            return Err(WRONG);
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let hex = |digit: u8| char::from(digit).to_digit(16).ok_or(WRONG);
            *byte = u8::try_from(hex(pair[0])? * 16 + hex(pair[1])?).map_err(|_| WRONG)?;
        }
        Ok(Self(bytes))
    }

    /// The fingerprint of a certificate (DER).
    pub fn of(certificate: &[u8]) -> Self {
        Self(Sha256::digest(certificate).into())
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::Pin;

    #[test]
    fn both_spellings_of_a_fingerprint() {
        let plain = Pin::of(b"abc").to_string();
        assert_eq!(plain, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let digits = plain["sha256:".len()..].to_uppercase();
        let pairs: Vec<&str> = (0..32).map(|at| &digits[2 * at..2 * at + 2]).collect();
        for text in
            [plain.clone(), format!("SHA256:{}", pairs.join(":")), format!("sha256={}\n", pairs.join(":"))]
        {
            assert_eq!(Pin::from_text(&text), Ok(Pin::of(b"abc")), "{text}");
        }
        for bad in [
            "",
            "sha256:",
            "sha256:zz",
            &plain[..70],
            &plain.replace("sha256", "sha1"),
            &format!("{plain}00"),
        ] {
            assert!(Pin::from_text(bad).is_err(), "{bad}");
        }
    }
}
