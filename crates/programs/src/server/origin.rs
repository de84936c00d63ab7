//! Where a connection comes from, and what it came to.

use std::net::IpAddr;

/// Which of cPanel's services a port is; it decides who may log in there and which calls there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServiceKind {
    /// Server administration: ports 2087 and 2086.
    Whm,
    /// The account's own: ports 2083 and 2082.
    Cpanel,
    /// The mailbox's own: ports 2096 and 2095.
    Webmail,
}

/// Where a connection comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    pub(crate) service: ServiceKind,
    pub(crate) tls: bool,
    pub(crate) peer: IpAddr,
    /// The port that it came to.
    pub(crate) port: u16,
}

/// What counts as one address: of IPv6 the network, because one sender has all of its addresses.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
        v4 => v4,
    }
}
