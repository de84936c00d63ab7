//! What an HTTP proxy does on the way to a server, and how its failures are told from the server's.

use std::error::Error as Cause;

/// What went wrong between us and a server behind a proxy.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Tunnel {
    /// It wants to know who asks.
    LoginWanted,
    /// It does not connect to there.
    Refused,
    /// No connection to the proxy came about.
    Unreached,
    /// The proxy closed the connection.
    Broken,
}

/// Whether a failure is the proxy's. The library that speaks to proxies tells its errors by their texts only.
pub(crate) fn tunnel<'c>(mut causes: impl Iterator<Item = &'c (dyn Cause + 'static)>) -> Option<Tunnel> {
    let text =
        causes.find_map(|cause| cause.to_string().strip_prefix("tunnel error: ").map(str::to_owned))?;
    Some(match text.as_str() {
        "proxy authorization required" => Tunnel::LoginWanted,
        "unsuccessful" => Tunnel::Refused,
        "failed to create underlying connection" => Tunnel::Unreached,
        _ => Tunnel::Broken,
    })
}
