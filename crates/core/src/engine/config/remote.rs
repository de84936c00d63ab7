//! The settings that only calls to a server have.

use std::time::Duration;

use crate::api::{Error, ErrorKind};
use crate::engine::config::pin::Pin;
use crate::engine::config::proxy::ProxySetting;

/// How long a connection may take to be made, unless configured.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a whole call may take, unless configured.
const TIMEOUT: Duration = Duration::from_secs(60);
/// The longest time that can be configured, in seconds; a typing error more likely than a wish.
const MOST_SECONDS: u64 = 24 * 60 * 60;
/// What switches the check of certificates off.
const INSECURE: &str = "yes-i-know";

/// Settings that one source gives, as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemoteOptions {
    /// A file with the certificate authorities to trust, instead of the system's.
    pub ca_file: Option<String>,
    /// The one certificate to trust.
    pub pin: Option<Pin>,
    /// Whether any certificate is trusted.
    pub insecure_tls: Option<bool>,
    /// Seconds that a connection may take to be made; 0 means the default.
    pub connect_timeout: Option<u64>,
    /// Seconds that a call may take; 0 means the default.
    pub timeout: Option<u64>,
    /// Whether API 2 calls go out as UAPI.
    pub prefer_uapi: Option<bool>,
    /// What connections go through.
    pub proxy: Option<ProxySetting>,
}

/// What decides whether a server is the right one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// The certificate authorities that the system trusts.
    System,
    /// The certificate authorities in this file.
    File(String),
    Pin(Pin),
    /// Any certificate will do.
    Anyone,
}

/// What the settings of all sources together mean for calls to one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteSettings {
    pub(crate) trust: Trust,
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long a whole call may take.
    pub timeout: Duration,
    pub(crate) prefer_uapi: bool,
    pub(crate) proxy: ProxySetting,
}

impl RemoteOptions {
    /// Takes a setting; what is wrong with its value, or `None` if the name is none of these.
    pub fn set(&mut self, key: &str, value: &str) -> Option<Result<(), &'static str>> {
        let done = match key {
            "ca_file" => {
                self.ca_file = Some(value.to_owned());
                Ok(())
            }
            "pin" => Pin::from_text(value).map(|pin| self.pin = Some(pin)),
            "insecure_tls" => match value {
                INSECURE => {
                    self.insecure_tls = Some(true);
                    Ok(())
                }
                "no" => {
                    self.insecure_tls = Some(false);
                    Ok(())
                }
                _ => Err("must be no, or yes-i-know: then any server may read the token and every password"),
            },
            "connect_timeout" => seconds(value).map(|time| self.connect_timeout = Some(time)),
            "timeout" => seconds(value).map(|time| self.timeout = Some(time)),
            "prefer" => match value {
                "uapi" => {
                    self.prefer_uapi = Some(true);
                    Ok(())
                }
                "same" => {
                    self.prefer_uapi = Some(false);
                    Ok(())
                }
                _ => Err(
                    "must be uapi (API 2 calls go out as UAPI) or same (as they come, while the server has API 2)",
                ),
            },
            "proxy" => ProxySetting::from_text(value).map(|proxy| self.proxy = Some(proxy)),
            _ => return None,
        };
        Some(done)
    }

    /// A setting as text, as a file or the environment would give it.
    pub fn shown(&self, key: &str) -> Option<String> {
        let word = |on: &str, off: &str, value: Option<bool>| {
            value.map(|value| if value { on } else { off }.to_owned())
        };
        match key {
            "ca_file" => self.ca_file.clone(),
            "pin" => self.pin.as_ref().map(Pin::to_string),
            "insecure_tls" => word(INSECURE, "no", self.insecure_tls),
            "connect_timeout" => self.connect_timeout.map(|time| time.to_string()),
            "timeout" => self.timeout.map(|time| time.to_string()),
            "prefer" => word("uapi", "same", self.prefer_uapi),
            "proxy" => self.proxy.as_ref().map(ProxySetting::to_string),
            _ => None,
        }
    }

    /// What holds where nothing is configured.
    pub fn default_shown(key: &str) -> String {
        match key {
            "connect_timeout" => CONNECT_TIMEOUT.as_secs().to_string(),
            "timeout" => TIMEOUT.as_secs().to_string(),
            "insecure_tls" => "no".to_owned(),
            "prefer" => "same".to_owned(),
            "proxy" => ProxySetting::None.to_string(),
            _ => String::new(),
        }
    }

    /// Whether a secret is among them, so that others may not read where they stand.
    pub fn hold_a_secret(&self) -> bool {
        self.proxy.as_ref().is_some_and(ProxySetting::holds_a_secret)
    }

    /// These settings, and where they say nothing those of `weaker`.
    #[must_use]
    pub fn or(self, weaker: Self) -> Self {
        Self {
            ca_file: self.ca_file.or(weaker.ca_file),
            pin: self.pin.or(weaker.pin),
            insecure_tls: self.insecure_tls.or(weaker.insecure_tls),
            connect_timeout: self.connect_timeout.or(weaker.connect_timeout),
            timeout: self.timeout.or(weaker.timeout),
            prefer_uapi: self.prefer_uapi.or(weaker.prefer_uapi),
            proxy: self.proxy.or(weaker.proxy),
        }
    }

    /// These settings of one server, and where they say nothing those that are for all. Whom one server trusts it
    /// says alone: a pin beside the certificate authorities of all would be two ways.
    #[must_use]
    pub fn within(self, mut all: Self) -> Self {
        if self.ca_file.is_some() || self.pin.is_some() || self.insecure_tls.is_some() {
            (all.ca_file, all.pin, all.insecure_tls) = (None, None, None);
        }
        self.or(all)
    }

    /// Puts defaults where nothing was given, and refuses settings that contradict each other.
    pub fn resolve(self) -> Result<RemoteSettings, Error> {
        let refuse = |sentence: &str| Err(Error::new(ErrorKind::Config, sentence));
        let trust = match (self.insecure_tls.unwrap_or(false), self.pin, self.ca_file) {
            (false, None, None) => Trust::System,
            (false, None, Some(path)) => Trust::File(path),
            (false, Some(pin), None) => Trust::Pin(pin),
            (true, None, None) => Trust::Anyone,
            (false, Some(_), Some(_)) => {
                return refuse(
                    "The settings pin and ca_file are both given; a pinned certificate needs no authority, so give one of them",
                );
            }
            (true, ..) => {
                return refuse(
                    "The setting insecure_tls=yes-i-know takes all meaning from pin and ca_file; give one kind of check or none",
                );
            }
        };
        let time = |seconds: Option<u64>, default| match seconds {
            None | Some(0) => default,
            Some(seconds) => Duration::from_secs(seconds),
        };
        Ok(RemoteSettings {
            trust,
            connect_timeout: time(self.connect_timeout, CONNECT_TIMEOUT),
            timeout: time(self.timeout, TIMEOUT),
            prefer_uapi: self.prefer_uapi.unwrap_or(false),
            proxy: self.proxy.unwrap_or(ProxySetting::None),
        })
    }
}

fn seconds(value: &str) -> Result<u64, &'static str> {
    let good = value.parse().ok().filter(|&seconds| seconds <= MOST_SECONDS);
    good.ok_or("must be a whole number of seconds, at most 86400; 0 means the default")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> RemoteOptions {
        let mut options = RemoteOptions::default();
        for (key, value) in pairs {
            options.set(key, value).unwrap().unwrap();
        }
        options
    }

    #[test]
    fn zero_means_the_default() {
        let settings = read(&[("timeout", "0"), ("connect_timeout", "3")]).resolve().unwrap();
        assert_eq!((settings.timeout, settings.connect_timeout), (TIMEOUT, Duration::from_secs(3)));
    }

    #[test]
    fn one_way_to_trust_a_server() {
        let pin = format!("sha256:{}", "ab".repeat(32));
        assert_eq!(read(&[("ca_file", "/x")]).resolve().unwrap().trust, Trust::File("/x".into()));
        assert_eq!(read(&[("insecure_tls", "yes-i-know")]).resolve().unwrap().trust, Trust::Anyone);
        for both in [
            [("ca_file", "/x"), ("pin", &*pin)],
            [("insecure_tls", "yes-i-know"), ("pin", &*pin)],
            [("insecure_tls", "yes-i-know"), ("ca_file", "/x")],
        ] {
            assert!(read(&both).resolve().is_err(), "{both:?}");
        }
    }

    #[test]
    fn a_server_of_the_table_trusts_in_its_own_way() {
        let pin = format!("sha256:{}", "ab".repeat(32));
        let all = read(&[("ca_file", "/x"), ("timeout", "7")]);
        let own = read(&[("pin", &*pin)]).within(all.clone());
        assert_eq!((own.ca_file, own.timeout), (None, Some(7)));
        assert_eq!(read(&[("timeout", "3")]).within(all).ca_file.as_deref(), Some("/x"));
    }

    #[test]
    fn values_that_are_none_are_refused_and_good_ones_shown() {
        for (key, value) in [
            ("pin", "sha1:ab"),
            ("insecure_tls", "1"),
            ("insecure_tls", "yes"),
            ("timeout", "-1"),
            ("timeout", "1s"),
            ("connect_timeout", "999999"),
            ("prefer", "api2"),
            ("proxy", "socks5://h"),
        ] {
            assert!(RemoteOptions::default().set(key, value).unwrap().is_err(), "{key}={value}");
        }
        assert!(RemoteOptions::default().set("url", "x").is_none());
        for (key, value) in [("insecure_tls", "yes-i-know"), ("prefer", "uapi"), ("timeout", "5")] {
            assert_eq!(read(&[(key, value)]).shown(key).as_deref(), Some(value));
        }
    }
}
