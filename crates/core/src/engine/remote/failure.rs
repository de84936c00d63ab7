//! Calls that got no answer: what went wrong, whether the server may have done them, and what to do.

use std::error::Error as Cause;
use std::fmt;
use std::io;

use super::proxy::{self, Tunnel};
use super::resolver::Unresolved;
use super::server::Server;
use super::tls::Refused;
use crate::api::{Call, ErrorKind};
use crate::engine::lost::Lost;

/// Sending failed, or no head of an answer came.
pub(super) fn sending(cause: &reqwest::Error) -> Lost {
    if cause.is_connect() {
        let (kind, why) = connecting(cause);
        return Lost::Unsent(kind, why);
    }
    if cause.is_timeout() {
        return Lost::Broken(ErrorKind::Timeout, "no answer came in time (setting timeout)".to_owned());
    }
    if let Some(lost) = find::<hyper::Error>(cause) {
        if lost.is_parse() {
            return Lost::Broken(ErrorKind::BadAnswer, format!("the answer is not HTTP ({lost})"));
        }
        if lost.is_incomplete_message() {
            return Lost::Silent("the server closed the connection without an answer".to_owned());
        }
    }
    match find::<io::Error>(cause).map(io::Error::kind) {
        Some(
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof,
        ) => Lost::Silent("the connection was cut before an answer came".to_owned()),
        _ => Lost::Broken(ErrorKind::Unreachable, format!("no answer came: {}", deepest(cause))),
    }
}

/// The head of an answer had come.
pub(super) fn receiving(cause: &reqwest::Error) -> Lost {
    if cause.is_timeout() {
        return Lost::Broken(
            ErrorKind::Timeout,
            "the rest of the answer did not come in time (setting timeout)".to_owned(),
        );
    }
    Lost::Broken(ErrorKind::BadAnswer, "the answer broke off before its end".to_owned())
}

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
