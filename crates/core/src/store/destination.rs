//! Where a forwarder or a default address sends mail.

use std::fmt;

use super::{AccountName, Domain};
use crate::api::Refusal;

/// One destination, in the words of Exim's redirection, which are also cPanel's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    Address(String),
    /// The account's own mailbox, by the account's name.
    Account(AccountName),
    /// The sender gets it back, with that text.
    Fail(String),
    /// It is thrown away without a word.
    Discard,
    /// A program gets it on its standard input; an absolute path, perhaps with arguments.
    Pipe(String),
    /// What a file holds and is none of these; kept, shown, and removed on demand.
    Other(String),
}

/// Exim's word for a refusal.
pub(super) const FAIL: &str = ":fail:";
/// Exim's word for throwing away.
pub(super) const DISCARD: &str = ":blackhole:";
/// Longest text that a sender is told, in bytes.
const MAX_TEXT: usize = 512;
/// Longest program with its arguments, in bytes.
const MAX_PIPE: usize = 1024;

impl Destination {
    /// An address from outside; the domain is checked and written in its A-label form.
    pub fn address(text: &str, param: &'static str) -> Result<Self, Refusal> {
        let refuse = |why: &str| {
            let why = format!("“{}” {why}", text.escape_debug());
            Err(Refusal::BadValue { param, why })
        };
        let Some((local, domain)) = text.rsplit_once('@') else {
            return refuse("is no address; write it as user@example.org");
        };
        let good = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+-/=?^_`{}~".contains(&byte);
        if local.is_empty()
            || local.len() > 64
            || !local.bytes().all(good)
            || local.starts_with(['.', '/'])
            || local.ends_with('.')
        {
            return refuse("is no address; its part before the @ cannot be used");
        }
        match Domain::parse(domain) {
            Ok(domain) => Ok(Self::Address(format!("{local}@{domain}"))),
            Err(_) => refuse("is no address; its part after the @ is not a domain name"),
        }
    }

    /// A refusal of the mail that tells the sender that text.
    pub fn fail(text: &str, param: &'static str) -> Result<Self, Refusal> {
        if text.len() > MAX_TEXT || text.contains(|c: char| c.is_control()) {
            let why = "it must be one line of at most 512 bytes without control characters".to_owned();
            return Err(Refusal::BadValue { param, why });
        }
        Ok(Self::Fail(text.trim().to_owned()))
    }

    /// A program; a relative path starts in the account's home.
    pub fn pipe(text: &str, home: &str, param: &'static str) -> Result<Self, Refusal> {
        let text = text.trim().trim_start_matches('|').trim_start();
        let refuse = |why: &str| Err(Refusal::BadValue { param, why: why.to_owned() });
        let path = text.split(' ').next().unwrap_or_default();
        if path.is_empty() || path.ends_with('/') {
            return refuse("it names no program; give its path, relative to the home directory");
        }
        if text.len() > MAX_PIPE || text.contains(|c: char| c.is_control() || c == '"' || c == '\\') {
            return refuse(
                "it must be one line of at most 1024 bytes without quotation marks and backslashes",
            );
        }
        if path.split('/').any(|step| step == "..") {
            return refuse("its path goes upwards (..); give the path itself");
        }
        let absolute = if text.starts_with('/') { text.to_owned() } else { format!("{home}/{text}") };
        Ok(Self::Pipe(absolute))
    }

    /// The destination that throws mail away and tells nobody.
    pub fn discard() -> Self {
        Self::Discard
    }

    /// Whether mail ends here instead of going somewhere: such a destination stands alone.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Fail(_) | Self::Discard)
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(text) | Self::Other(text) => f.write_str(text),
            Self::Account(name) => write!(f, "{name}"),
            Self::Fail(text) => write!(f, "{FAIL} {text}"),
            Self::Discard => f.write_str(DISCARD),
            Self::Pipe(program) => write!(f, "|{program}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Destination;

    #[test]
    fn what_would_be_something_else_in_the_file_is_refused() {
        assert_eq!(
            Destination::address("a@bücher.example", "p").unwrap().to_string(),
            "a@xn--bcher-kva.example"
        );
        for bad in [
            "",
            "a",
            "a@",
            "@x.example",
            "a,b@x.example",
            "|x@y.example",
            "a b@x.example",
            "a@x",
            "/a@x.example",
            "a:b@x.example",
            "a@x.example\nb",
            "\"a\"@x.example",
        ] {
            assert!(Destination::address(bad, "p").is_err(), "{bad}");
        }
        assert_eq!(
            Destination::pipe("|bin/x -a b,c", "/home/bob", "p").unwrap().to_string(),
            "|/home/bob/bin/x -a b,c"
        );
        for bad in ["", "|", "/", "../x", "/home/bob/../eve/x", "x\ny", "x \"y\"", "x\\y"] {
            assert!(Destination::pipe(bad, "/home/bob", "p").is_err(), "{bad}");
        }
        assert!(Destination::fail("a\nb: c", "p").is_err());
    }
}
