//! The dialect of `valiases`: a key, a colon, and the destinations of its mail, as Exim reads them and cPanel and
//! people write them.

use crate::store::destination::{DISCARD, FAIL};
use crate::store::{AccountName, Destination};

/// Reads the destinations of a line.
pub(super) fn read(text: &str) -> Vec<Destination> {
    let text = text.trim();
    // The text of a refusal may hold commas.
    if unquoted(text).starts_with(FAIL) {
        return vec![destination(text)];
    }
    let mut found = Vec::new();
    let mut quoted = false;
    let items = text.split(|c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    found.extend(items.map(str::trim).filter(|item| !item.is_empty()).map(destination));
    found
}

fn destination(item: &str) -> Destination {
    let item = unquoted(item);
    if let Some(text) = item.strip_prefix(FAIL) {
        Destination::Fail(text.trim().to_owned())
    } else if item == DISCARD || item == "/dev/null" {
        Destination::Discard
    } else if let Some(program) = item.strip_prefix('|') {
        Destination::Pipe(program.trim().to_owned())
    } else if item.contains('@') && !item.contains([' ', ':', '/']) {
        Destination::Address(item.to_owned())
    } else {
        AccountName::existing(item).map_or_else(|| Destination::Other(item.to_owned()), Destination::Account)
    }
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').map_or(text, |inner| inner.strip_suffix('"').unwrap_or(inner))
}

/// The line of a key (an address, or `*`) and its destinations.
pub(super) fn line(key: &str, to: &[Destination]) -> String {
    let all: Vec<String> = to.iter().map(in_file).collect();
    format!("{key}: {}", all.join(","))
}

/// A destination as a line holds it: a program in quotation marks, because its arguments may hold commas.
fn in_file(to: &Destination) -> String {
    match to {
        Destination::Pipe(_) => format!("\"{to}\""),
        _ => to.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_as_cpanel_writes_them() {
        let shown = |line| read(line).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(shown("a@x.example, b@y.example"), ["a@x.example", "b@y.example"]);
        assert_eq!(shown("\":fail: No, such User\""), [":fail: No, such User"]);
        assert_eq!(shown(":blackhole:"), [":blackhole:"]);
        assert_eq!(shown("\"|/home/bob/x a,b\",bob"), ["|/home/bob/x a,b", "bob"]);
        assert_eq!(shown(":include:/etc/passwd"), [":include:/etc/passwd"]);
        assert!(matches!(read(":defer: x")[0], Destination::Other(_)));
        assert!(read("  ").is_empty());
        for line in ["a@x.example", ":fail: No such", ":blackhole:", "\"|/home/bob/x a,b\"", "bob"] {
            assert_eq!(in_file(&read(line)[0]), line);
        }
        let program = Destination::pipe("|bin/x -a b,c", "/home/bob", "p").unwrap();
        assert_eq!(line("*", &[program, Destination::Discard]), "*: \"|/home/bob/bin/x -a b,c\",:blackhole:");
    }
}
