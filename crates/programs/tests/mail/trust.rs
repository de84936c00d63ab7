//! A home belongs to its customer: what he writes there opens nothing and holds nobody up.

use std::time::{Duration, Instant};

use crate::common::mailhost::{MailHost, PASSWORD};
use rustix::fs::{CWD, FileType, Mode, mknodat};

const USER: &str = "user@example.com";
const FRIEND: &str = "friend@example.org";

/// Names that are no mailbox's, though some are the names of files.
const NOBODY: [&str; 14] = [
    "user",
    "user@example.net",
    "@example.com",
    "../other/user@example.com",
    "user@../domains/example.com",
    "user@..",
    "..@example.com",
    "user:x@example.com",
    "userdomains",
    "../userdomains",
    "bob@example.com",
    "example.com",
    "%",
    "root",
];

/// Changes one of the files of example.com in place.
fn rewrite(host: &MailHost, name: &str, change: impl Fn(&str) -> String) {
    let path = host.store.file(name);
    let old = std::fs::read_to_string(&path).unwrap();
    let new = change(&old);
    assert_ne!(old, new, "{name} was to change");
    std::fs::write(path, new).unwrap();
}

#[test]
fn of_a_home_only_name_and_hash_are_believed() {
    let host = MailHost::start("dlvt");
    assert_eq!(host.exim.send(USER, "for the user").code, 250);
    assert_eq!(host.exim.send(FRIEND, "for the friend").code, 250);
    host.exim.run_queue();
    for login in ["user@example.com", "USER@Example.Com", "user%example.com", "user+example.com"] {
        assert_eq!(host.copies(login, "for the user"), 1, "{login}");
    }
    // Each refusal takes Dovecot half a second, so all at once.
    let dovecot = &host.dovecot;
    std::thread::scope(|scope| {
        for login in NOBODY {
            scope.spawn(move || assert!(!dovecot.auth(login, PASSWORD), "{login}"));
        }
    });

    // Further fields, as Dovecot's own files may have them: another mailbox, root, another place.
    let extra = "user=friend@example.org userdb_uid=0 userdb_home=/tmp nopassword=y";
    rewrite(&host, "shadow", |text| {
        let line = text.lines().find(|line| line.starts_with("user:")).unwrap();
        let hash = line.split(':').nth(1).unwrap();
        text.replace(line, &format!("user:{hash}:::::::{extra}"))
    });
    rewrite(&host, "passwd", |text| {
        let line = text.lines().find(|line| line.starts_with("user:")).unwrap();
        text.replace(line, "user:x:0:0::/tmp:/tmp:uid=0 home=/tmp")
    });
    assert_eq!(host.copies(USER, "for the user"), 1);
    assert_eq!(host.copies(USER, "for the friend"), 0);
    assert!(!host.dovecot.imap(USER, "Any-Other-Password-1"));
    assert_eq!(host.exim.send(USER, "still at home").code, 250);
    host.exim.run_queue();
    assert_eq!(host.copies(USER, "still at home"), 1);

    // A name that leads to another mailbox's folder.
    let path = "../example.org/friend";
    for name in ["passwd", "shadow"] {
        rewrite(&host, name, |text| {
            let line = text.lines().find(|line| line.starts_with("other:")).unwrap();
            format!("{text}{path}{}\n", line.strip_prefix("other").unwrap())
        });
    }
    assert!(!host.dovecot.auth(&format!("{path}@example.com"), PASSWORD));
    assert_eq!(host.exim.send(&format!("{path}@example.com"), "for the friend").code, 550);

    // Hashes that would let everybody in, or name a scheme of their own.
    for hash in ["", "{PLAIN}Some-Password-1", "*", "!"] {
        rewrite(&host, "shadow", |text| {
            let line = text.lines().find(|line| line.starts_with("user:")).unwrap();
            text.replace(line, &format!("user:{hash}:1::::::"))
        });
        assert!(!host.dovecot.auth(USER, PASSWORD), "{hash:?}");
    }
}

#[test]
fn a_fifo_in_place_of_a_file_holds_nobody_up() {
    let host = MailHost::start("dlvf");
    for name in ["passwd", "shadow", "quota"] {
        let path = host.store.file(name);
        let kept = path.with_extension("kept");
        let had = std::fs::rename(&path, &kept).is_ok();
        mknodat(CWD, &path, FileType::Fifo, Mode::from_raw_mode(0o666), 0).unwrap();
        let start = Instant::now();
        assert!(!host.dovecot.imap(USER, PASSWORD), "{name}");
        let reply = host.exim.send(USER, "lost");
        let expected = if name == "passwd" { 550 } else { 250 };
        assert_eq!(reply.code, expected, "{name}: {reply:?}");
        assert!(host.dovecot.imap(FRIEND, PASSWORD), "another domain, while {name} is a FIFO");
        assert_eq!(host.exim.send(FRIEND, "meanwhile").code, 250);
        assert!(start.elapsed() < Duration::from_secs(15), "{name}: {:?}", start.elapsed());
        std::fs::remove_file(&path).unwrap();
        if had {
            std::fs::rename(&kept, &path).unwrap();
        }
    }
    assert!(host.dovecot.imap(USER, PASSWORD));
    host.exim.run_queue();
    assert_eq!(host.copies(FRIEND, "meanwhile"), 3);
}
