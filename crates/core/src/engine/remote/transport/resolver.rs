//! Looks names up on the calling thread.
//!
//! reqwest's own way starts a thread for it, and a library that other people fork must have none. The price:
//! a slow lookup ends by the resolver's time limits (`/etc/resolv.conf`), not by ours.

use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Asks the system's resolver and waits for it.
pub(crate) struct InPlace;

/// A name that has no address, and what the system says of it.
#[derive(Debug)]
pub(crate) struct Unresolved(pub(crate) String);

impl Resolve for InPlace {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            match (name.as_str(), 0).to_socket_addrs() {
                Ok(found) => {
                    let found: Vec<SocketAddr> = found.collect();
                    Ok(Box::new(found.into_iter()) as Addrs)
                }
                Err(cause) => Err(Box::new(Unresolved(cause.to_string())) as Box<_>),
            }
        })
    }
}

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unresolved {}
