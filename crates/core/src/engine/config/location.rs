//! Which engine a URL means.

use std::path::PathBuf;

use crate::api::{Error, ErrorKind};
use crate::engine::config::server::{Server, Service};
use crate::engine::config::servers::is_name;
use crate::engine::config::socket_path::SocketPath;

/// Which engine answers, and where it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Location {
    /// The embedded store below that folder.
    Home(PathBuf),
    /// A cPanel or WHM server.
    Remote(Server),
    /// The servers of the table, or the one of that name.
    Servers(Option<String>),
    Socket(SocketPath),
}

/// Engines that the URL scheme reserves and this version does not have.
const NOT_YET: [&str; 3] = ["postgres", "postgresql", "mysql"];
/// The URLs that this version understands, for sentences.
const KNOWN: &str = "home:///path, whm://root@host, cpanel://user@host, servers: and unix:///path/socket";

impl Location {
    /// Reads a URL. Messages name its scheme only: the rest may hold a password.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let refuse = |sentence: String| Err(Error::new(ErrorKind::Config, sentence));
        let Ok(url) = url::Url::parse(text) else {
            return refuse(
                "The liveapi URL is not a URL; expected is for example home:///srv/homes".to_owned(),
            );
        };
        if let Some(service) = Service::of_scheme(url.scheme()) {
            return Server::of_url(service, &url).map(Self::Remote).or_else(refuse);
        }
        match url.scheme() {
            "servers" => {
                let name =
                    text.split_once(':').map_or("", |(_, rest)| rest.strip_prefix("//").unwrap_or(rest));
                match name {
                    "" => Ok(Self::Servers(None)),
                    name if is_name(name) => Ok(Self::Servers(Some(name.to_owned()))),
                    _ => refuse("A servers: URL ends there, or has the name of one server behind it, for example servers:web1".to_owned()),
                }
            }
            "home" if url.has_host() || url.query().is_some() || url.fragment().is_some() => {
                refuse("A home: URL has three slashes and a path, for example home:///srv/homes".to_owned())
            }
            "home" => match url.to_file_path() {
                Ok(path) => Ok(Self::Home(path)),
                Err(()) => refuse("The path of the home: URL cannot be a path of this system".to_owned()),
            },
            "unix" => SocketPath::of_url(&url).map(Self::Socket).or_else(refuse),
            scheme if NOT_YET.contains(&scheme) => refuse(format!(
                "This version of liveapi has no engine for {scheme}: URLs yet; it has {KNOWN}"
            )),
            scheme => refuse(format!("“{scheme}:” is not a kind of liveapi URL; known are {KNOWN}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Location;

    #[test]
    fn home_urls() {
        for (text, path) in [("home:///srv/homes", "/srv/homes"), ("home:///a%20b", "/a b")] {
            assert_eq!(Location::parse(text).unwrap(), Location::Home(path.into()));
        }
    }

    #[test]
    fn servers() {
        for text in ["whm://root@h", "cpanel://bob@h:2083"] {
            assert!(matches!(Location::parse(text), Ok(Location::Remote(_))), "{text}");
        }
        assert!(matches!(Location::parse("unix:///run/a"), Ok(Location::Socket(_))));
    }

    #[test]
    fn other_urls_are_refused_without_their_secrets() {
        for bad in [
            "",
            "/srv/homes",
            "home://srv/homes",
            "home:///x?y=s3cret",
            "whm://root:s3cret@h",
            "unix://s3cret/x",
            "unix:///x?s3cret",
            "mysql://u:s3cret@h/x",
            "ftp://u:s3cret@h/",
            "s3cret",
        ] {
            let message = Location::parse(bad).unwrap_err().to_string();
            assert!(!message.contains("s3cret"), "{message}");
        }
    }
}
