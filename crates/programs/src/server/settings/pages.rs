//! The settings of pages.

use std::path::PathBuf;

use super::values::{absolute, list, number};
use crate::live::script::ScriptLimits;

/// Names and meanings of the settings of pages.
pub(crate) const KEYS: [(&str, &str); 7] = [
    ("pages", "The folder of live pages, /frontend/THEME/… on cPanel's ports, or off (off)"),
    ("page_seconds", "How long a page's script may run (60)"),
    ("page_memory_mb", "How much memory each process of a page's script may use, in MiB (512)"),
    ("page_output_mb", "How much a page's script may print, in MiB (32)"),
    ("pages_at_once", "Most scripts at the same time (64)"),
    ("pages_per_account", "Most scripts of one account at the same time (8)"),
    ("page_environment", "Further variables for scripts: NAME=VALUE, separated by commas"),
];

/// Variables that say who and what a script is for; nobody else sets them.
const OURS: [&str; 8] = [
    "GATEWAY_INTERFACE",
    "HOME",
    "HTTPS",
    "PATH_INFO",
    "PATH_TRANSLATED",
    "USER",
    "cp_security_token",
    "DOCUMENT_ROOT",
];
/// How the names of others of them begin.
const OUR_PREFIXES: [&str; 10] = [
    "CPANEL_",
    "CONTENT_",
    "HTTP_",
    "LIVEAPI_URL",
    "QUERY_",
    "REDIRECT_",
    "REMOTE_",
    "REQUEST_",
    "SCRIPT_",
    "SERVER_",
];

/// Where pages are, and what each of them may use.
#[derive(Clone, Debug)]
pub(crate) struct PageSettings {
    pub(crate) folder: Option<PathBuf>,
    pub(crate) limits: ScriptLimits,
    pub(crate) at_once: usize,
    pub(crate) per_account: usize,
    pub(crate) environment: Vec<(String, String)>,
}

impl PageSettings {
    /// The settings where nothing else is said.
    pub(crate) fn new() -> Self {
        let limits = ScriptLimits { seconds: Some(60), memory_mb: Some(512), output_mb: Some(32) };
        Self { folder: None, limits, at_once: 64, per_account: 8, environment: Vec::new() }
    }

    /// Takes one setting; `None` if it is none of these, else why the value is wrong.
    pub(crate) fn set(&mut self, key: &str, value: &str) -> Option<Result<(), String>> {
        Some(match key {
            "pages" if value == "off" => {
                self.folder = None;
                Ok(())
            }
            "pages" => absolute(value).map(|path| self.folder = Some(path)),
            "page_seconds" => number(value, 1, 3600).map(|number| self.limits.seconds = Some(number)),
            "page_memory_mb" => number(value, 16, 1 << 20).map(|number| self.limits.memory_mb = Some(number)),
            "page_output_mb" => number(value, 1, 1 << 20).map(|number| self.limits.output_mb = Some(number)),
            "pages_at_once" => number(value, 1, 10_000).map(|number| self.at_once = number),
            "pages_per_account" => number(value, 1, 10_000).map(|number| self.per_account = number),
            "page_environment" => variables(value).map(|variables| self.environment = variables),
            _ => return None,
        })
    }
}

fn variables(value: &str) -> Result<Vec<(String, String)>, String> {
    let pairs = list(value).map(|pair| {
        let (name, value) = pair.split_once('=').ok_or("must be NAME=VALUE, separated by commas")?;
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if name.is_empty() || !name.bytes().all(is_name) {
            return Err("must be NAME=VALUE, with names of letters, digits and _".to_owned());
        }
        if OURS.contains(&name) || OUR_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
            return Err(format!("names {name}, which the server itself sets for each request"));
        }
        Ok((name.to_owned(), value.to_owned()))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_the_administrator_replace_none_of_a_request() {
        let mut settings = PageSettings::new();
        let mut set = |value: &str| settings.set("page_environment", value).unwrap();
        set("PERL5LIB=/a:/b, PHPRC=/etc/x ,LIVEAPI_LIBRARY=/l").unwrap();
        for wrong in [
            "A",
            "=b",
            "A B=c",
            "REMOTE_USER=root",
            "HTTP_HOST=x",
            "SCRIPT_FILENAME=/x",
            "CPANEL_CONNECT_SOCKET=/x",
            "HOME=/x",
        ] {
            assert!(set(wrong).is_err(), "{wrong}");
        }
        let expected = [("PERL5LIB", "/a:/b"), ("PHPRC", "/etc/x"), ("LIVEAPI_LIBRARY", "/l")];
        assert_eq!(settings.environment, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert!(settings.set("connections", "5").is_none());
    }
}
