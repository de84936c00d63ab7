//! Mailboxes whose names hold capital letters: mail programs log in in lower case, so that is how they are imported,
//! with their mail, hash, limit and settings. Of two names that differ by case only, one gets another name.

use std::collections::{BTreeMap, BTreeSet};

use super::anomaly::{AnomalyKind, Treatment, Unserved};
use super::moves::Moves;
use super::passwd;
use super::survey::{DomainFiles, Survey};
use crate::store::home::lines;
use crate::store::{Domain, LocalPart};

/// Longest name with which mail arrives.
const MAX: usize = 64;

/// Gives the names of a domain's mailboxes their small letters, in its files and in what is to be copied.
pub(super) fn lower(domain: &Domain, files: &mut DomainFiles, survey: &mut Survey, moves: &mut Moves) {
    let old = names(files.passwd.as_deref().unwrap_or_default());
    let new = new_names(domain, &old, survey);
    if let Some(file) = &mut files.passwd {
        *file = renamed_passwd(file, &new);
    }
    for (name, file) in [("shadow", &mut files.shadow), ("quota", &mut files.quota)] {
        let place = format!("etc/{domain}/{name}");
        *file = renamed_lines(file, &new, |line, key| {
            let what = format!("a line of “{}”, which another mailbox is called now", key.escape_debug());
            survey.anomalies.add((&place, Some(line)), AnomalyKind::Duplicate, what, Treatment::Commented);
        });
    }
    move_mail(domain, &new, survey, moves);
    moves.settings.insert(domain.to_string(), new);
}

/// The usable names of a `passwd`, each once and with its line, in their order.
fn names(passwd: &[u8]) -> Vec<(usize, String)> {
    let mut seen = BTreeSet::new();
    let all = passwd.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.starts_with(b"#"));
    let names = all.filter_map(|(index, line)| {
        let name = std::str::from_utf8(lines::fields(line).next()?).ok()?;
        LocalPart::existing(name).ok().map(|_| (index + 1, name.to_owned()))
    });
    names.filter(|(_, name)| seen.insert(name.clone())).collect()
}

/// The new name of each; those that differ from the old one are told.
fn new_names(domain: &Domain, old: &[(usize, String)], survey: &mut Survey) -> BTreeMap<String, String> {
    let small = |name: &str| name.to_ascii_lowercase();
    let mut taken: BTreeSet<String> =
        old.iter().filter(|(_, n)| *n == small(n)).map(|(_, n)| n.clone()).collect();
    let mut new: BTreeMap<String, String> = taken.iter().map(|name| (name.clone(), name.clone())).collect();
    for &(number, ref name) in old.iter().filter(|(_, name)| *name != small(name)) {
        let wanted = small(name);
        let free = (1..).map(|number| numbered(&wanted, number)).find(|name| !taken.contains(name));
        let free = free.unwrap_or_else(|| wanted.clone());
        let (shown, sees) = (name.escape_debug(), "the login name in lower case");
        let address = format!("{free}@{domain}");
        let (what, sees) = if free == wanted {
            (format!("“{shown}” has capital letters; it is “{free}” here"), sees)
        } else {
            let what = format!(
                "“{shown}” and “{wanted}” differ by capital letters only, which mail does not tell apart; “{shown}” is “{free}” here"
            );
            (what, "another login name and address; mail to the old one is the other mailbox's")
        };
        let place = format!("etc/{domain}/passwd");
        let (kind, done) = (AnomalyKind::Name, Treatment::RenamedLowerCase);
        survey.anomalies.unserved(Unserved {
            place: (&place, Some(number)),
            mailbox: Some(&address),
            kind,
            what,
            sees,
            done,
        });
        taken.insert(free.clone());
        new.insert(name.clone(), free);
    }
    new
}

fn numbered(name: &str, number: usize) -> String {
    if number == 1 {
        return name.to_owned();
    }
    let suffix = format!("-{number}");
    let mut kept = name.to_owned();
    while kept.len() + suffix.len() > MAX && kept.pop().is_some() {}
    kept + &suffix
}

/// The lines of a file, without their line feeds; every byte comes back by joining them.
fn split(file: &[u8]) -> impl Iterator<Item = &[u8]> {
    file.split(|byte| *byte == b'\n')
}

fn key(line: &[u8]) -> Option<&str> {
    std::str::from_utf8(lines::fields(line).next()?).ok()
}

fn renamed_passwd(file: &[u8], new: &BTreeMap<String, String>) -> Vec<u8> {
    let line = |line: &[u8]| {
        let Some((old, new)) = key(line).and_then(|name| new.get_key_value(name)) else {
            return line.to_vec();
        };
        let mut fields: Vec<Vec<u8>> = line.split(|byte| *byte == b':').map(<[u8]>::to_vec).collect();
        fields[0] = new.as_bytes().to_vec();
        let folder = passwd::mail_folder(line).and_then(|folder| folder.rsplit_once('/'));
        if folder.is_some_and(|(_, last)| last != new && last.eq_ignore_ascii_case(old))
            && let Some(home) = fields.get_mut(passwd::HOME)
        {
            let end = home.iter().rposition(|byte| !b"/\r".contains(byte)).map_or(0, |last| last + 1);
            home.splice(end.saturating_sub(old.len())..end, new.bytes());
        }
        fields.join(&b':')
    };
    split(file).map(line).collect::<Vec<_>>().join(&b'\n')
}

/// The lines of `shadow` or `quota` under the new names. A mailbox without a line of its own name gets the one that
/// differs from it by case only; what is in the way of a new name becomes a comment.
fn renamed_lines(file: &[u8], new: &BTreeMap<String, String>, mut tell: impl FnMut(usize, &str)) -> Vec<u8> {
    let keys: BTreeSet<&str> = split(file).filter_map(key).collect();
    let mut by_key: BTreeMap<&str, &str> = BTreeMap::new();
    for (old, new) in new.iter().filter(|(old, _)| keys.contains(old.as_str())) {
        by_key.insert(old, new);
    }
    let without_line = new.iter().filter(|(old, _)| !keys.contains(old.as_str()));
    for (_, new) in without_line {
        let other = keys.iter().find(|key| key.eq_ignore_ascii_case(new) && !by_key.contains_key(*key));
        if let Some(other) = other {
            by_key.insert(other, new);
        }
    }
    let taken: BTreeSet<&str> = by_key.values().copied().collect();
    let lines = split(file).enumerate().map(|(index, line)| match key(line) {
        Some(name) if by_key.contains_key(name) => [by_key[name].as_bytes(), &line[name.len()..]].concat(),
        Some(name) if taken.contains(name) => {
            tell(index + 1, name);
            [b"#", line].concat()
        }
        _ => line.to_vec(),
    });
    lines.collect::<Vec<_>>().join(&b'\n')
}

/// Mail goes where the new name looks for it; a folder of nobody that is in the way makes room.
fn move_mail(domain: &Domain, new: &BTreeMap<String, String>, survey: &mut Survey, moves: &mut Moves) {
    let place = |name: &str| format!("{domain}/{name}");
    let mut to = BTreeMap::new();
    for (old, new) in new.iter().filter(|(old, new)| old != new) {
        if survey.has_mail(&place(old)) {
            to.insert(place(old), place(new));
        }
    }
    let names: BTreeSet<&str> = new.values().map(String::as_str).collect();
    let above = place("");
    let others: Vec<String> = survey.mail_places().filter(|folder| folder.starts_with(&above)).collect();
    let mut targets: BTreeSet<String> = to.values().cloned().collect();
    for folder in others {
        let name = &folder[above.len()..];
        let wanted = place(&name.to_ascii_lowercase());
        let is_free = |place: &String| !targets.contains(place) && !survey.has_mail(place);
        if to.contains_key(&folder) || (names.contains(name) && !targets.contains(&folder)) {
            continue;
        }
        let target = if names.contains(&wanted[above.len()..]) && folder != wanted && is_free(&wanted) {
            // Only the folder has capitals.
            Some(wanted)
        } else if targets.contains(&folder) {
            (2..).map(|number| place(&numbered(name, number))).find(is_free)
        } else {
            None
        };
        if let Some(target) = target {
            targets.insert(target.clone());
            to.insert(folder, target);
        }
    }
    survey.rename_mail(&to);
    moves.mailboxes.extend(to);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lowered(passwd: &str, shadow: &str, folders: &[&str]) -> (String, String, Vec<String>, Moves, usize) {
        let domain = Domain::parse("example.com").unwrap();
        let mut files = DomainFiles {
            passwd: Some(passwd.as_bytes().to_vec()),
            shadow: shadow.as_bytes().to_vec(),
            quota: Vec::new(),
        };
        let mut survey = Survey::default();
        survey.mail_folders.extend(folders.iter().map(|name| format!("example.com/{name}")));
        let mut moves = Moves::default();
        lower(&domain, &mut files, &mut survey, &mut moves);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let left =
            survey.mail_folders.iter().map(|folder| folder["example.com/".len()..].to_owned()).collect();
        let told = survey.anomalies.into_list().0.len();
        (text(files.passwd.unwrap()), text(files.shadow), left, moves, told)
    }

    #[test]
    fn a_name_with_capitals_gets_small_ones_everywhere() {
        let line =
            |name: &str, folder: &str| format!("{name}:x:1:2::/home/a/mail/example.com/{folder}:/home/a");
        let (passwd, shadow, folders, moves, told) = lowered(
            &format!("#c\n{}\r\n{}\n", line("Big.Name", "Big.Name"), line("sales", "sales")),
            "Big.Name:h1:1\nsales:h2:1\n",
            &["Big.Name", "sales"],
        );
        assert_eq!(passwd, format!("#c\n{}\r\n{}\n", line("big.name", "big.name"), line("sales", "sales")));
        assert_eq!((shadow.as_str(), told), ("big.name:h1:1\nsales:h2:1\n", 1));
        assert_eq!(folders, ["big.name", "sales"]);
        assert_eq!(moves.setting(b"example.com", b"Big.Name"), Some("big.name"));
    }

    #[test]
    fn of_two_that_differ_by_case_neither_is_lost() {
        let (passwd, shadow, folders, moves, told) = lowered(
            "Ann:x:1:2::/h/mail/example.com/Ann:/h\nann:x:1:2::/h/mail/example.com/ann:/h\nANN:x:1:2::/h/mail/example.com/ANN:/h\n",
            "ann:h1:1\nANN:h3:1\nAnn:h2:1",
            &["Ann", "ann", "ANN"],
        );
        assert_eq!(
            passwd,
            "ann-2:x:1:2::/h/mail/example.com/ann-2:/h\nann:x:1:2::/h/mail/example.com/ann:/h\nann-3:x:1:2::/h/mail/example.com/ann-3:/h\n"
        );
        assert_eq!(shadow, "ann:h1:1\nann-3:h3:1\nann-2:h2:1");
        assert_eq!((folders.as_slice(), told), (&["ann".to_owned(), "ann-2".into(), "ann-3".into()][..], 2));
        assert_eq!(moves.mailboxes["example.com/Ann"], "example.com/ann-2");
    }

    #[test]
    fn lines_and_folders_of_other_case_belong_to_the_mailbox() {
        let (_, shadow, folders, ..) =
            lowered("sales:x:1:2::/h/mail/example.com/sales:/h\n", "Sales:h1:1\n", &["Sales"]);
        assert_eq!((shadow.as_str(), folders.as_slice()), ("sales:h1:1\n", &["sales".to_owned()][..]));
        let (_, shadow, folders, ..) = lowered(
            "Sales:x:1:2::/h/mail/example.com/Sales:/h\n",
            "sales:stray:1\nSales:h1:1\n",
            &["Sales", "sales"],
        );
        assert_eq!(shadow, "#sales:stray:1\nsales:h1:1\n");
        assert_eq!(folders, ["sales", "sales-2"]);
    }
}
