//! The ports: three services, each with TLS and without.

use std::net::{Ipv4Addr, SocketAddr};

use super::values::address;
use crate::server::origin::ServiceKind;
use liveapi_core::api::{Error, ErrorKind};

/// The ports by their settings.
const PORTS: [(&str, ServiceKind, bool, u16); 6] = [
    ("whm", ServiceKind::Whm, true, 2087),
    ("cpanel", ServiceKind::Cpanel, true, 2083),
    ("webmail", ServiceKind::Webmail, true, 2096),
    ("whm_plain", ServiceKind::Whm, false, 2086),
    ("cpanel_plain", ServiceKind::Cpanel, false, 2082),
    ("webmail_plain", ServiceKind::Webmail, false, 2095),
];

/// One port of a service, with TLS or without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Port {
    pub(crate) name: &'static str,
    pub(crate) service: ServiceKind,
    pub(crate) tls: bool,
    pub(crate) address: SocketAddr,
}

/// Where the services listen, as the settings say.
#[derive(Clone, Debug)]
pub(super) struct Ports {
    addresses: [Option<SocketAddr>; 6],
    pub(super) all: bool,
    pub(super) plain_anywhere: bool,
}

impl Ports {
    /// The three ports with TLS.
    pub(super) fn new() -> Self {
        let anywhere = |port| SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port);
        let addresses = PORTS.map(|(_, _, tls, port)| tls.then(|| anywhere(port)));
        Self { addresses, all: false, plain_anywhere: false }
    }

    /// Takes one setting; `None` if it names no port, else why the value is wrong.
    pub(super) fn set(&mut self, key: &str, value: &str) -> Option<Result<(), String>> {
        let at = PORTS.iter().position(|(name, ..)| *name == key)?;
        let (_, _, tls, _) = PORTS[at];
        Some(address(value, usual_ip(tls)).map(|address| self.addresses[at] = address))
    }

    /// The ports that there are to be, with what each is for.
    pub(super) fn given(&self) -> impl Iterator<Item = (ServiceKind, bool, SocketAddr)> {
        PORTS.into_iter().zip(self.addresses).filter_map(|((_, service, tls, usual), given)| {
            let all = (self.all && !tls).then(|| SocketAddr::new(Ipv4Addr::LOCALHOST.into(), usual));
            Some((service, tls, given.or(all)?))
        })
    }

    /// The ports to open. Complains of what would send passwords over a network in the clear.
    pub(super) fn to_open(&self) -> Result<Vec<Port>, Error> {
        let mut ports = Vec::new();
        for ((name, service, tls, usual), given) in PORTS.into_iter().zip(self.addresses) {
            let all = (self.all && !tls).then(|| SocketAddr::new(Ipv4Addr::LOCALHOST.into(), usual));
            let Some(address) = given.or(all) else { continue };
            if !tls && !self.plain_anywhere && !address.ip().is_loopback() {
                return Err(Error::new(
                    ErrorKind::Config,
                    format!(
                        "{name} is {address}: without TLS everybody on the way reads the passwords. Use an address of loopback, or set plain_anywhere = \"yes-i-know\""
                    ),
                ));
            }
            ports.push(Port { name, service, tls, address });
        }
        if ports.is_empty() {
            let sentence = "All ports are off; give at least one, for example cpanel = \"2083\"";
            return Err(Error::new(ErrorKind::Config, sentence));
        }
        Ok(ports)
    }
}

/// All ports there could be, on their usual addresses.
pub(crate) fn every_port() -> [Port; 6] {
    PORTS.map(|(name, service, tls, port)| Port {
        name,
        service,
        tls,
        address: SocketAddr::new(usual_ip(tls).into(), port),
    })
}

/// Without TLS on loopback alone.
fn usual_ip(tls: bool) -> Ipv4Addr {
    if tls { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST }
}
