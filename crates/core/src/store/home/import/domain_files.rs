//! What the three files of a domain say: its mailboxes, and what is odd about their lines.

use std::collections::BTreeSet;
use std::path::Path;

use super::anomaly::{Anomalies, AnomalyKind, Treatment};
use super::mail_root::ForeignFormat;
use super::passwd;
use super::reading::{FEWEST, Reading};
use super::report::{LoginState, MailboxReport};
use super::survey::{DomainFiles, Survey, place_of_mail};
use crate::store::home::lines;
use crate::store::{Account, Domain, LocalPart, Quota};

/// The mailboxes that a domain's files name.
#[derive(Debug, Default)]
pub(super) struct DomainMailboxes {
    pub(super) mailboxes: Vec<MailboxReport>,
    /// Their mail folders below `mail`, those in Dovecot's own formats left out.
    pub(super) mail_folders: Vec<String>,
}

/// Reads them. `in_place` holds the home whose lines are not going to be changed.
pub(super) fn read(
    domain: &Domain,
    files: &DomainFiles,
    survey: &mut Survey,
    (account, in_place): (&Account, bool),
) -> DomainMailboxes {
    let passwd = files.passwd.as_deref().unwrap_or_default();
    let mut anomalies = std::mem::take(&mut survey.anomalies);
    let place = |file: &str| format!("etc/{domain}/{file}");
    let mut reading = Reading { anomalies: &mut anomalies, file: place("passwd") };
    let names = reading.names(passwd);
    reading.file = place("shadow");
    let hashes = reading.hashes(&files.shadow, &names);
    reading.file = place("quota");
    let quotas = reading.quotas(&files.quota, &names);
    let mut found = DomainMailboxes::default();
    for (name, line) in &names {
        let at = place("passwd");
        let at = (at.as_str(), Some(line.number));
        let hash = hashes.get(name);
        if hash.is_none() {
            anomalies.add(at, AnomalyKind::NoPassword, no_hash(name, line.bytes), Treatment::NoLogin);
        }
        let (scheme, mut state) = hash.copied().unwrap_or(("none", LoginState::NoPassword));
        let folder = passwd::mail_folder(line.bytes).map_or_else(
            || {
                let what = format!("the mail folder of “{name}” is not below a home's mail");
                let done = if in_place { Treatment::Kept } else { Treatment::FolderMade };
                anomalies.add(at, AnomalyKind::Fields, what, done);
                format!("{domain}/{name}")
            },
            str::to_owned,
        );
        if line.fields < FEWEST || !LocalPart::is_served(name) {
            state = LoginState::Unusable;
        }
        if in_place {
            foreign_fields(line.bytes, account, &mut anomalies, at);
        }
        if is_maildir(name, &folder, survey, &mut anomalies) {
            found.mail_folders.push(folder);
        }
        let quota = quotas.get(name).copied().unwrap_or(Quota::UNLIMITED);
        found.mailboxes.push(MailboxReport { name: name.clone(), scheme, state, quota });
    }
    let known: BTreeSet<String> = names.iter().map(|(name, _)| format!("{domain}/{name}")).collect();
    let known = |folder: &String| known.contains(folder) || found.mail_folders.contains(folder);
    tell_orphans(domain, survey, &mut anomalies, known);
    survey.anomalies = anomalies;
    found
}

/// Whether a mailbox's mail is in a Maildir, or will be; mail in another format and a missing folder are told.
fn is_maildir(name: &str, folder: &str, survey: &Survey, anomalies: &mut Anomalies) -> bool {
    let mail = place_of_mail(folder);
    // Elsewhere it is told in which format it is.
    if let Some(root) = survey.mail_roots.get(folder)
        && !root.has_maildir
        && !root.foreign().is_empty()
    {
        return root.foreign() == [ForeignFormat::Mbox];
    }
    if !survey.mail_folders.contains(folder) {
        let what = format!("“{name}” has no mail folder");
        anomalies.add((&mail, None), AnomalyKind::NoMailFolder, what, Treatment::FolderMade);
    }
    true
}

/// Tells which mail folders of a domain belong to no mailbox.
fn tell_orphans(
    domain: &Domain,
    survey: &Survey,
    anomalies: &mut Anomalies,
    is_known: impl Fn(&String) -> bool,
) {
    let of_domain = format!("{domain}/");
    let folders = survey.mail_folders.iter().filter(|folder| folder.starts_with(&of_domain));
    for folder in folders.filter(|folder| !is_known(folder)) {
        let what = "a mail folder of no mailbox";
        let place = place_of_mail(folder);
        anomalies.add((&place, None), AnomalyKind::MailFolder, what, Treatment::CopiedNotListed);
    }
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
fn foreign_fields(line: &[u8], account: &Account, anomalies: &mut Anomalies, at: (&str, Option<usize>)) {
    let fields: Vec<_> = lines::fields(line).map(String::from_utf8_lossy).collect();
    let (Some(uid), Some(gid), Some(home)) = (fields.get(2), fields.get(3), fields.get(5)) else { return };
    if **uid != account.uid.to_string() || **gid != account.gid.to_string() {
        let what = "uid and gid are not those of the home's owner";
        anomalies.add(at, AnomalyKind::Fields, what, Treatment::Kept);
    }
    if !Path::new(home.as_ref()).starts_with(&account.home) {
        let what = "its mail folder is not in this home";
        anomalies.add(at, AnomalyKind::Fields, what, Treatment::Kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::home::import::passwd::tests::account;

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
        survey.mail_roots.entry("example.com/des".into()).or_default().marked(b"mdbox");
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
        let (anomalies, _) = survey.anomalies.into_list();
        let told: Vec<_> = anomalies
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
                "orphan:0 mail-folder",
                "short:0 no-mail-folder",
            ]
        );
        assert!(
            anomalies.iter().all(|anomaly| !anomaly.what.contains("$6$") && !anomaly.what.contains("rl0u"))
        );
    }

    #[test]
    fn in_place_what_a_line_says_must_fit_the_home() {
        let passwd = "a:x:7:8::/home/bob/mail/example.com/a:/h\nb:x:1:8::/home2/bob/mail/example.com/b:/h\n";
        let files = DomainFiles { passwd: Some(passwd.into()), ..DomainFiles::default() };
        let mut survey = Survey { anomalies: Anomalies::of(true), ..Survey::default() };
        let account = account();
        read(&account.domain, &files, &mut survey, (&account, true));
        let (anomalies, _) = survey.anomalies.into_list();
        let odd = anomalies
            .iter()
            .filter(|anomaly| anomaly.kind == AnomalyKind::Fields)
            .map(|anomaly| anomaly.line);
        assert_eq!(odd.collect::<Vec<_>>(), [Some(2), Some(2)]);
    }
}
