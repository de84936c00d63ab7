//! The environment of a script: made from nothing, never inherited by accident.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use liveapi_core::base::environment::Environment;
use zeroize::Zeroize;

/// Where pages look for programs.
pub const PATH: &str = "/usr/local/bin:/usr/bin:/bin";
/// Pages are UTF-8 unless they say otherwise.
const LANG: &str = "C.UTF-8";

/// Variables by name. Queries and cookies among them may hold secrets, so values are wiped when dropped.
#[derive(Default)]
pub struct Variables {
    set: BTreeMap<OsString, OsString>,
    removed: Vec<OsString>,
}

impl Variables {
    /// What every page of an account has.
    pub fn of_account(user: &str, home: &str) -> Self {
        let mut variables = Self::default();
        for (name, value) in [("HOME", home), ("LANG", LANG), ("PATH", PATH), ("USER", user)] {
            variables.set(name, value);
        }
        if let Some(zone) = Environment::now().value("TZ") {
            variables.set("TZ", zone);
        }
        variables
    }

    /// Sets one; a value with NUL, which no environment can hold, is left out.
    pub fn set(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) {
        let (name, value): (OsString, OsString) = (name.into(), value.into());
        if !value.as_encoded_bytes().contains(&0) {
            self.set.insert(name, value);
        }
    }

    /// Takes one out of an inherited environment.
    pub fn remove(&mut self, name: impl Into<OsString>) {
        self.removed.push(name.into());
    }

    /// A field of the request's head as a page sees it, `HTTP_…`. Names that two fields could share are left out,
    /// and so are fields that say who the visitor is to the server: those are not the page's.
    pub fn set_field(&mut self, name: &str, value: &[u8]) {
        use std::os::unix::ffi::OsStrExt;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if name.bytes().all(is_plain) && !is_secret_field(name) {
            let variable = format!("HTTP_{}", name.to_ascii_uppercase().replace('-', "_"));
            self.set(variable, OsStr::from_bytes(value));
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&OsString, &OsString)> {
        self.set.iter()
    }

    pub(super) fn removed(&self) -> &[OsString] {
        &self.removed
    }
}

/// Whether a field of a request is between client and server, and not for a page: who logs in, how the connection
/// is kept, what CGI has variables of its own for, and `Proxy`, which programs would take for their setting
/// `HTTP_PROXY`. Names in lower case.
pub fn is_secret_field(name: &str) -> bool {
    matches!(
        name,
        "authorization"
            | "proxy-authorization"
            | "proxy"
            | "x-cpanel-otp"
            | "connection"
            | "proxy-connection"
            | "keep-alive"
            | "te"
            | "trailer"
            | "transfer-encoding"
            | "upgrade"
            | "expect"
            | "content-type"
            | "content-length"
    )
}

impl Drop for Variables {
    fn drop(&mut self) {
        for value in self.set.values_mut() {
            std::mem::take(value).into_encoded_bytes().zeroize();
        }
    }
}

impl std::fmt::Debug for Variables {
    /// The names alone, because values may be secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.set.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_are_not_the_pages_business_stay_away() {
        let mut variables = Variables::default();
        for (name, value) in [
            ("user-agent", "curl"),
            ("authorization", "s3cret"),
            ("proxy", "http://evil"),
            ("x-cpanel-otp", "123456"),
            ("x_y", "two names could be this"),
            ("content-length", "5"),
            ("x-nul", "a\0b"),
        ] {
            variables.set_field(name, value.as_bytes());
        }
        let names: Vec<_> = variables.iter().map(|(name, value)| (name.to_str(), value.to_str())).collect();
        assert_eq!(names, [(Some("HTTP_USER_AGENT"), Some("curl"))]);
        assert_eq!(format!("{variables:?}"), r#"["HTTP_USER_AGENT"]"#);
    }
}
