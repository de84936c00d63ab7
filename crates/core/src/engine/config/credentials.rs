//! As whom and with what a call goes to a server: the settings `login`, `token`, `password` and their fellows.

use std::path::PathBuf;

use crate::api::{Error, ErrorKind};
use crate::engine::config::keys::is_credential;
use crate::engine::config::second_factor::SecondFactor;
use crate::engine::config::secret::{LoginSecret, SecretKind};

/// How calls show who they come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Login {
    #[default]
    Token,
    /// WHM's access hash, which old servers have instead of tokens.
    Hash,
    /// The password, in each call.
    Basic,
    /// The password, once for a session.
    Session,
}

/// Settings that one source gives, as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CredentialOptions {
    login: Option<Login>,
    token: Option<LoginSecret>,
    token_file: Option<String>,
    password: Option<LoginSecret>,
    password_file: Option<String>,
    otp: Option<LoginSecret>,
    totp_secret: Option<LoginSecret>,
    totp_secret_file: Option<String>,
}

/// As whom and with what calls go to one server, read from wherever it stood.
#[derive(Debug)]
pub struct Credentials {
    /// How calls show who they come from.
    pub(crate) login: Login,
    /// The token, hash or password; `None` if there is none.
    pub(crate) secret: Option<LoginSecret>,
    /// What a server asks for besides a password.
    pub(crate) second: Option<SecondFactor>,
}

impl Login {
    const WORDS: [(Self, &'static str); 4] =
        [(Self::Token, "token"), (Self::Hash, "hash"), (Self::Basic, "basic"), (Self::Session, "session")];

    /// The word for it in the configuration.
    pub(crate) fn word(self) -> &'static str {
        Self::WORDS[self as usize].1
    }

    fn from_word(word: &str) -> Result<Self, &'static str> {
        let found = Self::WORDS.iter().find(|(_, known)| *known == word);
        found.map(|(login, _)| *login).ok_or(
            "must be token (an API token), session (a password, once), basic (a password in each call) or hash (WHM's old access hash)",
        )
    }

    /// What the secret of it is.
    pub(crate) fn kind(self) -> SecretKind {
        match self {
            Self::Token | Self::Hash => SecretKind::Token,
            Self::Basic | Self::Session => SecretKind::Password,
        }
    }
}

impl CredentialOptions {
    /// Takes a setting; what is wrong with its value, or `None` if the name is none of these.
    pub(crate) fn set(&mut self, key: &str, value: String) -> Option<Result<(), &'static str>> {
        fn read(to: &mut Option<LoginSecret>, kind: SecretKind, value: String) -> Result<(), &'static str> {
            LoginSecret::from_text(kind, value).map(|secret| *to = Some(secret))
        }
        let mut name = |to: fn(&mut Self) -> &mut Option<String>, value| {
            *to(self) = Some(value);
            Ok(())
        };
        Some(match key {
            "login" => Login::from_word(&value).map(|login| self.login = Some(login)),
            "token_file" => name(|options| &mut options.token_file, value),
            "password_file" => name(|options| &mut options.password_file, value),
            "totp_secret_file" => name(|options| &mut options.totp_secret_file, value),
            "token" => read(&mut self.token, SecretKind::Token, value),
            "password" => read(&mut self.password, SecretKind::Password, value),
            "otp" => read(&mut self.otp, SecretKind::Code, value),
            "totp_secret" => read(&mut self.totp_secret, SecretKind::CodeSecret, value),
            _ => return None,
        })
    }

    /// A setting as text; a secret is only said to be one.
    pub(crate) fn shown(&self, key: &str) -> Option<String> {
        let secret = |secret: &Option<LoginSecret>| secret.as_ref().map(|_| "(a secret)".to_owned());
        match key {
            "login" => self.login.map(|login| login.word().to_owned()),
            "token" => secret(&self.token),
            "token_file" => self.token_file.clone(),
            "password" => secret(&self.password),
            "password_file" => self.password_file.clone(),
            "otp" => secret(&self.otp),
            "totp_secret" => secret(&self.totp_secret),
            "totp_secret_file" => self.totp_secret_file.clone(),
            _ => None,
        }
    }

    /// What holds where nothing is configured.
    pub(crate) fn default_shown(key: &str) -> Option<String> {
        let handed =
            |kind| LoginSecret::credential(kind).map(|path| path.display().to_string()).unwrap_or_default();
        Some(match key {
            "login" => Login::default().word().to_owned(),
            "token_file" => handed(SecretKind::Token),
            "password_file" => handed(SecretKind::Password),
            "totp_secret_file" => handed(SecretKind::CodeSecret),
            _ if is_credential(key) => String::new(),
            _ => return None,
        })
    }

    /// Whether a secret itself is among them, so that others may not read where they stand.
    pub(crate) fn hold_a_secret(&self) -> bool {
        [&self.token, &self.password, &self.otp, &self.totp_secret].into_iter().any(Option::is_some)
    }

    /// These settings, and where they say nothing those of `weaker`.
    #[must_use]
    pub(crate) fn or(self, weaker: Self) -> Self {
        Self {
            login: self.login.or(weaker.login),
            token: self.token.or(weaker.token),
            token_file: self.token_file.or(weaker.token_file),
            password: self.password.or(weaker.password),
            password_file: self.password_file.or(weaker.password_file),
            otp: self.otp.or(weaker.otp),
            totp_secret: self.totp_secret.or(weaker.totp_secret),
            totp_secret_file: self.totp_secret_file.or(weaker.totp_secret_file),
        }
    }

    /// The settings that hold. Reads the files that the login needs, and no other; where none is named, what
    /// systemd hands over, if `handed` says so.
    pub(crate) fn resolve(self, handed: bool) -> Result<Credentials, Error> {
        let login = self.login.unwrap_or_default();
        let given = |kind, secret, file| given(kind, secret, file, handed);
        let secret = match login.kind() {
            SecretKind::Password => given(SecretKind::Password, self.password, self.password_file)?,
            _ => given(SecretKind::Token, self.token, self.token_file)?,
        };
        let second = match login {
            Login::Basic | Login::Session => SecondFactor::given(
                self.otp,
                given(SecretKind::CodeSecret, self.totp_secret, self.totp_secret_file)?,
            )?,
            Login::Token | Login::Hash => None,
        };
        let secret = match secret {
            Some(hash) if login == Login::Hash => Some(hash.joined()),
            Some(token) if login == Login::Token && token.text().contains(['\r', '\n']) => {
                let sentence = "The API token has several lines, and none has; WHM's old access hash is sent with the setting login=hash";
                return Err(Error::new(ErrorKind::Config, sentence));
            }
            other => other,
        };
        Ok(Credentials { login, secret, second })
    }
}

/// The secret itself, else that of the file, else what systemd hands over if that counts.
fn given(
    kind: SecretKind,
    secret: Option<LoginSecret>,
    file: Option<String>,
    handed: bool,
) -> Result<Option<LoginSecret>, Error> {
    if secret.is_some() {
        return Ok(secret);
    }
    let file = file.map(PathBuf::from).or_else(|| if handed { LoginSecret::credential(kind) } else { None });
    file.map(|path| LoginSecret::from_file(kind, &path)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Credentials, String> {
        let mut options = CredentialOptions::default();
        for (key, value) in pairs {
            options.set(key, (*value).to_owned()).unwrap().map_err(str::to_owned)?;
        }
        options.resolve(true).map_err(|error| error.to_string())
    }

    #[test]
    fn each_login_has_its_secret() {
        let all = [("token", "tok\nen"), ("password", "päss word"), ("otp", "123456")];
        let of = |login| read(&[&all[..], &[("login", login)]].concat());
        let text = |login| of(login).unwrap().secret.unwrap().text().to_owned();
        assert_eq!(
            (text("hash"), text("basic"), text("session")),
            ("token".into(), "päss word".into(), "päss word".into())
        );
        assert!(of("hash").unwrap().second.is_none());
        assert_eq!(of("basic").unwrap().second.unwrap().code(0), "123456");
        assert!(of("token").unwrap_err().contains("login=hash"));
        assert!(of("password").unwrap_err().contains("must be token"));
        assert!(read(&[]).unwrap().secret.is_none());
        assert!(!format!("{:?}", of("basic")).contains("123456"));
    }
}
