//! The page of errors: numbers, names and meanings are the header's; a remedy stands beside each, written by hand.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::common::repository;
use crate::documentation::read;

const PAGE: &str = "docs/reference/errors.md";
const HEAD: &str = "# Errors

An error means that liveapi could not do its work. A function that refuses (\"no such mailbox\") is no error: [the answer](answers.md) says why.

C has the number from `liveapi_last_error_code`, PHP from `getCode()` of the exception, a batch in `code` of a row. The message says what failed, on what, why, and what to do. The numbers never change.

`LIVEAPI_WRITE_DOCS=1 cargo test --locked --test repository errors` writes number, name and meaning from the header, and keeps the remedies.

| number | name | meaning | what to do |
| --- | --- | --- | --- |
";

/// (number, name, meaning) of each status in the header.
fn statuses() -> Vec<(String, String, String)> {
    let header = read("include/liveapi.h");
    let (_, rest) = header.split_once("enum LiveapiStatus {").unwrap();
    let (body, _) = rest.split_once("};").unwrap();
    let mut meaning = String::new();
    let mut found = Vec::new();
    for line in body.lines().map(str::trim) {
        match (line.strip_prefix("* "), line.strip_suffix(',').and_then(|line| line.split_once(" = "))) {
            (Some(text), _) => {
                let gap = if meaning.is_empty() { "" } else { " " };
                let _ = write!(meaning, "{gap}{text}");
            }
            (None, Some((name, number))) => {
                found.push((number.to_owned(), name.to_owned(), std::mem::take(&mut meaning)));
            }
            _ => {}
        }
    }
    found
}

/// The remedies of the committed page, by name.
fn remedies(page: &str) -> HashMap<&str, &str> {
    let rows = page.lines().filter(|line| line.contains("| `LIVEAPI_"));
    let cells = rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>());
    cells.map(|cells| (cells[1].trim_matches('`'), cells[3])).collect()
}

#[test]
fn the_page_of_errors_is_current_and_each_has_a_remedy() {
    let committed = std::fs::read_to_string(repository().join(PAGE)).unwrap_or_default();
    let remedies = remedies(&committed);
    let mut text = HEAD.to_owned();
    for (number, name, meaning) in statuses() {
        let remedy = remedies.get(name.as_str()).copied().unwrap_or_default();
        let _ = writeln!(text, "| {number} | `{name}` | {meaning} | {remedy} |");
    }
    if std::env::var_os("LIVEAPI_WRITE_DOCS").is_some() {
        std::fs::write(repository().join(PAGE), &text).unwrap();
    }
    assert!(committed == text, "{PAGE} is stale; it says how to write it");
    let without: Vec<_> = remedies.iter().filter(|(_, remedy)| remedy.len() < 3).collect();
    assert!(remedies.len() > 20 && without.is_empty(), "without a remedy: {without:?}");
}
