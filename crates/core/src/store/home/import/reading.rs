//! The lines of a domain's `passwd`, `shadow` and `quota`, one after the other; what is odd is told.

use std::collections::{BTreeMap, BTreeSet};

use super::anomaly::{Anomalies, AnomalyKind, Treatment};
use super::report::LoginState;
use super::scheme::{self, SchemeVerdict};
use crate::store::home::{lines, shadow};
use crate::store::{LocalPart, Quota};

/// Fields of a `passwd` line: with fewer than this it has no mail folder, with more Dovecot reads settings.
pub(super) const FEWEST: usize = 6;
const MOST: usize = 7;
/// Behind these fields of a `shadow` line Dovecot reads settings; a real line holds a day there, or nothing.
const SHADOW_FIELDS: usize = 7;

/// The first line of a mailbox.
pub(super) struct NameLine<'f> {
    pub(super) bytes: &'f [u8],
    pub(super) number: usize,
    pub(super) fields: usize,
}

/// The mailboxes of a domain, in the order of `passwd`.
pub(super) type Names<'f> = Vec<(String, NameLine<'f>)>;

/// The reading of one file, and where it tells what is odd.
pub(super) struct Reading<'s> {
    pub(super) anomalies: &'s mut Anomalies,
    /// Its path, for what is told.
    pub(super) file: String,
}

impl Reading<'_> {
    fn add(&mut self, line: usize, kind: AnomalyKind, what: impl Into<String>, done: Treatment) {
        self.anomalies.add((&self.file, Some(line)), kind, what, done);
    }

    fn again(&mut self, line: usize, name: &str) {
        let what = format!("“{}” stands here again", name.escape_debug());
        self.add(line, AnomalyKind::Duplicate, what, Treatment::FirstCounts);
    }

    /// The lines that are neither blank nor comments, by number from 1; carriage returns are told once.
    fn lines<'f>(&mut self, file: &'f [u8]) -> Vec<(usize, &'f [u8])> {
        let all = file.split(|byte| *byte == b'\n').enumerate().map(|(index, line)| (index + 1, line));
        let lines: Vec<_> = all.filter(|(_, line)| !line.trim_ascii().is_empty()).collect();
        let returns: Vec<_> =
            lines.iter().filter(|(_, line)| line.ends_with(b"\r")).map(|(at, _)| *at).collect();
        if let Some(first) = returns.first() {
            let what = format!("lines end with a carriage return, {} in all", returns.len());
            self.add(*first, AnomalyKind::LineEnds, what, Treatment::Kept);
        }
        lines.into_iter().filter(|(_, line)| !line.starts_with(b"#")).collect()
    }

    /// The mailboxes that `passwd` names.
    pub(super) fn names<'f>(&mut self, file: &'f [u8]) -> Names<'f> {
        let mut names = Vec::new();
        let mut seen = BTreeSet::new();
        for (number, bytes) in self.lines(file) {
            let field = lines::fields(bytes).next().unwrap_or_default();
            let Some(name) = usable(field) else {
                let shown = String::from_utf8_lossy(field).escape_debug().to_string();
                let what = format!("“{shown}” cannot be the name of a mailbox");
                self.add(number, AnomalyKind::Name, what, Treatment::NotListed);
                continue;
            };
            if seen.insert(name.clone()) {
                let line = NameLine { bytes, number, fields: lines::fields(bytes).count() };
                self.tell_oddities(&name, &line);
                names.push((name, line));
            } else {
                self.again(number, &name);
            }
        }
        names
    }

    fn tell_oddities(&mut self, name: &str, line: &NameLine<'_>) {
        let (number, fields, shown) = (line.number, line.fields, name.escape_debug());
        if !LocalPart::is_served(name) {
            let (what, done) = if LocalPart::is_served(&name.to_ascii_lowercase()) {
                let what = format!("“{shown}” has capital letters, and mail programs log in with small ones");
                (what, Treatment::NeedsLowerCase)
            } else {
                let what =
                    format!("“{shown}” has characters with which nobody can log in, and no mail can arrive");
                (what, Treatment::NotListed)
            };
            self.add(number, AnomalyKind::Name, what, done);
        }
        if fields < FEWEST {
            let what =
                format!("“{shown}” has {fields} fields instead of {MOST}, so Dovecot finds no mail folder");
            self.add(number, AnomalyKind::Fields, what, Treatment::Kept);
        } else if fields > MOST {
            let what = format!("“{shown}” has fields behind the {MOST}th, which Dovecot reads as settings");
            self.add(number, AnomalyKind::Fields, what, Treatment::Kept);
        }
    }

    /// The first line of every mailbox in another file; lines of nobody are told as an anomaly of that kind.
    fn first_lines<'f>(
        &mut self,
        file: &'f [u8],
        names: &Names<'_>,
        (kind, noun, done): (AnomalyKind, &str, Treatment),
    ) -> Vec<(String, usize, &'f [u8])> {
        let known: BTreeSet<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
        let mut seen = BTreeSet::new();
        let mut first = Vec::new();
        for (number, line) in self.lines(file) {
            let name = String::from_utf8_lossy(lines::fields(line).next().unwrap_or_default()).into_owned();
            if !known.contains(name.as_str()) {
                let what = format!("{noun} of “{}”, which passwd does not name", name.escape_debug());
                self.add(number, kind, what, done);
            } else if seen.insert(name.clone()) {
                first.push((name, number, line));
            } else {
                self.again(number, &name);
            }
        }
        first
    }

    /// Scheme and state of every mailbox that has a line in `shadow`.
    pub(super) fn hashes(
        &mut self,
        file: &[u8],
        names: &Names<'_>,
    ) -> BTreeMap<String, (&'static str, LoginState)> {
        let of_nobody = (AnomalyKind::ShadowOnly, "a hash", Treatment::NotListed);
        let mut found = BTreeMap::new();
        for (name, number, line) in self.first_lines(file, names, of_nobody) {
            let fields: Vec<_> = lines::fields(line).collect();
            let judged = self.judge(number, &name, fields.get(1).copied().unwrap_or_default());
            if fields.iter().skip(SHADOW_FIELDS).any(|field| !field.iter().all(u8::is_ascii_digit)) {
                let what = format!(
                    "the line of “{}” has further fields, which Dovecot reads as settings",
                    name.escape_debug()
                );
                self.add(number, AnomalyKind::Fields, what, Treatment::Kept);
            }
            found.insert(name, judged);
        }
        found
    }

    fn judge(&mut self, number: usize, name: &str, field: &[u8]) -> (&'static str, LoginState) {
        let (mark, hash) = field.split_at(shadow::mark_length(field));
        let kind = scheme::scheme(hash);
        let (anomaly, what) = match kind.verdict {
            SchemeVerdict::Good if mark.is_empty() => return (kind.name, LoginState::Active),
            SchemeVerdict::Good if shadow::contains_account_mark(mark) => {
                return (kind.name, LoginState::Locked);
            }
            SchemeVerdict::Good => return (kind.name, LoginState::Suspended),
            SchemeVerdict::Empty => (AnomalyKind::EmptyHash, "no hash"),
            SchemeVerdict::Broken => {
                (AnomalyKind::BrokenHash, "a hash that is cut off or holds foreign characters")
            }
            SchemeVerdict::NotTaken => {
                (AnomalyKind::HashScheme, "a hash of a scheme that Dovecot does not take")
            }
        };
        let what = format!("“{}” has {what} ({})", name.escape_debug(), kind.name);
        self.add(number, anomaly, what, Treatment::NoLogin);
        let none = kind.verdict == SchemeVerdict::Empty;
        (kind.name, if none { LoginState::NoPassword } else { LoginState::Unusable })
    }

    /// The limits of mailboxes.
    pub(super) fn quotas(&mut self, file: &[u8], names: &Names<'_>) -> BTreeMap<String, Quota> {
        let of_nobody = (AnomalyKind::Quota, "a quota", Treatment::Kept);
        let mut found = BTreeMap::new();
        for (name, number, line) in self.first_lines(file, names, of_nobody) {
            let limit = String::from_utf8_lossy(lines::fields(line).nth(1).unwrap_or_default());
            if limit.trim().parse::<u64>().is_err() {
                let what =
                    format!("the quota of “{}” is no number, which means no limit", name.escape_debug());
                self.add(number, AnomalyKind::Quota, what, Treatment::Kept);
            }
            found.insert(name, Quota::from_bytes_text(&limit));
        }
        found
    }
}

/// A name that a mailbox can have, as the file writes it.
fn usable(field: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(field).ok()?;
    LocalPart::existing(name).ok().map(|_| name.to_owned())
}
