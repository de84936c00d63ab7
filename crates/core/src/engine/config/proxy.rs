//! The proxy that connections go through: none, the environment's, or one by its URL, only if the configuration
//! says so.

use std::fmt;

use reqwest::{NoProxy, Proxy};

use crate::api::{Error, ErrorKind};
use crate::base::environment::{Environment, PASSED_OVER};
use crate::engine::config::masked::without_password;

/// Where other programs look for the proxy of https: addresses, in this order.
const VARIABLES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
/// Where they look for hosts that are reached without it.
const EXCEPTIONS: [&str; 2] = ["no_proxy", "NO_PROXY"];

/// The setting `proxy`.
#[derive(Clone, PartialEq, Eq)]
pub enum ProxySetting {
    /// Connections go straight to the server, whatever the environment says.
    None,
    /// `https_proxy` and its fellows count.
    Environment,
    Url(ProxyUrl),
}

/// A proxy's URL. Its user and password are shown to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyUrl(String);

impl ProxySetting {
    /// Reads `none`, `environment` or `http://[user:password@]host:port`.
    pub(crate) fn from_text(text: &str) -> Result<Self, &'static str> {
        match text {
            "none" => Ok(Self::None),
            "environment" => Ok(Self::Environment),
            url => ProxyUrl::from_text(url).map(Self::Url),
        }
    }

    /// Whether a password stands in it.
    pub(crate) fn holds_a_secret(&self) -> bool {
        matches!(self, Self::Url(address) if address.to_string() != address.0)
    }

    /// The proxy for all connections; `None` for none. Reads the environment if that counts.
    pub(crate) fn resolve(&self) -> Result<Option<Proxy>, Error> {
        match self {
            Self::None => Ok(None),
            Self::Url(address) => address.proxy().map(Some),
            Self::Environment => {
                let environment = Environment::now();
                if !environment.counts() {
                    let sentence = format!(
                        "The setting proxy=environment cannot hold: {PASSED_OVER}; name the proxy by its URL, or set proxy=none"
                    );
                    return Err(Error::new(ErrorKind::Config, sentence));
                }
                let read = |names: &[&str]| {
                    let values =
                        names.iter().filter_map(|name| Some((*name).to_owned()).zip(environment.text(name)));
                    values.into_iter().find(|(_, value)| !value.is_empty())
                };
                let Some((name, value)) = read(&VARIABLES) else { return Ok(None) };
                // curl and others allow it without its scheme.
                let url = if value.contains("://") { value } else { format!("http://{value}") };
                let address = ProxyUrl::from_text(&url).map_err(|why| {
                    let sentence = format!(
                        "The environment variable {name}, which the setting proxy=environment reads, {why}"
                    );
                    Error::new(ErrorKind::Config, sentence)
                })?;
                let exceptions = read(&EXCEPTIONS).and_then(|(_, hosts)| NoProxy::from_string(&hosts));
                Ok(Some(address.proxy()?.no_proxy(exceptions)))
            }
        }
    }
}

impl ProxyUrl {
    fn from_text(text: &str) -> Result<Self, &'static str> {
        const WRONG: &str = "must be none, environment, or the URL of an HTTP proxy: http://host:port";
        let url = url::Url::parse(text).map_err(|_| WRONG)?;
        let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        if url.scheme() == "http" && url.has_host() && bare { Ok(Self(text.to_owned())) } else { Err(WRONG) }
    }

    fn proxy(&self) -> Result<Proxy, Error> {
        Proxy::https(&self.0).map_err(|_| {
            Error::new(ErrorKind::Config, format!("The setting proxy, {self}, cannot be used as a proxy"))
        })
    }
}

impl fmt::Display for ProxySetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Environment => f.write_str("environment"),
            Self::Url(address) => address.fmt(f),
        }
    }
}

impl fmt::Display for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_password(&self.0))
    }
}

impl fmt::Debug for ProxySetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_http_proxies_are_read_and_shown_without_their_secrets() {
        for (text, shown, secret) in [
            ("none", "none", false),
            ("environment", "environment", false),
            ("http://proxy.example:3128", "http://proxy.example:3128", false),
            ("http://me:s3cret@proxy.example:3128/", "http://me:(a secret)@proxy.example:3128/", true),
        ] {
            let setting = ProxySetting::from_text(text).unwrap();
            assert_eq!((setting.to_string().as_str(), setting.holds_a_secret()), (shown, secret));
            assert!(!format!("{setting:?}").contains("s3cret"));
        }
        for bad in
            ["", "yes", "proxy:3128", "https://h", "socks5://h", "http://", "http://h/path", "http://h?x"]
        {
            assert!(ProxySetting::from_text(bad).unwrap_err().contains("http://host:port"), "{bad}");
        }
    }
}
