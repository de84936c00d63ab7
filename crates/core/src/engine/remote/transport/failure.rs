//! Calls that got no answer: what went wrong, whether the server may have done them, and what to do.

use std::error::Error as Cause;
use std::io;

use crate::api::ErrorKind;
use crate::base::limits;
use crate::engine::remote::transport::resolver::Unresolved;
use crate::engine::remote::transport::tls::Refused;
use crate::engine::remote::transport::tunnel::{Tunnel, tunnel};
use crate::engine::wire::transport_error::TransportError;

/// Sending failed, or no head of an answer came.
pub(crate) fn sending(cause: &reqwest::Error) -> TransportError {
    if cause.is_connect() {
        let (kind, why) = connecting(cause);
        return TransportError::Unsent(kind, why);
    }
    if cause.is_timeout() {
        return TransportError::Broken(
            ErrorKind::Timeout,
            "no answer came in time (setting timeout)".to_owned(),
        );
    }
    if let Some(lost) = find::<hyper::Error>(cause) {
        if lost.is_parse() {
            return TransportError::Broken(ErrorKind::BadAnswer, format!("the answer is not HTTP ({lost})"));
        }
        if lost.is_incomplete_message() {
            return TransportError::Silent("the server closed the connection without an answer".to_owned());
        }
    }
    match find::<io::Error>(cause).map(io::Error::kind) {
        Some(
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof,
        ) => TransportError::Silent("the connection was cut before an answer came".to_owned()),
        _ => TransportError::Broken(ErrorKind::Unreachable, format!("no answer came: {}", deepest(cause))),
    }
}

/// The head of an answer had come.
pub(crate) fn receiving(cause: &reqwest::Error) -> TransportError {
    if cause.is_timeout() {
        return TransportError::Broken(
            ErrorKind::Timeout,
            "the rest of the answer did not come in time (setting timeout)".to_owned(),
        );
    }
    TransportError::Broken(ErrorKind::BadAnswer, "the answer broke off before its end".to_owned())
}

fn connecting(cause: &reqwest::Error) -> (ErrorKind, String) {
    // The resolver does not tell it from a name without an address.
    if let Some(limit) = limits::of_descriptors() {
        return (ErrorKind::Limit, format!("no connection came about: {limit}"));
    }
    if let Some(broken) = tunnel(causes(cause)) {
        return (ErrorKind::Unreachable, through_proxy(&broken, cause));
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
        _ if limits::kind(io, ErrorKind::Unreachable) == ErrorKind::Limit => {
            (ErrorKind::Limit, format!("no connection came about: {}", limits::named(io)))
        }
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
