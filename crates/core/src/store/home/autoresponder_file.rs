//! The two forms of an autoresponder: one file that the mail server reads, and cPanel's two files in the home.
//!
//! ```text
//! Interval: 8                              From: "Bob" <user@example.com>
//! Start: 0                                 Content-type: text/plain; charset=utf-8
//! Stop: 0                                  Subject: Away
//! From: Bob
//! Content-Type: text/plain; charset=utf-8  I am away.
//! Subject: Away
//!                                          {"interval":8,"start":null,"stop":null}
//! I am away.
//! ```

use serde_json::Value;

use crate::store::Autoresponder;

/// The file that the mail server reads.
pub(super) fn served(of: &Autoresponder) -> String {
    format!(
        "Interval: {}\nStart: {}\nStop: {}\nFrom: {}\nContent-Type: {}\nSubject: {}\n\n{}",
        of.interval,
        of.start.unwrap_or(0),
        of.stop.unwrap_or(0),
        of.from,
        content_type(of),
        of.subject,
        of.body
    )
}

/// Reads that file again.
pub(super) fn read_served(text: &str) -> Option<Autoresponder> {
    let (head, body) = text.split_once("\n\n")?;
    let lines: Vec<_> = head.split('\n').filter_map(|line| line.split_once(": ")).collect();
    let field = |name| lines.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let time = |name| field(name)?.parse().ok().filter(|&time: &u64| time > 0);
    let (is_html, charset) = kind(field("Content-Type")?);
    Some(Autoresponder {
        from: field("From").unwrap_or_default().to_owned(),
        subject: field("Subject").unwrap_or_default().to_owned(),
        body: body.to_owned(),
        charset,
        is_html,
        interval: field("Interval")?.parse().ok()?,
        start: time("Start"),
        stop: time("Stop"),
    })
}

/// cPanel's message file and what it has beside it.
pub(super) fn cpanel(of: &Autoresponder, address: &str) -> (String, String) {
    let name = of.from.replace('\\', "\\\\").replace('"', "\\\"");
    let message = format!(
        "From: \"{name}\" <{address}>\nContent-type: {}\nSubject: {}\n\n{}",
        content_type(of),
        of.subject,
        of.body
    );
    let times = serde_json::json!({ "interval": of.interval, "start": of.start, "stop": of.stop });
    (message, format!("{times}\n"))
}

/// Reads cPanel's files; the second one may be missing.
pub(super) fn read_cpanel(message: &str, times: Option<&str>) -> Option<Autoresponder> {
    let message = message.replace("\r\n", "\n");
    let (head, body) = message.split_once("\n\n")?;
    let lines: Vec<_> = head.split('\n').filter_map(|line| line.split_once(':')).collect();
    let field = |name: &str| {
        let found = lines.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value.trim())
    };
    let times: Value = times.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let number = |name: &str| match &times[name] {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_u64(),
    };
    let (is_html, charset) = kind(field("Content-type"));
    let read = Autoresponder {
        from: display_name(field("From")),
        subject: field("Subject").to_owned(),
        body: body.to_owned(),
        charset,
        is_html,
        interval: number("interval").and_then(|hours| hours.try_into().ok()).unwrap_or(0),
        start: number("start").filter(|&time| time > 0),
        stop: number("stop").filter(|&time| time > 0),
    };
    read.checked().ok()
}

fn content_type(of: &Autoresponder) -> String {
    format!("text/{}; charset={}", if of.is_html { "html" } else { "plain" }, of.charset)
}

/// Whether a type is HTML, and its character set.
fn kind(content_type: &str) -> (bool, String) {
    let lower = content_type.to_ascii_lowercase();
    let charset = lower.split_once("charset=").map(|(_, rest)| rest.trim_matches(['"', ' ']));
    let charset = charset.and_then(|rest| rest.split([';', '"', ' ']).next()).filter(|name| !name.is_empty());
    (lower.trim_start().starts_with("text/html"), charset.unwrap_or(crate::store::UTF8).to_owned())
}

/// The name of `"Name" <address>`; a bare address has none.
fn display_name(from: &str) -> String {
    let name = match from.rsplit_once('<') {
        Some((name, _)) => name.trim(),
        None if from.contains('@') => "",
        None => from,
    };
    let quoted = name.strip_prefix('"').and_then(|inner| inner.strip_suffix('"'));
    quoted.map_or_else(|| name.to_owned(), |inner| inner.replace("\\\"", "\"").replace("\\\\", "\\"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read_as_they_were_written() {
        for (from, subject, body, stop) in
            [("Bob \"B\" \\ Müller", "Re: %subject%", "a\n\nFrom: b\n", Some(9)), ("", "", "", None)]
        {
            let made = Autoresponder {
                from: from.into(),
                subject: subject.into(),
                body: body.into(),
                charset: "utf-8".into(),
                is_html: stop.is_some(),
                interval: 24,
                start: None,
                stop,
            };
            assert_eq!(read_served(&served(&made)).as_ref(), Some(&made));
            let (message, times) = cpanel(&made, "user@example.com");
            assert_eq!(read_cpanel(&message, Some(&times)).as_ref(), Some(&made), "{message}{times}");
        }
        let (message, times) = cpanel(
            &read_cpanel("From: a@b.example\nSubject: x\n\nbody", Some("{\"interval\":\"4\"}")).unwrap(),
            "a@b.example",
        );
        assert_eq!(
            (message.as_str(), times.as_str()),
            (
                "From: \"\" <a@b.example>\nContent-type: text/plain; charset=utf-8\nSubject: x\n\nbody",
                "{\"interval\":4,\"start\":null,\"stop\":null}\n"
            )
        );
        assert!(read_cpanel("no head", None).is_none() && read_served("").is_none());
    }
}
