//! Which server a URL means: `whm://root@host[:2087]` or `cpanel://user@host[:2083]`.

use url::Url;

use crate::api::{Error, ErrorKind};

/// A service of a cPanel server; it decides which calls there are and how they are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// WHM: server administration, and calls for any account.
    Whm,
    /// cPanel: calls for the account that is logged in.
    Cpanel,
}

/// A server, and as whom calls go there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    pub(crate) service: Service,
    pub(crate) login: String,
    /// `https://host:port/`.
    base: Url,
}

impl Service {
    /// The service of a URL's scheme.
    pub fn of_scheme(scheme: &str) -> Option<Self> {
        match scheme {
            "whm" => Some(Self::Whm),
            "cpanel" => Some(Self::Cpanel),
            _ => None,
        }
    }

    /// The word in front of a token, and the scheme.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Whm => "whm",
            Self::Cpanel => "cpanel",
        }
    }

    fn port(self) -> u16 {
        match self {
            Self::Whm => 2087,
            Self::Cpanel => 2083,
        }
    }

    fn example(self) -> &'static str {
        match self {
            Self::Whm => "whm://root@server.example.com",
            Self::Cpanel => "cpanel://user@server.example.com",
        }
    }
}

impl Server {
    /// Reads a URL of that service. Complaints name no part of it: it may hold a password.
    pub fn of_url(service: Service, url: &Url) -> Result<Self, String> {
        let wrong =
            |why: &str| format!("The {}: URL {why}, for example {}", service.word(), service.example());
        if url.password().is_some() {
            let word = service.word();
            return Err(format!(
                "The {word}: URL holds a password, which is not used; take it out, and give an API token by the setting token_file, or the password by password_file with login=session"
            ));
        }
        let login = url.username();
        if login.is_empty() {
            return Err(wrong("names nobody as whom to call; write the user before an @"));
        }
        if !login.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)) {
            return Err(wrong("names a user with characters that no account name has"));
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("has no path, no query and no fragment"));
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| wrong("must name a host"))?;
        let base = format!("https://{host}:{}/", url.port().unwrap_or(service.port()));
        let base = Url::parse(&base).map_err(|_| wrong("names a host that cannot be one"))?;
        Ok(Self { service, login: login.to_owned(), base })
    }

    /// The account that calls are for by the URL alone.
    pub fn account(&self) -> Option<&str> {
        match self.service {
            Service::Whm => None,
            Service::Cpanel => Some(&self.login),
        }
    }

    /// A `cpanel:` URL acts for the account that logs in; another one must not be passed over.
    pub fn require_account(&self, wanted: Option<&str>) -> Result<(), Error> {
        match (self.account(), wanted) {
            (Some(account), Some(other)) if other != account => Err(Error::new(
                ErrorKind::Config,
                format!(
                    "The call is for the user “{other}”, but a cpanel: URL with the user “{account}” acts for that account only; leave the user out, or use a whm: URL, which acts for any"
                ),
            )),
            _ => Ok(()),
        }
    }

    /// The server as messages name it: `whm://root@host:2087`.
    pub fn shown(&self) -> String {
        let (host, port) = (self.base.host_str().unwrap_or_default(), self.port());
        format!("{}://{}@{host}:{port}", self.service.word(), self.login)
    }

    pub(crate) fn host(&self) -> &str {
        self.base.host_str().unwrap_or_default()
    }

    pub(crate) fn port(&self) -> u16 {
        self.base.port_or_known_default().unwrap_or(self.service.port())
    }

    /// The address of a call; `path` is made of words that are names.
    pub(crate) fn address(&self, path: &str) -> Url {
        let mut address = self.base.clone();
        address.set_path(path);
        address
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Server, String> {
        let url = Url::parse(text).unwrap();
        Server::of_url(Service::of_scheme(url.scheme()).unwrap(), &url)
    }

    #[test]
    fn ports_have_defaults_and_hosts_become_addresses() {
        for (text, shown, address) in [
            ("whm://root@h.example", "whm://root@h.example:2087", "https://h.example:2087/json-api/cpanel"),
            (
                "cpanel://bob@H.example/",
                "cpanel://bob@h.example:2083",
                "https://h.example:2083/json-api/cpanel",
            ),
            ("cpanel://bob@127.0.0.1:443", "cpanel://bob@127.0.0.1:443", "https://127.0.0.1/json-api/cpanel"),
            ("whm://root@[::1]:1", "whm://root@[::1]:1", "https://[::1]:1/json-api/cpanel"),
            (
                "whm://root@b%C3%BCcher.example",
                "whm://root@xn--bcher-kva.example:2087",
                "https://xn--bcher-kva.example:2087/json-api/cpanel",
            ),
        ] {
            let server = read(text).unwrap();
            assert_eq!(
                (server.shown().as_str(), server.address("json-api/cpanel").as_str()),
                (shown, address)
            );
        }
        assert_eq!(read("cpanel://bob@h").unwrap().account(), Some("bob"));
        assert_eq!(read("whm://root@h").unwrap().account(), None);
    }

    #[test]
    fn what_cannot_be_a_server_is_refused_without_its_secrets() {
        for (text, why) in [
            ("whm://root:s3cret@h", "holds a password"),
            ("whm://h", "names nobody"),
            ("cpanel://s3cret%3a@h", "characters"),
            ("whm://root@h/s3cret", "no path"),
            ("whm://root@h?x=s3cret", "no query"),
            ("whm:root", "nobody"),
            ("whm://root@", "host"),
        ] {
            let complaint = Url::parse(text)
                .map_err(|cause| cause.to_string())
                .and_then(|url| Server::of_url(Service::of_scheme(url.scheme()).unwrap(), &url));
            let complaint = complaint.unwrap_err();
            assert!(complaint.contains(why), "{text}: {complaint}");
            assert!(!complaint.contains("s3cret"), "{complaint}");
        }
    }
}
