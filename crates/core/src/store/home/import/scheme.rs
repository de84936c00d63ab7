//! What kind of hash a `shadow` line holds, without showing it.

/// A scheme, and whether its hash opens a mailbox in Debian's Dovecot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scheme {
    pub(super) name: &'static str,
    pub(super) verdict: SchemeVerdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SchemeVerdict {
    /// Dovecot takes it.
    Good,
    /// Dovecot knows the scheme, but this hash is cut off or has foreign characters.
    Broken,
    /// Dovecot does not take the scheme.
    NotTaken,
    /// There is no hash.
    Empty,
}

/// Schemes by their beginning: name, and characters behind the last `$` (none where that varies).
const KNOWN: [(&[u8], &str, Option<usize>); 7] = [
    (b"$6$", "sha512", Some(86)),
    (b"$5$", "sha256", Some(43)),
    (b"$1$", "md5", Some(22)),
    (b"$2a$", "bcrypt", Some(53)),
    (b"$2b$", "bcrypt", Some(53)),
    (b"$2y$", "bcrypt", Some(53)),
    (b"$y$", "yescrypt", Some(43)),
];

/// The alphabet of crypt(3), with what bcrypt's and yescrypt's settings use.
fn is_crypt(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'/'
}

/// Names the scheme of a hash whose marks of suspension were cut off.
pub(super) fn scheme(hash: &[u8]) -> Scheme {
    let of = |name, verdict| Scheme { name, verdict };
    if hash.is_empty() || hash == b"*" {
        return of("none", SchemeVerdict::Empty);
    }
    // Dovecot's own form: what is inside may be a password in the clear.
    let hash = match hash.strip_prefix(b"{CRYPT}") {
        Some(inner) => inner,
        None if hash.starts_with(b"{") => return of("in braces", SchemeVerdict::Good),
        None => hash,
    };
    for (start, name, length) in KNOWN {
        if hash.starts_with(start) {
            let last = hash.rsplit(|byte| *byte == b'$').next().unwrap_or_default();
            let whole = length.is_none_or(|length| last.len() == length) && last.iter().all(|b| is_crypt(*b));
            return of(name, if whole { SchemeVerdict::Good } else { SchemeVerdict::Broken });
        }
    }
    if hash.len() == 13 && hash.iter().all(|byte| is_crypt(*byte)) {
        return of("des", SchemeVerdict::NotTaken);
    }
    of("unknown", SchemeVerdict::NotTaken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_by_their_beginning_and_length() {
        let sha512 = format!("$6$saltsales0000001${}", "a".repeat(86));
        let rounds = format!("$6$rounds=10000$salt${}", "a".repeat(86));
        let bcrypt = format!("$2y$05${}", "a".repeat(53));
        for (hash, name, verdict) in [
            (sha512.as_str(), "sha512", SchemeVerdict::Good),
            (&rounds, "sha512", SchemeVerdict::Good),
            (&format!("{{CRYPT}}{sha512}"), "sha512", SchemeVerdict::Good),
            (&sha512[..80], "sha512", SchemeVerdict::Broken),
            (&format!("{sha512} "), "sha512", SchemeVerdict::Broken),
            (&bcrypt, "bcrypt", SchemeVerdict::Good),
            ("$1$legacy01$4mreppPHYp5bxz9PpzrpD.", "md5", SchemeVerdict::Good),
            ("$5$s$short", "sha256", SchemeVerdict::Broken),
            ("rl0uE0vwJrZ0c", "des", SchemeVerdict::NotTaken),
            ("$9$a$b", "unknown", SchemeVerdict::NotTaken),
            ("password", "unknown", SchemeVerdict::NotTaken),
            ("{PLAIN}password", "in braces", SchemeVerdict::Good),
            ("", "none", SchemeVerdict::Empty),
            ("*", "none", SchemeVerdict::Empty),
        ] {
            assert_eq!(scheme(hash.as_bytes()), Scheme { name, verdict }, "{hash}");
        }
    }
}
