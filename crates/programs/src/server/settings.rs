//! The daemon's settings: from its file, and over them from the command line, by the same names.

use std::fmt::Display;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use super::pages::{self, PageSettings};
use super::{Service, auth};
use liveapi_core::api::{Error, ErrorKind};
use liveapi_core::base::nearest;

/// Names and meanings of those that stand here.
const OWN_KEYS: [(&str, &str); 24] = [
    ("whm", "Where WHM listens with TLS: ADDRESS:PORT, PORT, or off (0.0.0.0:2087)"),
    ("cpanel", "The same for cPanel (0.0.0.0:2083)"),
    ("webmail", "The same for webmail (0.0.0.0:2096)"),
    ("whm_plain", "Where WHM listens without TLS (off); on loopback only, unless plain_anywhere is set"),
    ("cpanel_plain", "The same for cPanel (off)"),
    ("webmail_plain", "The same for webmail (off)"),
    ("all_ports", "With yes: all six ports, those without TLS on loopback (no)"),
    ("plain_anywhere", "With yes-i-know: passwords may cross the network unencrypted (no)"),
    ("monitor", "Where /healthz and /metrics are answered, on loopback (127.0.0.1:9287), or off"),
    ("state", "The folder of the daemon's own users, tokens and certificates"),
    ("certificate", "A PEM file with the certificate and its chain, instead of one of the daemon's making"),
    ("certificate_key", "The PEM file with its key, which others may not read"),
    ("names", "Further host names and addresses for the daemon's own certificate, separated by commas"),
    ("connections", "Most connections at the same time (12000)"),
    ("connections_per_address", "Most of them from one address (500)"),
    ("idle_seconds", "How long a connection may wait between two requests (70)"),
    ("request_seconds", "How long a request may take to arrive (30)"),
    ("live_sockets", "A folder in which each account gets a LiveAPI socket for its scripts, or off (off)"),
    (
        "allow_access_hash",
        "With yes: access hashes (WHM user:hash) are accepted, for clients from before API tokens (no)",
    ),
    ("session_idle_minutes", "After how long without a request a session ends (15)"),
    ("failures_per_user", "How many wrong passwords within 5 minutes lock a user name for 5 minutes (5)"),
    ("failures_per_address", "How many within 5 minutes lock an address for 15 minutes (20)"),
    (
        "trusted",
        "Addresses that are never locked, separated by commas: a webmail server logs in for all its users",
    ),
    (
        "strict_http_status",
        "With yes: a function's refusal has the status 422 and a failure 503, not 200 as on cPanel (no)",
    ),
];

/// Names and meanings of all; for reading, `--help` and the manual.
pub(super) fn keys() -> impl Iterator<Item = (&'static str, &'static str)> {
    OWN_KEYS.into_iter().chain(pages::KEYS)
}

/// The ports by their settings.
const PORTS: [(&str, Service, bool, u16); 6] = [
    ("whm", Service::Whm, true, 2087),
    ("cpanel", Service::Cpanel, true, 2083),
    ("webmail", Service::Webmail, true, 2096),
    ("whm_plain", Service::Whm, false, 2086),
    ("cpanel_plain", Service::Cpanel, false, 2082),
    ("webmail_plain", Service::Webmail, false, 2095),
];

/// Where a service listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Port {
    pub(super) name: &'static str,
    pub(super) service: Service,
    pub(super) tls: bool,
    pub(super) address: SocketAddr,
}

/// All settings, with their defaults.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    ports: [Option<SocketAddr>; 6],
    all_ports: bool,
    plain_anywhere: bool,
    pub(super) monitor: Option<SocketAddr>,
    pub(super) state: PathBuf,
    pub(super) certificate: Option<PathBuf>,
    pub(super) certificate_key: Option<PathBuf>,
    pub(super) names: Vec<String>,
    pub(super) connections: usize,
    pub(super) connections_per_address: usize,
    pub(super) idle_seconds: u64,
    pub(super) request_seconds: u64,
    pub(super) live_sockets: Option<PathBuf>,
    pub(super) strict_http_status: bool,
    pub(super) pages: PageSettings,
    /// The folder for sockets of pages, if not one below the state folder.
    pub(super) run: Option<PathBuf>,
    pub(super) logins: auth::Settings,
}

impl Settings {
    /// The defaults.
    pub(super) fn new() -> Self {
        let anywhere = |port| SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port);
        Self {
            ports: PORTS.map(|(_, _, tls, port)| tls.then(|| anywhere(port))),
            all_ports: false,
            plain_anywhere: false,
            monitor: Some(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 9287)),
            state: state_folder(),
            certificate: None,
            certificate_key: None,
            names: Vec::new(),
            connections: 12_000,
            connections_per_address: 500,
            idle_seconds: 70,
            request_seconds: 30,
            live_sockets: None,
            strict_http_status: false,
            pages: PageSettings::new(),
            run: run_folder(),
            logins: auth::Settings::default(),
        }
    }

    /// Takes over what a file says.
    pub(super) fn read(&mut self, path: &Path) -> Result<(), Error> {
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

    /// Takes one setting.
    pub(super) fn set(&mut self, key: &str, value: &str, source: &str) -> Result<(), Error> {
        let wrong = |why: &dyn Display| config(format!("The setting “{key}” in {source} {why}"));
        if let Some(at) = PORTS.iter().position(|(name, ..)| *name == key) {
            let (_, _, tls, _) = PORTS[at];
            self.ports[at] = address(value, if tls { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST })
                .map_err(|why| wrong(&why))?;
            return Ok(());
        }
        if let Some(set) = self.pages.set(key, value) {
            return set.map_err(|why| wrong(&why));
        }
        match key {
            "all_ports" => self.all_ports = yes(value).map_err(|why| wrong(&why))?,
            "strict_http_status" => self.strict_http_status = yes(value).map_err(|why| wrong(&why))?,
            "allow_access_hash" => self.logins.allow_access_hash = yes(value).map_err(|why| wrong(&why))?,
            "session_idle_minutes" => {
                let minutes = number(value, 1, 1440).map_err(|why| wrong(&why))?;
                self.logins.session_idle = Duration::from_secs(60 * minutes);
            }
            "failures_per_user" => {
                self.logins.failures_per_user = number(value, 1, 1000).map_err(|why| wrong(&why))?
            }
            "failures_per_address" => {
                self.logins.failures_per_address = number(value, 1, 100_000).map_err(|why| wrong(&why))?
            }
            "trusted" => {
                let addresses =
                    value.split(',').map(str::trim).filter(|text| !text.is_empty()).map(str::parse);
                self.logins.trusted = addresses
                    .collect::<Result<_, _>>()
                    .map_err(|_| wrong(&"must be addresses, separated by commas"))?;
            }
            "plain_anywhere" => {
                self.plain_anywhere = match value {
                    "yes-i-know" => true,
                    "no" => false,
                    _ => {
                        return Err(wrong(
                            &"must be no, or yes-i-know: then passwords cross the network unencrypted",
                        ));
                    }
                }
            }
            "monitor" => {
                self.monitor = address(value, Ipv4Addr::LOCALHOST).map_err(|why| wrong(&why))?;
                if self.monitor.is_some_and(|address| !address.ip().is_loopback()) {
                    return Err(wrong(&"must be an address of loopback: it answers everybody who asks"));
                }
            }
            "state" => self.state = absolute(value).map_err(|why| wrong(&why))?,
            "certificate" => self.certificate = Some(absolute(value).map_err(|why| wrong(&why))?),
            "certificate_key" => self.certificate_key = Some(absolute(value).map_err(|why| wrong(&why))?),
            "live_sockets" => {
                self.live_sockets = match value {
                    "off" => None,
                    path => Some(absolute(path).map_err(|why| wrong(&why))?),
                }
            }
            "names" => {
                self.names = value
                    .split(',')
                    .map(str::trim)
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned)
                    .collect();
            }
            "connections" => self.connections = number(value, 1, 1_000_000).map_err(|why| wrong(&why))?,
            "connections_per_address" => {
                self.connections_per_address = number(value, 1, 1_000_000).map_err(|why| wrong(&why))?
            }
            "idle_seconds" => self.idle_seconds = number(value, 1, 86_400).map_err(|why| wrong(&why))?,
            "request_seconds" => {
                self.request_seconds = number(value, 1, 86_400).map_err(|why| wrong(&why))?
            }
            _ => return Err(unknown(key, source)),
        }
        Ok(())
    }

    /// All ports there could be, on their usual addresses.
    pub(super) fn every_port() -> [Port; 6] {
        PORTS.map(|(name, service, tls, port)| {
            let ip = if tls { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST };
            Port { name, service, tls, address: SocketAddr::new(ip.into(), port) }
        })
    }

    /// The ports to open. Complains of what would send passwords over a network in the clear.
    pub(super) fn ports(&self) -> Result<Vec<Port>, Error> {
        let mut ports = Vec::new();
        for ((name, service, tls, usual), given) in PORTS.into_iter().zip(self.ports) {
            let all = (self.all_ports && !tls).then(|| SocketAddr::new(Ipv4Addr::LOCALHOST.into(), usual));
            let Some(address) = given.or(all) else { continue };
            if !tls && !self.plain_anywhere && !address.ip().is_loopback() {
                return Err(config(format!(
                    "{name} is {address}: without TLS everybody on the way reads the passwords. Use an address of loopback, or set plain_anywhere = \"yes-i-know\""
                )));
            }
            ports.push(Port { name, service, tls, address });
        }
        if ports.is_empty() {
            return Err(config(
                "All ports are off; give at least one, for example cpanel = \"2083\"".to_owned(),
            ));
        }
        if self.certificate.is_some() != self.certificate_key.is_some() {
            return Err(config(
                "certificate and certificate_key belong together; give both or none".to_owned(),
            ));
        }
        Ok(ports)
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

/// `ADDRESS:PORT`, `PORT` alone, or `off`.
fn address(value: &str, usual: Ipv4Addr) -> Result<Option<SocketAddr>, &'static str> {
    if value == "off" {
        return Ok(None);
    }
    if let Ok(port) = value.parse::<u16>() {
        return Ok(Some(SocketAddr::new(IpAddr::V4(usual), port)));
    }
    value.parse().map(Some).map_err(|_| "must be ADDRESS:PORT (as 127.0.0.1:2083 or [::]:2083), PORT, or off")
}

fn yes(value: &str) -> Result<bool, &'static str> {
    match value {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("must be yes or no"),
    }
}

pub(super) fn absolute(value: &str) -> Result<PathBuf, &'static str> {
    let path = PathBuf::from(value);
    if path.is_absolute() { Ok(path) } else { Err("must be an absolute path") }
}

pub(super) fn number<T: FromStr + PartialOrd + Display>(value: &str, least: T, most: T) -> Result<T, String> {
    let number = value.parse().ok().filter(|number| (&least..=&most).contains(&number));
    number.ok_or_else(|| format!("must be a whole number from {least} to {most}"))
}

/// Where a service of systemd, root, and everybody else keep what they must not lose.
fn state_folder() -> PathBuf {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if let Some(path) = folder("STATE_DIRECTORY") {
        return path;
    }
    if rustix::process::geteuid().is_root() {
        return PathBuf::from("/var/lib/liveapid");
    }
    let state = folder("XDG_STATE_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/state")));
    state.map_or_else(|| PathBuf::from("/var/lib/liveapid"), |state| state.join("liveapid"))
}

/// Where a service of systemd and root have sockets: accounts can pass through to theirs. No account can have the
/// name of the last part.
fn run_folder() -> Option<PathBuf> {
    let given = std::env::var_os("RUNTIME_DIRECTORY").map(PathBuf::from).filter(|path| path.is_absolute());
    let root = rustix::process::geteuid().is_root().then(|| PathBuf::from("/run/liveapid"));
    given.or(root).map(|folder| folder.join(".pages"))
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
            let good = ["yes", "yes-i-know", "127.0.0.1:1", "127.0.0.1", "/x", "50", "A=b"];
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
