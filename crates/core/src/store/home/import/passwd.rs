//! Lines of a domain's `passwd` on their way to another home: uid, gid and mail folder change, every
//! other byte stays.

use crate::base::files::Splice;
use crate::store::home::lines;
use crate::store::{Account, Domain};

/// Positions of fields, from 0.
const UID: usize = 2;
const GID: usize = 3;
pub(super) const HOME: usize = 5;
/// What stands between a home and a mail folder.
const MAIL: &str = "/mail/";

/// Where a line's mail is below the home, by its field 6: what stands behind `/mail/`. The home before it
/// may be any (`/home2/…`), so it is not compared. Nothing if there is no such part, or it leads elsewhere.
pub(super) fn mail_folder(line: &[u8]) -> Option<&str> {
    let field = std::str::from_utf8(lines::fields(line).nth(HOME)?).ok()?;
    // A domain is never called `mail`, a mailbox may be: the last one that leaves two steps or more counts.
    let mut end = field.len();
    let rest = loop {
        let at = field[..end].rfind(MAIL)? + 1;
        let rest = field[at + MAIL.len() - 1..].trim_end_matches('/');
        if rest.contains('/') {
            break rest;
        }
        // Two of them may share a slash.
        end = at + MAIL.len() - 2;
    };
    let plain = |step: &str| !step.is_empty() && step != "." && step != "..";
    let safe = rest.split('/').all(plain) && !rest.contains(|c: char| c.is_control() || c == '%');
    safe.then_some(rest)
}

/// The changes for all lines of a file. A line whose mail folder cannot be told gets that of its name.
pub(super) fn moved(file: &[u8], domain: &Domain, account: &Account) -> Vec<Splice> {
    let mut splices = Vec::new();
    let mut start = 0;
    for whole in file.split_inclusive(|byte| *byte == b'\n') {
        let line = whole.strip_suffix(b"\n").unwrap_or(whole);
        let fields: Vec<&[u8]> = lines::fields(line).collect();
        if fields.len() > HOME && !line.starts_with(b"#") {
            let starts: Vec<usize> = fields
                .iter()
                .scan(start, |at, field| {
                    let this = *at;
                    *at += field.len() + 1;
                    Some(this)
                })
                .collect();
            let name = String::from_utf8_lossy(fields[0]);
            let own = format!("{domain}/{name}");
            let folder = mail_folder(line).unwrap_or(if name.contains('/') { domain.as_str() } else { &own });
            splices.push(Splice {
                range: starts[UID]..starts[GID] + fields[GID].len(),
                insert: format!("{}:{}", account.uid, account.gid).into_bytes(),
            });
            splices.push(Splice {
                range: starts[HOME]..starts[HOME] + fields[HOME].len(),
                insert: format!("{}/mail/{folder}", account.home).into_bytes(),
            });
        }
        start += whole.len();
    }
    splices
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::base::files::pieces;
    use crate::store::{AccountName, Limits, Terms};

    /// An account of uid 7, gid 8, in /home/bob.
    pub(crate) fn account() -> Account {
        Account {
            name: AccountName::existing("bob").unwrap(),
            domain: Domain::parse("example.com").unwrap(),
            home: "/home/bob".into(),
            uid: 7,
            gid: 8,
            mail_gid: 9,
            suspended: false,
            suspended_since: 0,
            suspend_reason: String::new(),
            created: 0,
            id: String::new(),
            suspensions: 0,
            limits: Limits::NONE,
            terms: Terms::default(),
        }
    }

    #[test]
    fn the_part_behind_mail() {
        for (home, folder) in [
            ("/home/alice/mail/example.com/sales", Some("example.com/sales")),
            ("/home2/alice/mail/example.com/sales/", Some("example.com/sales")),
            ("/home/mail/mail/example.com/mail", Some("example.com/mail")),
            ("/var/mail/home/x/mail/example.com/a", Some("example.com/a")),
            ("/home/alice/mail", None),
            ("/home/alice/elsewhere", None),
            ("/home/alice/mail/../../bob/mail/x/../y", None),
            ("/home/alice/mail/example.com/..", None),
            ("/home/alice/mail/example.com/%n", None),
            ("", None),
        ] {
            assert_eq!(mail_folder(format!("sales:x:1:2::{home}:/bin/sh\r").as_bytes()), folder, "{home}");
        }
        assert_eq!(mail_folder(b"sales:x:1:2"), None);
    }

    #[test]
    fn ids_and_folder_change_and_nothing_else() {
        let account = Account { home: "/srv/bob".into(), ..account() };
        let old = b"#a:x:1:2::/home/a/mail/example.com/a:/h\n\nshort:x:1:2\na:x:1:2:c\xff:/home2/a/mail/example.com/a:/bin/bash:extra\r\nb:hash:0:0::/nowhere:/h\nA:x:1:2::/home/a/mail/example.com/A";
        let new = pieces(old, &moved(old, &account.domain, &account)).concat();
        let expected = b"#a:x:1:2::/home/a/mail/example.com/a:/h\n\nshort:x:1:2\na:x:7:8:c\xff:/srv/bob/mail/example.com/a:/bin/bash:extra\r\nb:hash:7:8::/srv/bob/mail/example.com/b:/h\nA:x:7:8::/srv/bob/mail/example.com/A";
        assert_eq!(new, expected, "{}", String::from_utf8_lossy(&new));
    }
}
