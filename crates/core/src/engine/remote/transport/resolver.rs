//! Looks names up on the calling thread.
//!
//! reqwest's own way starts a thread for it, and a library that other people fork must have none. The price:
//! a slow lookup ends by the resolver's time limits (`/etc/resolv.conf`), not by ours.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::{fmt, io};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Asks the system's resolver and waits for it.
pub(crate) struct InPlace;

/// A name that has no address, and what the system says of it.
#[derive(Debug)]
pub(crate) struct Unresolved(pub(crate) String);

impl Resolve for InPlace {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            match addresses(name.as_str()) {
                Ok(found) => Ok(Box::new(found.into_iter()) as Addrs),
                Err(cause) => Err(Box::new(Unresolved(cause.to_string())) as Box<_>),
            }
        })
    }
}

/// The addresses of a name. This machine's own is not asked for (RFC 6761, 6.3): a child that is forked while another
/// thread is in the system's resolver for the first time waits there for ever, and a gateway on the same machine is
/// what busy hosts call.
fn addresses(name: &str) -> io::Result<Vec<SocketAddr>> {
    let name_of_ours = name.strip_suffix('.').unwrap_or(name);
    if name_of_ours.eq_ignore_ascii_case("localhost") {
        return Ok(vec![(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()]);
    }
    Ok((name, 0).to_socket_addrs()?.collect())
}

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unresolved {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_without_the_systems_resolver() {
        for name in ["localhost", "LocalHost", "localhost."] {
            // The system's resolver gives one of them only, or IPv6 first.
            let both = [(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()];
            assert_eq!(addresses(name).unwrap(), both, "{name}");
        }
        assert_eq!(addresses("127.0.0.1").unwrap(), [(Ipv4Addr::LOCALHOST, 0).into()]);
        assert!(addresses("name.invalid").is_err());
    }
}
