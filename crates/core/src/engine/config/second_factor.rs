//! The codes that servers ask for besides a password.

use totp_rs::{Builder, Totp};

use crate::api::{Error, ErrorKind};
use crate::engine::config::secret::LoginSecret;

/// Where the codes come from.
pub(crate) enum SecondFactor {
    /// The configuration; good for as long as a code is.
    Code(LoginSecret),
    /// The secret that they are made of.
    Made(Box<Totp>),
}

impl SecondFactor {
    /// The one that is configured, if one is.
    pub(crate) fn given(
        code: Option<LoginSecret>,
        secret: Option<LoginSecret>,
    ) -> Result<Option<Self>, Error> {
        let refuse = |sentence: &str| Err(Error::new(ErrorKind::Config, sentence));
        match (code, secret) {
            (Some(_), Some(_)) => refuse(
                "The settings otp and totp_secret are both given; a code is good for one moment and the secret for all, so give one of them",
            ),
            (code, None) => Ok(code.map(Self::Code)),
            (None, Some(secret)) => match totp_rs::Secret::try_from_base32(secret.text()) {
                // cPanel's secrets are shorter than the standard wants; its codes are of the usual kind.
                Ok(secret) => {
                    let made = Builder::new().with_secret(secret).build_noncompliant();
                    Ok(Some(Self::Made(Box::new(made))))
                }
                Err(_) => refuse(
                    "The setting totp_secret is not whole; copy all of what the second factor was set up with",
                ),
            },
        }
    }

    /// The code of that moment, in seconds since 1970.
    pub(crate) fn code(&self, now: u64) -> String {
        match self {
            Self::Code(code) => code.text().to_owned(),
            Self::Made(totp) => totp.generate(now).to_string(),
        }
    }

    /// Whether another login can have another code.
    pub(crate) fn is_lasting(&self) -> bool {
        matches!(self, Self::Made(_))
    }
}

impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecondFactor(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::config::secret::SecretKind;

    fn made(secret: &str) -> SecondFactor {
        let secret = LoginSecret::from_text(SecretKind::CodeSecret, secret.to_owned()).unwrap();
        SecondFactor::given(None, Some(secret)).unwrap().unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, for the secret “12345678901234567890”; its last six digits.
        let second = made("GEZD GNBV gy3t qojq GEZDGNBVGY3TQOJQ");
        for (time, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(second.code(time), code);
        }
        assert!(second.is_lasting());
        // As long as cPanel's.
        assert_eq!(made("QSARBVKLZHYHLJ3M").code(0).len(), 6);
        assert!(!format!("{second:?}").contains("GEZD"));
    }

    #[test]
    fn a_code_and_a_secret_are_one_too_many() {
        let code = || LoginSecret::from_text(SecretKind::Code, "123456".to_owned()).unwrap();
        let secret = LoginSecret::from_text(SecretKind::CodeSecret, "QSARBVKLZHYHLJ3M".to_owned()).unwrap();
        assert!(!SecondFactor::given(Some(code()), None).unwrap().unwrap().is_lasting());
        assert!(
            SecondFactor::given(Some(code()), Some(secret)).unwrap_err().to_string().contains("both given")
        );
    }
}
