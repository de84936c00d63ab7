//! A password on its way to its hash.

use std::fmt;

use zeroize::Zeroizing;

use crate::api::Refusal;

/// The bytes of a password that a mail server can check. Borrowed from the call's arguments, which
/// wipe what they own; never copied but as a [`PasswordCopy`], never printed.
#[derive(Clone, Copy)]
pub struct Password<'a>(&'a [u8]);

impl<'a> Password<'a> {
    /// libxcrypt, and with it Dovecot, Exim and Postfix, refuses longer ones.
    pub const MAX_BYTES: usize = 511;

    /// A password to be stored. Every byte counts and none is changed, in particular no Unicode
    /// normalisation; refused is what could be stored but never be used to log in.
    pub fn to_be_stored(text: &'a str) -> Result<Self, Refusal> {
        let bytes = text.as_bytes();
        if bytes.is_empty() {
            // Dovecot accepts an empty password against the hash of the empty text.
            return Err(Refusal::Missing("password"));
        }
        if bytes.iter().any(|&b| b < 0x20) {
            return Err(Refusal::UnusablePassword(
                "it holds a tab, a line break or another control character, which mail servers refuse at login",
            ));
        }
        if bytes.len() > Self::MAX_BYTES {
            return Err(Refusal::UnusablePassword(
                "it is longer than 511 bytes, which mail servers refuse at login",
            ));
        }
        Ok(Self(bytes))
    }

    /// A password to be compared with a stored one; `None` if no stored one can equal it.
    pub fn to_be_checked(text: &'a str) -> Option<Self> {
        Self::to_be_stored(text).ok()
    }

    /// The very bytes that the caller gave.
    pub fn bytes(&self) -> &'a [u8] {
        self.0
    }
}

/// A password for another thread, which its caller waits for; wiped when dropped.
pub(super) struct PasswordCopy(Zeroizing<Vec<u8>>);

impl PasswordCopy {
    pub(super) fn of(password: &Password<'_>) -> Self {
        Self(Zeroizing::new(password.0.to_vec()))
    }

    pub(super) fn password(&self) -> Password<'_> {
        Password(&self.0)
    }
}

impl fmt::Debug for Password<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Password;

    #[test]
    fn what_no_mail_program_could_send_is_refused() {
        let (longest, longer) = ("a".repeat(511), "a".repeat(512));
        for good in ["x", " ", "12345luggage", "pässwörd", "a:b", "\u{7f}", longest.as_str()] {
            assert_eq!(Password::to_be_stored(good).unwrap().bytes(), good.as_bytes());
        }
        for bad in ["", "a\0b", "\u{1}", "a\tb", "a\r", "a\n", "\u{1f}", longer.as_str()] {
            assert!(Password::to_be_stored(bad).is_err(), "{bad:?}");
        }
    }
}
