//! What the three files of a domain say: its mailboxes, and what is odd about their lines.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::super::{lines, shadow};
use super::passwd;
use super::report::{LoginState, MailboxReport};
use super::scheme::{self, Verdict};
use super::stray::{Done, StrayKind, Strays};
use super::survey::{DomainFiles, Survey};
use crate::store::{Account, Domain, LocalPart, Quota};

/// Fields of a `passwd` line: with fewer than this it has no mail folder, with more Dovecot reads further settings.
const FEWEST: usize = 6;
const MOST: usize = 7;
/// Behind these fields of a `shadow` line Dovecot reads settings; a real line holds a day there, or nothing.
const SHADOW_FIELDS: usize = 7;

/// What the files say.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) mailboxes: Vec<MailboxReport>,
    /// Their mail folders below `mail`, those in mdbox format left out.
    pub(super) mail_folders: Vec<String>,
}

/// Reads them. `in_place` holds the home whose lines are not going to be changed.
pub(super) fn read(
    domain: &Domain,
    files: &DomainFiles,
    survey: &mut Survey,
    (account, in_place): (&Account, bool),
) -> Found {
    let passwd = files.passwd.as_deref().unwrap_or_default();
    let mut strays = std::mem::take(&mut survey.strays);
    let place = |file: &str| format!("etc/{domain}/{file}");
    let mut reading = Reading { strays: &mut strays, file: place("passwd") };
    let names = reading.names(passwd);
    reading.file = place("shadow");
    let hashes = reading.hashes(&files.shadow, &names);
    reading.file = place("quota");
    let quotas = reading.quotas(&files.quota, &names);
    let mut found = Found::default();
    for (name, line) in &names {
        let at = place("passwd");
        let at = (at.as_str(), Some(line.number));
        let hash = hashes.get(name);
        if hash.is_none() {
            strays.add(at, StrayKind::NoPassword, no_hash(name, line.bytes), Done::NoLogin);
        }
        let (scheme, mut state) = hash.copied().unwrap_or(("none", LoginState::NoPassword));
        let folder = match passwd::mail_folder(line.bytes) {
            Some(folder) => folder.to_owned(),
            None => {
                let what = format!("the mail folder of “{name}” is not below a home's mail");
                strays.add(at, StrayKind::Fields, what, if in_place { Done::Kept } else { Done::FolderMade });
                format!("{domain}/{name}")
            }
        };
        if line.fields < FEWEST || *name != name.to_lowercase() {
            state = LoginState::Unusable;
        }
        if in_place {
            foreign_fields(line.bytes, account, &mut strays, at);
        }
        let mail = place_of_mail(&folder);
        if survey.mdbox.contains(&folder) {
            let what = format!("the mail of “{name}” is in mdbox format");
            strays.add((&mail, None), StrayKind::Mdbox, what, Done::NeedsMdbox);
        } else {
            if !survey.mail_folders.contains(&folder) {
                let what = format!("“{name}” has no mail folder");
                strays.add((&mail, None), StrayKind::NoMailFolder, what, Done::FolderMade);
            }
            found.mail_folders.push(folder);
        }
        let quota = quotas.get(name).copied().unwrap_or(Quota::UNLIMITED);
        found.mailboxes.push(MailboxReport { name: name.clone(), scheme, state, quota });
    }
    let known: BTreeSet<String> = names.iter().map(|(name, _)| format!("{domain}/{name}")).collect();
    let of_domain = format!("{domain}/");
    for folder in survey.mail_folders.iter().filter(|folder| folder.starts_with(&of_domain)) {
        if !known.contains(folder) && !found.mail_folders.contains(folder) {
            let what = "a mail folder of no mailbox";
            strays.add((&place_of_mail(folder), None), StrayKind::MailFolder, what, Done::CopiedNotListed);
        }
    }
    survey.strays = strays;
    found
}

fn place_of_mail(folder: &str) -> String {
    format!("mail/{folder}")
}

/// Some servers' `passwd` holds what belongs into `shadow`; Dovecot reads it there only.
fn no_hash(name: &str, line: &[u8]) -> String {
    let field = lines::fields(line).nth(1).unwrap_or_default();
    let here = if field.starts_with(b"$") {
        "; a hash stands in passwd, where Dovecot does not read it"
    } else {
        ""
    };
    format!("“{}” has no line in shadow{here}", name.escape_debug())
}

/// In place nothing is rewritten, so what a line says must fit the home.
fn foreign_fields(line: &[u8], account: &Account, strays: &mut Strays, at: (&str, Option<usize>)) {
    let fields: Vec<_> = lines::fields(line).map(String::from_utf8_lossy).collect();
    let (Some(uid), Some(gid), Some(home)) = (fields.get(2), fields.get(3), fields.get(5)) else { return };
    if **uid != account.uid.to_string() || **gid != account.gid.to_string() {
        let what = "uid and gid are not those of the home's owner";
        strays.add(at, StrayKind::Fields, what, Done::Kept);
    }
    if !Path::new(home.as_ref()).starts_with(&account.home) {
        let what = "its mail folder is not in this home";
        strays.add(at, StrayKind::Fields, what, Done::Kept);
    }
}

/// The first line of a mailbox.
struct NameLine<'f> {
    bytes: &'f [u8],
    number: usize,
    fields: usize,
}

struct Reading<'s> {
    strays: &'s mut Strays,
    file: String,
}

impl Reading<'_> {
    fn add(&mut self, line: usize, kind: StrayKind, what: impl Into<String>, done: Done) {
        self.strays.add((&self.file, Some(line)), kind, what, done);
    }

    /// The lines that are neither blank nor comments, by number from 1; carriage returns are told once.
    fn lines<'f>(&mut self, file: &'f [u8]) -> Vec<(usize, &'f [u8])> {
        let all = file.split(|byte| *byte == b'\n').enumerate().map(|(index, line)| (index + 1, line));
        let lines: Vec<_> = all.filter(|(_, line)| !line.trim_ascii().is_empty()).collect();
        let returns: Vec<_> =
            lines.iter().filter(|(_, line)| line.ends_with(b"\r")).map(|(at, _)| *at).collect();
        if let Some(first) = returns.first() {
            let what = format!("{} lines end with a carriage return", returns.len());
            self.add(*first, StrayKind::LineEnds, what, Done::Kept);
        }
        lines.into_iter().filter(|(_, line)| !line.starts_with(b"#")).collect()
    }

    /// The mailboxes that `passwd` names, in its order.
    fn names<'f>(&mut self, file: &'f [u8]) -> Vec<(String, NameLine<'f>)> {
        let mut names: Vec<(String, NameLine<'f>)> = Vec::new();
        let mut seen = BTreeSet::new();
        for (number, bytes) in self.lines(file) {
            let fields = lines::fields(bytes).count();
            let field = lines::fields(bytes).next().unwrap_or_default();
            let text = String::from_utf8_lossy(field);
            let shown = text.escape_debug();
            let Some(name) = usable(field) else {
                let what = format!("“{shown}” cannot be the name of a mailbox");
                self.add(number, StrayKind::Name, what, Done::NotListed);
                continue;
            };
            if !seen.insert(name.clone()) {
                self.add(
                    number,
                    StrayKind::Duplicate,
                    format!("“{shown}” stands here again"),
                    Done::FirstCounts,
                );
                continue;
            }
            if name != name.to_lowercase() || name.trim() != name {
                let what =
                    format!("“{shown}” has capital letters or blanks; mail programs log in with neither");
                self.add(number, StrayKind::Name, what, Done::Kept);
            }
            if fields < FEWEST {
                let what = format!(
                    "“{shown}” has {fields} fields instead of {MOST}, so Dovecot finds no mail folder"
                );
                self.add(number, StrayKind::Fields, what, Done::Kept);
            } else if fields > MOST {
                let what =
                    format!("“{shown}” has fields behind the {MOST}th, which Dovecot reads as settings");
                self.add(number, StrayKind::Fields, what, Done::Kept);
            }
            names.push((name, NameLine { bytes, number, fields }));
        }
        names
    }

    /// Scheme and state of every mailbox that has a line in `shadow`.
    fn hashes(
        &mut self,
        file: &[u8],
        names: &[(String, NameLine<'_>)],
    ) -> BTreeMap<String, (&'static str, LoginState)> {
        let known: BTreeSet<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
        let mut found = BTreeMap::new();
        for (number, line) in self.lines(file) {
            let fields: Vec<_> = lines::fields(line).collect();
            let name = String::from_utf8_lossy(fields[0]).into_owned();
            let shown = name.escape_debug().to_string();
            if !known.contains(name.as_str()) {
                let what = format!("a hash of “{shown}”, which passwd does not name");
                self.add(number, StrayKind::ShadowOnly, what, Done::NotListed);
            } else if found.contains_key(&name) {
                self.add(
                    number,
                    StrayKind::Duplicate,
                    format!("“{shown}” stands here again"),
                    Done::FirstCounts,
                );
            } else {
                let judged = self.judge(number, &shown, fields.get(1).copied().unwrap_or_default());
                found.insert(name, judged);
                if fields.iter().skip(SHADOW_FIELDS).any(|field| !field.iter().all(u8::is_ascii_digit)) {
                    let what =
                        format!("the line of “{shown}” has further fields, which Dovecot reads as settings");
                    self.add(number, StrayKind::Fields, what, Done::Kept);
                }
            }
        }
        found
    }

    fn judge(&mut self, number: usize, name: &str, field: &[u8]) -> (&'static str, LoginState) {
        let (mark, hash) = field.split_at(shadow::mark_length(field));
        let kind = scheme::scheme(hash);
        let (stray, what) = match kind.verdict {
            Verdict::Good if mark.is_empty() => return (kind.name, LoginState::Active),
            Verdict::Good if shadow::contains_account_mark(mark) => return (kind.name, LoginState::Locked),
            Verdict::Good => return (kind.name, LoginState::Suspended),
            Verdict::Empty => (StrayKind::EmptyHash, "no hash"),
            Verdict::Broken => (StrayKind::BrokenHash, "a hash that is cut off or holds foreign characters"),
            Verdict::NotTaken => (StrayKind::HashScheme, "a hash of a scheme that Dovecot does not take"),
        };
        self.add(number, stray, format!("“{name}” has {what} ({})", kind.name), Done::NoLogin);
        let none = kind.verdict == Verdict::Empty;
        (kind.name, if none { LoginState::NoPassword } else { LoginState::Unusable })
    }

    /// The limits of mailboxes.
    fn quotas(&mut self, file: &[u8], names: &[(String, NameLine<'_>)]) -> BTreeMap<String, Quota> {
        let known: BTreeSet<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
        let mut found = BTreeMap::new();
        for (number, line) in self.lines(file) {
            let mut fields = lines::fields(line).map(|field| String::from_utf8_lossy(field).into_owned());
            let (name, limit) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
            let shown = name.escape_debug().to_string();
            if !known.contains(name.as_str()) {
                let what = format!("a quota of “{shown}”, which passwd does not name");
                self.add(number, StrayKind::Quota, what, Done::Kept);
            } else if found.contains_key(&name) {
                self.add(
                    number,
                    StrayKind::Duplicate,
                    format!("“{shown}” stands here again"),
                    Done::FirstCounts,
                );
            } else {
                if limit.trim().parse::<u64>().is_err() {
                    let what = format!("the quota of “{shown}” is no number, which means no limit");
                    self.add(number, StrayKind::Quota, what, Done::Kept);
                }
                found.insert(name, Quota::from_bytes_text(&limit));
            }
        }
        found
    }
}

/// A name that a mailbox can have, as the file writes it.
fn usable(field: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(field).ok()?;
    LocalPart::existing(name).ok().map(|_| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{AccountName, Limits};

    fn account() -> Account {
        Account {
            name: AccountName::existing("bob").unwrap(),
            domain: Domain::parse("example.com").unwrap(),
            home: "/home/bob".into(),
            uid: 7,
            gid: 8,
            mail_gid: 9,
            suspended: false,
            suspended_since: 0,
            created: 0,
            limits: Limits::NONE,
        }
    }

    fn line(name: &str) -> String {
        format!("{name}:x:7:8::/home/bob/mail/example.com/{name}:/home/bob\n")
    }

    #[test]
    fn every_odd_line_is_told_with_its_number() {
        let hash = format!("$6$abc${}", "a".repeat(86));
        let passwd =
            [line("a"), line("a"), line("Upper"), line("x/y"), "short:x\n".into(), line("bare"), line("des")];
        let shadow = format!(
            "#c\na:!{hash}:1::::::\r\nghost:{hash}:1\nUpper:{hash}\nshort:{hash}:1::::::user=x\ndes:rl0uE0vwJrZ0c\na:x\n"
        );
        let files = DomainFiles {
            passwd: Some(passwd.concat().into_bytes()),
            shadow: shadow.into_bytes(),
            quota: b"a:1048576\nghost:5\nbare:much\n".to_vec(),
        };
        let mut survey = Survey::default();
        survey.mail_folders.extend(["example.com/a".to_owned(), "example.com/orphan".to_owned()]);
        survey.mdbox.insert("example.com/des".into());
        let account = account();
        let found = read(&account.domain, &files, &mut survey, (&account, false));
        let told: Vec<_> =
            found.mailboxes.iter().map(|m| (m.name.as_str(), m.scheme, m.state.name())).collect();
        assert_eq!(
            told,
            [
                ("a", "sha512", "suspended"),
                ("Upper", "sha512", "unusable"),
                ("short", "sha512", "unusable"),
                ("bare", "none", "no-password"),
                ("des", "des", "unusable"),
            ]
        );
        assert_eq!(found.mailboxes[0].quota.bytes(), Some(1_048_576));
        let (strays, _) = survey.strays.into_list();
        let told: Vec<_> = strays
            .iter()
            .map(|s| {
                let file = s.file.rsplit_once('/').unwrap().1;
                format!("{file}:{} {}", s.line.unwrap_or(0), s.kind.name())
            })
            .collect();
        assert_eq!(
            told,
            [
                "passwd:2 duplicate",
                "passwd:3 name",
                "passwd:4 name",
                "passwd:5 fields",
                "passwd:5 fields",
                "passwd:6 no-password",
                "quota:2 quota",
                "quota:3 quota",
                "shadow:2 line-ends",
                "shadow:3 shadow-only",
                "shadow:5 fields",
                "shadow:6 hash-scheme",
                "shadow:7 duplicate",
                "Upper:0 no-mail-folder",
                "bare:0 no-mail-folder",
                "des:0 mdbox",
                "orphan:0 mail-folder",
                "short:0 no-mail-folder",
            ]
        );
        assert!(strays.iter().all(|stray| !stray.what.contains("$6$") && !stray.what.contains("rl0u")));
    }

    #[test]
    fn in_place_what_a_line_says_must_fit_the_home() {
        let passwd = "a:x:7:8::/home/bob/mail/example.com/a:/h\nb:x:1:8::/home2/bob/mail/example.com/b:/h\n";
        let files = DomainFiles { passwd: Some(passwd.into()), ..DomainFiles::default() };
        let mut survey = Survey { strays: Strays::of(true), ..Survey::default() };
        let account = account();
        read(&account.domain, &files, &mut survey, (&account, true));
        let (strays, _) = survey.strays.into_list();
        let odd = strays.iter().filter(|stray| stray.kind == StrayKind::Fields).map(|stray| stray.line);
        assert_eq!(odd.collect::<Vec<_>>(), [Some(2), Some(2)]);
    }
}
