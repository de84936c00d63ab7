//! Names of folders in modified UTF-7 (RFC 3501), as Dovecot keeps them on the disk unless it is told otherwise.

use base64ct::{Base64Unpadded, Encoding};

/// The name in modified UTF-7.
pub(super) fn encode(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    let mut run: Vec<u8> = Vec::new();
    let flush = |run: &mut Vec<u8>, encoded: &mut String| {
        if !run.is_empty() {
            encoded.push('&');
            encoded.push_str(&Base64Unpadded::encode_string(run).replace('/', ","));
            encoded.push('-');
            run.clear();
        }
    };
    for c in name.chars() {
        if is_plain(c) {
            flush(&mut run, &mut encoded);
            encoded.push(c);
            if c == '&' {
                encoded.push('-');
            }
        } else {
            let mut units = [0; 2];
            run.extend(c.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut run, &mut encoded);
    encoded
}

/// Whether it is modified UTF-7, and in the one form of it that Dovecot finds again.
pub(super) fn is_encoded(name: &[u8]) -> bool {
    let Ok(name) = std::str::from_utf8(name) else { return false };
    decode(name).is_some_and(|decoded| encode(&decoded) == name)
}

fn decode(name: &str) -> Option<String> {
    let mut decoded = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        let (run, behind) = rest[at + 1..].split_once('-')?;
        if run.is_empty() {
            decoded.push('&');
        } else {
            let bytes = Base64Unpadded::decode_vec(&run.replace(',', "/")).ok()?;
            if bytes.len() % 2 > 0 {
                return None;
            }
            let units = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            decoded.extend(char::decode_utf16(units).collect::<Result<Vec<_>, _>>().ok()?);
        }
        rest = behind;
    }
    decoded.push_str(rest);
    Some(decoded)
}

fn is_plain(c: char) -> bool {
    (' '..='~').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_rfc_3501_has_them() {
        for (name, encoded) in [
            ("Sent", "Sent"),
            ("Entwürfe", "Entw&APw-rfe"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("R&D", "R&-D"),
            ("&", "&-"),
            ("Ü", "&ANw-"),
            ("📧", "&2D3c5w-"),
            ("a\tb", "a&AAk-b"),
            ("", ""),
        ] {
            assert_eq!(encode(name), encoded);
            assert!(is_encoded(encoded.as_bytes()), "{encoded}");
            assert_eq!(decode(encoded).as_deref(), Some(name));
        }
        for other in
            ["Entwürfe", "R&D", "a&", "&APw", "&AGE-", "&APw-&APw-", "&A-", "&2D0-", "&????-", "Entw\u{fc}"]
        {
            assert!(!is_encoded(other.as_bytes()), "{other}");
        }
        assert!(!is_encoded(b"Entw\xfcrfe"));
    }
}
