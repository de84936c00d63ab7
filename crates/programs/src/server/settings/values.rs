//! The values of settings: each is a text, read here or refused with the reason.

use std::fmt::Display;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

/// `ADDRESS:PORT`, `PORT` alone, or `off`.
pub(super) fn address(value: &str, usual: Ipv4Addr) -> Result<Option<SocketAddr>, String> {
    if value == "off" {
        return Ok(None);
    }
    if let Ok(port) = value.parse::<u16>() {
        return Ok(Some(SocketAddr::new(IpAddr::V4(usual), port)));
    }
    value
        .parse()
        .map(Some)
        .map_err(|_| "must be ADDRESS:PORT (as 127.0.0.1:2083 or [::]:2083), PORT, or off".to_owned())
}

/// A choice, `yes` or `no`.
pub(super) fn yes(value: &str) -> Result<bool, String> {
    match value {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("must be yes or no".to_owned()),
    }
}

/// The path of a file or folder, from the root on.
pub(super) fn absolute(value: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(value);
    if path.is_absolute() { Ok(path) } else { Err("must be an absolute path".to_owned()) }
}

/// A whole number between two bounds.
pub(super) fn number<T: FromStr + PartialOrd + Display>(value: &str, least: T, most: T) -> Result<T, String> {
    let number = value.parse().ok().filter(|number| (&least..=&most).contains(&number));
    number.ok_or_else(|| format!("must be a whole number from {least} to {most}"))
}

/// The parts of a list whose parts are separated by commas.
pub(super) fn list(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim).filter(|part| !part.is_empty())
}
