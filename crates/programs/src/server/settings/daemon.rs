//! The daemon's settings: from its file, and over them from the command line, by the same names.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::folders::{run_folder, state_folder};
use super::keys::keys;
use super::pages::PageSettings;
use super::ports::{Port, Ports};
use super::values::{absolute, address, list, number, yes};
use crate::server::auth::{LoginSettings, LoginUrls};
use crate::server::host::host_name;
use liveapi_core::api::{Error, ErrorKind};
use liveapi_core::base::nearest;

/// All settings, with their defaults.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    ports: Ports,
    pub(crate) monitor: Option<SocketAddr>,
    pub(crate) state: PathBuf,
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) certificate_key: Option<PathBuf>,
    pub(crate) names: Vec<String>,
    pub(crate) connections: usize,
    pub(crate) connections_per_address: usize,
    pub(crate) calls_per_account: usize,
    /// In mebibytes, as the next ones.
    pub(crate) request_memory: usize,
    pub(crate) request_memory_per_address: usize,
    pub(crate) socket_memory: usize,
    pub(crate) idle_seconds: u64,
    pub(crate) request_seconds: u64,
    pub(crate) live_sockets: Option<PathBuf>,
    pub(crate) strict_http_status: bool,
    /// Where browsers go that were logged in to webmail by a link; none for our own page.
    pub(crate) webmail_url: Option<String>,
    pub(crate) pages: PageSettings,
    /// The folder for sockets of pages, if not one below the state folder.
    pub(crate) run: Option<PathBuf>,
    pub(crate) logins: LoginSettings,
}

impl Settings {
    /// The settings where nothing else is said.
    pub(crate) fn new() -> Self {
        Self {
            ports: Ports::new(),
            monitor: Some(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 9287)),
            state: state_folder(),
            certificate: None,
            certificate_key: None,
            names: Vec::new(),
            connections: 12_000,
            connections_per_address: 500,
            calls_per_account: 4,
            request_memory: 128,
            request_memory_per_address: 32,
            socket_memory: 256,
            idle_seconds: 70,
            request_seconds: 30,
            live_sockets: None,
            strict_http_status: false,
            webmail_url: None,
            pages: PageSettings::new(),
            run: run_folder(),
            logins: LoginSettings::default(),
        }
    }

    /// Takes over what a file says.
    pub(crate) fn read(&mut self, path: &Path) -> Result<(), Error> {
        let fail = |why: String| config(format!("The configuration file {} {why}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|cause| fail(format!("cannot be read: {cause}")))?;
        let table: toml::Table = text
            .parse()
            .map_err(|cause: toml::de::Error| fail(format!("is not valid TOML: {}", cause.message())))?;
        for (key, value) in table {
            let value = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(yes) => if yes { "yes" } else { "no" }.to_owned(),
                _ => return Err(fail(format!("has no text and no number for “{key}”"))),
            };
            self.set(&key, &value, &path.display().to_string())?;
        }
        Ok(())
    }

    /// Takes one setting; `source` says in a complaint where it stands.
    pub(crate) fn set(&mut self, key: &str, value: &str, source: &str) -> Result<(), Error> {
        let set = (self.ports.set(key, value))
            .or_else(|| self.pages.set(key, value))
            .or_else(|| self.set_login(key, value))
            .or_else(|| self.set_file(key, value))
            .or_else(|| self.set_connections(key, value));
        let set = set.ok_or_else(|| unknown(key, source))?;
        set.map_err(|why| config(format!("The setting “{key}” in {source} {why}")))
    }

    /// A setting of logins.
    fn set_login(&mut self, key: &str, value: &str) -> Option<Result<(), String>> {
        let logins = &mut self.logins;
        Some(match key {
            "allow_access_hash" => yes(value).map(|yes| logins.allow_access_hash = yes),
            "session_idle_minutes" => number(value, 1, 1440)
                .map(|minutes: u64| logins.session_idle = Duration::from_secs(60 * minutes)),
            "failures_per_user" => number(value, 1, 1000).map(|most| logins.failures_per_user = most),
            "failures_per_address" => {
                number(value, 1, 100_000).map(|most| logins.failures_per_address = most)
            }
            "trusted" => list(value)
                .map(str::parse)
                .collect::<Result<_, _>>()
                .map(|addresses| logins.trusted = addresses)
                .map_err(|_| "must be addresses, separated by commas".to_owned()),
            _ => return None,
        })
    }

    /// A setting of the daemon's files, and of its certificate.
    fn set_file(&mut self, key: &str, value: &str) -> Option<Result<(), String>> {
        Some(match key {
            "state" => absolute(value).map(|path| self.state = path),
            "certificate" => absolute(value).map(|path| self.certificate = Some(path)),
            "certificate_key" => absolute(value).map(|path| self.certificate_key = Some(path)),
            "live_sockets" if value == "off" => {
                self.live_sockets = None;
                Ok(())
            }
            "live_sockets" => absolute(value).map(|path| self.live_sockets = Some(path)),
            "names" => {
                self.names = list(value).map(str::to_owned).collect();
                Ok(())
            }
            _ => return None,
        })
    }

    /// A setting of connections, and of how they are answered.
    fn set_connections(&mut self, key: &str, value: &str) -> Option<Result<(), String>> {
        Some(match key {
            "all_ports" => yes(value).map(|yes| self.ports.all = yes),
            "plain_anywhere" => match value {
                "yes-i-know" => Ok(true),
                "no" => Ok(false),
                _ => {
                    Err("must be no, or yes-i-know: then passwords cross the network unencrypted".to_owned())
                }
            }
            .map(|anywhere| self.ports.plain_anywhere = anywhere),
            "webmail_url" => web_address(value).map(|address| self.webmail_url = address),
            "strict_http_status" => yes(value).map(|yes| self.strict_http_status = yes),
            "monitor" => monitor(value).map(|address| self.monitor = address),
            "connections" => number(value, 1, 1_000_000).map(|most| self.connections = most),
            "connections_per_address" => {
                number(value, 1, 1_000_000).map(|most| self.connections_per_address = most)
            }
            "calls_per_account" => number(value, 1, 1000).map(|most| self.calls_per_account = most),
            "request_memory" => number(value, 1, 1_000_000).map(|most| self.request_memory = most),
            "socket_memory" => number(value, 4, 1_000_000).map(|most| self.socket_memory = most),
            "request_memory_per_address" => {
                number(value, 1, 1_000_000).map(|most| self.request_memory_per_address = most)
            }
            "idle_seconds" => number(value, 1, 86_400).map(|seconds| self.idle_seconds = seconds),
            "request_seconds" => number(value, 1, 86_400).map(|seconds| self.request_seconds = seconds),
            _ => return None,
        })
    }

    /// Where the services are for somebody who is sent a link: by the first of the names that were given.
    pub(crate) fn login_urls(&self) -> LoginUrls {
        let host = self.names.first().cloned().unwrap_or_else(host_name);
        let services = self.ports.given().map(|(service, tls, address)| (service, tls, address.port()));
        LoginUrls { host, services: services.collect() }
    }

    /// The ports to open. Complains of what would send passwords over a network in the clear.
    pub(crate) fn ports(&self) -> Result<Vec<Port>, Error> {
        let ports = self.ports.to_open()?;
        if self.certificate.is_some() != self.certificate_key.is_some() {
            return Err(config(
                "certificate and certificate_key belong together; give both or none".to_owned(),
            ));
        }
        Ok(ports)
    }
}

/// The address of an own webmail, or off.
fn web_address(value: &str) -> Result<Option<String>, String> {
    if value == "off" {
        return Ok(None);
    }
    let parsed = url::Url::parse(value).ok().filter(|url| ["https", "http"].contains(&url.scheme()));
    match parsed.filter(|url| url.has_host() && url.username().is_empty() && url.password().is_none()) {
        Some(url) => Ok(Some(url.into())),
        None => Err("must be an address, https://NAME/PATH, without user and password, or off".to_owned()),
    }
}

/// Where the monitor is answered: on loopback, or nowhere.
fn monitor(value: &str) -> Result<Option<SocketAddr>, String> {
    match address(value, Ipv4Addr::LOCALHOST)? {
        Some(address) if !address.ip().is_loopback() => {
            Err("must be a loopback address: the monitor answers without a login".to_owned())
        }
        address => Ok(address),
    }
}

fn config(sentence: String) -> Error {
    Error::new(ErrorKind::Config, sentence)
}

fn unknown(key: &str, source: &str) -> Error {
    let names = || keys().map(|(name, _)| name);
    let nearest = nearest(names(), key).unwrap_or_default();
    let known = names().collect::<Vec<_>>().join(", ");
    config(format!("There is no setting “{key}” (in {source}); did you mean “{nearest}”? Known are {known}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(pairs: &[(&str, &str)]) -> Result<Settings, Error> {
        let mut settings = Settings::new();
        for (key, value) in pairs {
            settings.set(key, value, "a test")?;
        }
        Ok(settings)
    }

    fn ports(pairs: &[(&str, &str)]) -> Vec<String> {
        let ports = set(pairs).unwrap().ports().unwrap();
        ports.iter().map(|port| format!("{} {}", port.name, port.address)).collect()
    }

    #[test]
    fn tls_everywhere_and_plain_on_loopback_when_told() {
        let tls = ["whm 0.0.0.0:2087", "cpanel 0.0.0.0:2083", "webmail 0.0.0.0:2096"];
        assert_eq!(ports(&[]), tls);
        let plain =
            ["whm_plain 127.0.0.1:2086", "cpanel_plain 127.0.0.1:2082", "webmail_plain 127.0.0.1:2095"];
        assert_eq!(ports(&[("all_ports", "yes")]), [tls, plain].concat());
        assert_eq!(
            ports(&[("whm", "off"), ("webmail", "off"), ("cpanel", "[::]:443"), ("cpanel_plain", "8080")]),
            ["cpanel [::]:443", "cpanel_plain 127.0.0.1:8080"]
        );
        let told = [("whm_plain", "0.0.0.0:2086"), ("plain_anywhere", "yes-i-know")];
        assert_eq!(ports(&told).last().unwrap(), "whm_plain 0.0.0.0:2086");
    }

    #[test]
    fn every_setting_can_be_set_and_mistakes_are_named() {
        for (key, _) in keys() {
            let good =
                ["yes", "yes-i-know", "127.0.0.1:1", "127.0.0.1", "/x", "50", "A=b", "https://w.example/"];
            assert!(good.iter().any(|value| set(&[(key, value)]).is_ok()), "{key}");
        }
        for (pair, words) in [
            (("cpanell", "1"), "did you mean “cpanel”"),
            (("cpanel", "host:1"), "ADDRESS:PORT"),
            (("monitor", "0.0.0.0:1"), "loopback"),
            (("state", "x"), "absolute"),
            (("connections", "0"), "whole number"),
            (("plain_anywhere", "yes"), "yes-i-know"),
            (("all_ports", "1"), "yes or no"),
            (("webmail_url", "javascript:alert(1)"), "https://NAME"),
            (("webmail_url", "https://user:s3cret@w.example/"), "without user"),
        ] {
            let why = set(&[pair]).unwrap_err().to_string();
            assert!(why.contains(words) && why.contains("a test"), "{why}");
        }
        for (pairs, words) in [
            (&[("whm_plain", "0.0.0.0:2086")][..], "everybody on the way"),
            (&[("whm", "off"), ("cpanel", "off"), ("webmail", "off")], "All ports are off"),
            (&[("certificate", "/x")], "belong together"),
        ] {
            let why = set(pairs).unwrap().ports().unwrap_err().to_string();
            assert!(why.contains(words), "{why}");
        }
    }
}
