//! What an address answers by itself.

use crate::api::Refusal;

/// Longest name and subject, in bytes.
const MAX_LINE: usize = 512;
/// Longest text, in bytes: a mail server reads it again and again.
const MAX_BODY: usize = 64 * 1024;
/// Longest interval, in hours: ten years.
const MAX_INTERVAL: u32 = 87_600;
/// The end of the year 9999, in seconds since 1970.
const LATEST: u64 = 253_402_300_799;
/// The character set of texts where none is named.
pub const UTF8: &str = "utf-8";

/// An autoresponder. Its texts may hold `%subject%`, `%from%` and `%email%`: the subject, the name and the address
/// of what is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Autoresponder {
    /// The name in front of the address, perhaps none.
    pub from: String,
    pub subject: String,
    pub body: String,
    /// What the text is said to be in; it is in UTF-8, which anything else in ASCII is too.
    pub charset: String,
    pub is_html: bool,
    /// Hours in which nobody is answered twice; 0 answers everything.
    pub interval: u32,
    /// From when and until when it answers, in seconds since 1970.
    pub start: Option<u64>,
    pub stop: Option<u64>,
}

impl Autoresponder {
    /// Refuses what could not be kept or sent as it is; ends of lines become line feeds.
    pub fn checked(self) -> Result<Self, Refusal> {
        let refuse = |param, why: &str| Err(Refusal::BadValue { param, why: why.to_owned() });
        for (param, text) in [("from", &self.from), ("subject", &self.subject)] {
            if text.len() > MAX_LINE || text.contains(|c: char| c.is_control()) {
                return refuse(param, "it must be one line of at most 512 bytes without control characters");
            }
        }
        let body = self.body.replace("\r\n", "\n");
        if body.len() > MAX_BODY || body.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
            return refuse("body", "it must be a text of at most 64 KiB without control characters");
        }
        if self.interval > MAX_INTERVAL {
            return refuse("interval", "give hours, at most 87600");
        }
        if self.stop.is_some_and(|stop| self.start.is_some_and(|start| stop <= start)) {
            return refuse("stop", "it lies before the start");
        }
        for (param, time) in [("start", self.start), ("stop", self.stop)] {
            if time.is_some_and(|time| time > LATEST) {
                return refuse(param, "it lies behind the year 9999");
            }
        }
        let charset = self.charset.to_ascii_lowercase();
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        if charset.is_empty() || charset.len() > 40 || !charset.bytes().all(is_name) {
            return refuse("charset", "it is no name of a character set; use utf-8");
        }
        let holds_utf8 = charset == UTF8 || charset == "utf8";
        let is_wide = ["utf-16", "utf-32", "utf-7", "ucs"].iter().any(|wide| charset.starts_with(wide));
        let is_ascii = [&self.from, &self.subject, &body].iter().all(|text| text.is_ascii());
        if is_wide || (!holds_utf8 && !is_ascii) {
            return refuse("charset", "letters outside of ASCII are kept in UTF-8; use utf-8");
        }
        Ok(Self { body, charset, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::Autoresponder;

    fn plain() -> Autoresponder {
        Autoresponder {
            from: "Bob".into(),
            subject: "Away".into(),
            body: "Hello\r\nthere".into(),
            charset: "UTF-8".into(),
            is_html: false,
            interval: 8,
            start: None,
            stop: None,
        }
    }

    #[test]
    fn what_would_be_something_else_in_a_message_is_refused() {
        let good = plain().checked().unwrap();
        assert_eq!((good.body.as_str(), good.charset.as_str()), ("Hello\nthere", "utf-8"));
        let ascii = Autoresponder { charset: "iso-8859-1".into(), ..plain() };
        assert!(ascii.clone().checked().is_ok());
        for bad in [
            Autoresponder { subject: "a\nBcc: x@y.example".into(), ..plain() },
            Autoresponder { from: "a\rb".into(), ..plain() },
            Autoresponder { from: "x".repeat(513), ..plain() },
            Autoresponder { body: "a\0b".into(), ..plain() },
            Autoresponder { body: "x".repeat(64 * 1024 + 1), ..plain() },
            Autoresponder { charset: "utf-8\nX: y".into(), ..plain() },
            Autoresponder { charset: "utf-16".into(), ..plain() },
            Autoresponder { body: "ä".into(), ..ascii },
            Autoresponder { interval: 87_601, ..plain() },
            Autoresponder { start: Some(20), stop: Some(20), ..plain() },
            Autoresponder { stop: Some(u64::MAX), ..plain() },
        ] {
            assert!(bad.clone().checked().is_err(), "{bad:?}");
        }
    }
}
