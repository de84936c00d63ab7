//! Calls that got no answer: what went wrong, whether the server may have done them, and what to do.

use std::error::Error as Cause;
use std::fmt;
use std::io;

use super::proxy::{self, Tunnel};
use super::resolver::Unresolved;
use super::server::Server;
use super::tls::Refused;
use crate::api::{Call, Error, ErrorKind};

/// A request without a whole answer. The sentences continue “The call … was not made: ” or “… was sent, but ”.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// It never left: no address, no connection, no trust.
    Unsent(ErrorKind, String),
    /// The connection was closed before anything of the answer came.
    Silent(String),
    /// The answer broke off, was none of HTTP, or did not come in time.
    Broken(ErrorKind, String),
    /// The answer is longer than anybody needs.
    TooLong,
}

impl Lost {
    /// Sending failed, or no head of an answer came.
    pub(super) fn sending(cause: &reqwest::Error) -> Self {
        if cause.is_connect() {
            let (kind, why) = connecting(cause);
            return Self::Unsent(kind, why);
        }
        if cause.is_timeout() {
            return Self::Broken(ErrorKind::Timeout, "no answer came in time (setting timeout)".to_owned());
        }
        if let Some(lost) = find::<hyper::Error>(cause) {
            if lost.is_parse() {
                return Self::Broken(ErrorKind::BadAnswer, format!("the answer is not HTTP ({lost})"));
            }
            if lost.is_incomplete_message() {
                return Self::Silent("the server closed the connection without an answer".to_owned());
            }
        }
        match find::<io::Error>(cause).map(io::Error::kind) {
            Some(
                io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::UnexpectedEof,
            ) => Self::Silent("the connection was cut before an answer came".to_owned()),
            _ => Self::Broken(ErrorKind::Unreachable, format!("no answer came: {}", deepest(cause))),
        }
    }

    /// The head of an answer had come.
    pub(super) fn receiving(cause: &reqwest::Error) -> Self {
        if cause.is_timeout() {
            return Self::Broken(
                ErrorKind::Timeout,
                "the rest of the answer did not come in time (setting timeout)".to_owned(),
            );
        }
        Self::Broken(ErrorKind::BadAnswer, "the answer broke off before its end".to_owned())
    }

    /// The failure in words. What may have been done must not look like what was not.
    pub(super) fn error(self, step: &Step<'_>, harmless: bool) -> Error {
        let (kind, why) = match self {
            Self::Unsent(kind, why) => return Error::new(kind, format!("{step} was not made: {why}")),
            Self::Silent(why) => (ErrorKind::Unreachable, why),
            Self::Broken(kind, why) => (kind, why),
            Self::TooLong => (ErrorKind::BadAnswer, "the answer is longer than 20 MiB".to_owned()),
        };
        if step.is_login {
            return Error::new(kind, format!("{step} was sent, but {why}; the call itself was not made"));
        }
        if harmless {
            return Error::new(kind, format!("{step} was sent, but {why}; it may be repeated without harm"));
        }
        Error::new(ErrorKind::OutcomeUnknown, format!("{step} was sent, but {why}. {UNKNOWN}"))
    }

    /// Whether the server may have got it, and there is time left to look at what it did.
    pub(super) fn can_be_looked_into(&self) -> bool {
        match self {
            Self::Unsent(..) => false,
            Self::Broken(kind, _) => *kind != ErrorKind::Timeout,
            Self::Silent(_) | Self::TooLong => true,
        }
    }

    /// Why no answer came.
    pub(super) fn why(&self) -> &str {
        match self {
            Self::Unsent(_, why) | Self::Silent(why) | Self::Broken(_, why) => why,
            Self::TooLong => "the answer is longer than 20 MiB",
        }
    }
}

/// What to do when nobody knows.
pub(super) const UNKNOWN: &str =
    "Whether it was done is not known: look at what it should have changed before you repeat it";

/// What was sent: a call, or the login that goes before it.
#[derive(Clone, Copy)]
pub(super) struct Step<'s> {
    pub(super) server: &'s Server,
    pub(super) call: &'s Call<'s>,
    pub(super) is_login: bool,
}

impl fmt::Display for Step<'_> {
    /// “The call Email::addpop to whm://root@host:2087”.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Call { module, func, .. } = self.call;
        f.write_str(if self.is_login { "The login for the call " } else { "The call " })?;
        if !module.is_empty() {
            write!(f, "{module}::")?;
        }
        write!(f, "{func} to {}", self.server.shown())
    }
}

fn connecting(cause: &reqwest::Error) -> (ErrorKind, String) {
    if let Some(tunnel) = proxy::tunnel(causes(cause)) {
        return (ErrorKind::Unreachable, through_proxy(&tunnel, cause));
    }
    if let Some(unresolved) = find::<Unresolved>(cause) {
        let why = format!("the host's name has no address ({unresolved}); is it spelled right?");
        return (ErrorKind::Unreachable, why);
    }
    if let Some(tls) = find::<rustls::Error>(cause) {
        return (ErrorKind::Tls, distrust(tls));
    }
    if cause.is_timeout() {
        let why = "no connection came about in time (setting connect_timeout); are host and port right, and does a firewall let this machine through?";
        return (ErrorKind::Timeout, why.to_owned());
    }
    let Some(io) = find::<io::Error>(cause) else {
        return (ErrorKind::Unreachable, format!("no connection came about: {}", deepest(cause)));
    };
    match io.kind() {
        io::ErrorKind::ConnectionRefused => (
            ErrorKind::Unreachable,
            "nothing listens on that port of that host; WHM has 2087, cPanel 2083".to_owned(),
        ),
        io::ErrorKind::UnexpectedEof => {
            (ErrorKind::Tls, "the server closed the connection while it was being secured".to_owned())
        }
        _ => (ErrorKind::Unreachable, format!("no connection came about: {io}")),
    }
}

/// Why a proxy made no connection. Which one it was stands in the configuration, not here: its URL may hold a password.
fn through_proxy(tunnel: &Tunnel, cause: &reqwest::Error) -> String {
    let why = match tunnel {
        Tunnel::LoginWanted => "wants another login (407); write user and password into its URL".to_owned(),
        Tunnel::Refused => {
            "does not connect to that host and port (many allow port 443 only), or does not accept the user and password of its URL".to_owned()
        }
        Tunnel::Unreached if find::<Unresolved>(cause).is_some() => {
            "has a name without an address; is it spelled right?".to_owned()
        }
        Tunnel::Unreached => format!("cannot be reached ({})", deepest(cause)),
        Tunnel::Broken => "closed the connection".to_owned(),
    };
    format!("the proxy (setting proxy) {why}")
}

/// Why a TLS connection was given up, and what its owner can do.
fn distrust(cause: &rustls::Error) -> String {
    match cause {
        rustls::Error::InvalidCertificate(rustls::CertificateError::Other(other)) => {
            let Some(refused) = other.0.downcast_ref::<Refused>() else {
                return format!("the server cannot be trusted: {cause}");
            };
            let advice = match refused.cause {
                None => "if the server has a new certificate, pin that one; otherwise somebody stands between",
                Some(_) => "give the right host name or a new certificate, the setting ca_file with its authority, or, if the fingerprint is the server's own, the setting pin with it",
            };
            format!("the server is not trusted: {refused}; {advice}")
        }
        rustls::Error::InvalidMessage(_) => {
            "what answers on that port does not speak TLS; plain HTTP is never used. WHM has 2087, cPanel 2083".to_owned()
        }
        other => format!("the connection cannot be secured: {other}"),
    }
}

/// The cause of that type, however deep it lies.
fn find<'c, T: Cause + 'static>(cause: &'c (dyn Cause + 'static)) -> Option<&'c T> {
    causes(cause).find_map(|cause| cause.downcast_ref())
}

fn deepest(cause: &reqwest::Error) -> String {
    causes(cause).last().map(ToString::to_string).unwrap_or_default()
}

/// A cause and those behind it. What an I/O error is made of is no source of it, so it is asked for apart.
fn causes<'c>(cause: &'c (dyn Cause + 'static)) -> impl Iterator<Item = &'c (dyn Cause + 'static)> {
    std::iter::successors(Some(cause), |&cause| {
        match cause.downcast_ref::<io::Error>().map(io::Error::get_ref) {
            Some(Some(inner)) => Some(inner as &(dyn Cause + 'static)),
            _ => cause.source(),
        }
    })
}
