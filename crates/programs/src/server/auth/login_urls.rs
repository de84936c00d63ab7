//! Where the services are for somebody who is sent a link.

use crate::server::origin::ServiceKind;

/// The addresses of the services, for links that log in.
#[derive(Clone, Debug, Default)]
pub struct LoginUrls {
    /// The name by which others reach this machine.
    pub host: String,
    /// The services that are there: whether with TLS, and the port.
    pub services: Vec<(ServiceKind, bool, u16)>,
}

impl LoginUrls {
    /// The address of a service, without a path; with the name that was asked for, if one was.
    pub(crate) fn of(&self, service: ServiceKind, host: Option<&str>) -> Option<String> {
        let theirs = || self.services.iter().filter(|(known, ..)| *known == service);
        let (_, tls, port) = theirs().find(|(_, tls, _)| *tls).or_else(|| theirs().next())?;
        let scheme = if *tls { "https" } else { "http" };
        Some(format!("{scheme}://{}:{port}", host.unwrap_or(&self.host)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_comes_first_and_what_is_off_has_no_address() {
        let services = vec![(ServiceKind::Cpanel, false, 2082), (ServiceKind::Cpanel, true, 2083)];
        let plain = vec![(ServiceKind::Whm, false, 2086)];
        let urls = LoginUrls { host: "mail.example.com".into(), services: [services, plain].concat() };
        assert_eq!(urls.of(ServiceKind::Cpanel, None).unwrap(), "https://mail.example.com:2083");
        assert_eq!(urls.of(ServiceKind::Whm, Some("localhost")).unwrap(), "http://localhost:2086");
        assert!(urls.of(ServiceKind::Webmail, None).is_none());
    }
}
