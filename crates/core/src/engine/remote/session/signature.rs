//! Who a request comes from: a header of the credentials, or a session and its cookie.

use std::sync::Arc;
use std::time::Instant;

use base64ct::{Base64, Encoding};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use zeroize::Zeroizing;

use crate::api::{Error, ErrorKind};
use crate::base::clock;
use crate::engine::config::{Credentials, Login, LoginSecret, Server, Service};
use crate::engine::remote::session::opened::Session;
use crate::engine::remote::transport::exchange::Parcel;
use crate::engine::remote::transport::form_body::FormBody;

/// Carries the code of the second factor beside a password.
const OTP: HeaderName = HeaderName::from_static("x-cpanel-otp");

/// The credentials of an engine: there, and of the right kind for its server.
pub(crate) struct Signer {
    pub(crate) credentials: Credentials,
    secret: LoginSecret,
}

/// What shows the server who one request comes from.
pub(crate) struct Signature {
    pub(crate) headers: HeaderMap,
    /// The session, where there is one.
    pub(crate) session: Option<Arc<Session>>,
}

impl Signer {
    /// Refuses what cannot work before anything is sent.
    pub(crate) fn new(server: &Server, mut credentials: Credentials) -> Result<Self, Error> {
        let refuse = |sentence: String| Error::new(ErrorKind::Config, sentence);
        let login = credentials.login;
        if login == Login::Hash && server.service == Service::Cpanel {
            return Err(refuse(format!(
                "The setting login=hash is for WHM, and {} is not; use a whm: URL, or an API token of cPanel",
                server.shown()
            )));
        }
        let secret = credentials.secret.take().ok_or_else(|| {
            let key = login.kind().key();
            let what = match login {
                Login::Token => "API token",
                Login::Hash => "access hash",
                Login::Basic | Login::Session => "password",
            };
            refuse(format!(
                "There is no {what} for {}; put one into a file that nobody else may read, and name it by the setting {key}_file (LIVEAPI_{}_FILE)",
                server.shown(),
                key.to_uppercase()
            ))
        })?;
        Ok(Self { credentials, secret })
    }

    /// How the server is told who calls.
    pub(crate) fn login(&self) -> Login {
        self.credentials.login
    }

    /// What no message may repeat.
    pub(crate) fn secret(&self) -> &str {
        self.secret.text()
    }

    /// The header of a login that needs no session.
    pub(crate) fn headers(&self, server: &Server) -> Result<HeaderMap, Error> {
        let secret = self.secret.text();
        let text = Zeroizing::new(match self.login() {
            Login::Token => format!("{} {}:{secret}", server.service.word(), server.login),
            // In capitals, as the page on access hashes has it.
            Login::Hash => format!("WHM {}:{secret}", server.login),
            Login::Basic => {
                let pair = Zeroizing::new(format!("{}:{secret}", server.login));
                format!("Basic {}", *Zeroizing::new(Base64::encode_string(pair.as_bytes())))
            }
            Login::Session => return Ok(HeaderMap::new()),
        });
        let mut headers = HeaderMap::from_iter([(AUTHORIZATION, sensitive(&text)?)]);
        if let Some(code) = self.code() {
            headers.insert(OTP, sensitive(&code)?);
        }
        Ok(headers)
    }

    /// The form of a login for a session.
    pub(crate) fn login_form(&self, server: &Server) -> FormBody {
        let mut form = FormBody::new();
        form.push("user", &server.login);
        form.push("pass", self.secret.text());
        if let Some(code) = self.code() {
            form.push("tfa_token", &code);
        }
        form
    }

    /// A login for a session, in the form whose answer is JSON. Never sent twice: it may count as a wrong one.
    pub(crate) fn login_parcel<'p>(
        server: &Server,
        headers: &'p HeaderMap,
        body: &'p bytes::Bytes,
        until: Instant,
    ) -> Parcel<'p> {
        let mut address = server.address("login/");
        address.set_query(Some("login_only=1"));
        Parcel { address, headers, body, idempotent: false, until }
    }

    /// Whether the code of the second factor serves one login only.
    pub(crate) fn is_spent(&self) -> bool {
        self.credentials.second.as_ref().is_some_and(|second| !second.is_lasting())
    }

    fn code(&self) -> Option<Zeroizing<String>> {
        self.credentials.second.as_ref().map(|second| Zeroizing::new(second.code(clock::seconds())))
    }
}

impl Signature {
    pub(crate) fn of_session(session: Arc<Session>) -> Self {
        Self { headers: session.headers.clone(), session: Some(session) }
    }

    /// The path of a request; a session's begin with its token.
    pub(crate) fn path(&self, path: &str) -> String {
        match &self.session {
            Some(session) => format!("{}/{path}", session.token),
            None => path.to_owned(),
        }
    }

    /// What no message may repeat.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.session.iter().flat_map(|session| [session.token.as_str(), session.cookie.as_str()])
    }
}

fn sensitive(text: &str) -> Result<HeaderValue, Error> {
    let value = HeaderValue::from_str(text);
    let mut value =
        value.map_err(|_| Error::new(ErrorKind::Config, "The token holds characters that no token has"))?;
    value.set_sensitive(true);
    Ok(value)
}
