//! What an import brings, a real Dovecot shows: compressed messages, folders of any name, converted mailboxes.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::cpanel::{OldServer, SALES, imported, refused, stray, unprivileged};
use crate::common::dovecot::{Dovecot, is_2_4};
use crate::common::imap::Imap;
use crate::common::{Store, UNPRIVILEGED, is_root, must};

const ADDRESS: &str = "sales@example.com";

/// The session of a mailbox whose old password opens it.
fn open(dovecot: &Dovecot) -> Imap {
    dovecot.open(ADDRESS, SALES.0).expect("the old password")
}

/// A message with that subject, and how long it is.
fn message(subject: &str) -> String {
    format!("From: x@example.org\r\nSubject: {subject}\r\n\r\n{}\r\n", "compressed well, ".repeat(100))
}

/// What a program makes of a text.
fn packed(program: &str, text: &str) -> Vec<u8> {
    let mut child =
        Command::new(program).arg("-c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
    child.wait_with_output().unwrap().stdout
}

#[test]
fn compressed_messages_are_readable_under_both_configurations() {
    let store = Store::empty("dlvz");
    let old = OldServer::to_stay(&store);
    let cur = old.home().join("mail/example.com/sales/cur");
    std::fs::remove_file(cur.join("1700000000.M1.old,S=5:2,S")).unwrap();
    // Dovecot 2.4 has lost xz.
    let programs: &[&str] =
        if is_2_4() { &["gzip", "bzip2", "zstd"] } else { &["gzip", "bzip2", "xz", "zstd"] };
    for (index, program) in programs.iter().enumerate() {
        for (size, flags) in [(true, "S"), (true, "SZ"), (false, "S")] {
            let text = message(&format!("{program} {size} {flags}"));
            let said = if size { format!(",S={},W={}", text.len(), text.len()) } else { String::new() };
            let name = format!("17000000{index}{}.M1P{}.host{said}:2,{flags}", u8::from(size), flags.len());
            std::fs::write(cur.join(name), packed(program, &text)).unwrap();
        }
    }
    old.settle();
    let report = imported(&store, &old.home(), &[]);
    let told = stray(&report, "compressed", "mail/example.com/sales");
    assert!(told["done"].as_str().unwrap().contains("zlib"), "{told}");
    for dovecot in [Dovecot::start, Dovecot::hosting] {
        let dovecot = dovecot(&store);
        let messages = open(&dovecot).messages();
        assert_eq!(messages.len(), programs.len() * 3);
        for program in programs {
            let whole = |message: &&String| {
                message.contains(&format!("Subject: {program} "))
                    && message.ends_with("compressed well, \r\n")
            };
            assert_eq!(messages.iter().filter(whole).count(), 3, "{program}: {messages:?}");
        }
    }
}

#[test]
fn folders_with_names_in_utf_8_are_listed_and_selected() {
    let store = Store::empty("dlvu");
    let old = OldServer::to_stay(&store);
    old.account_file("UTF8MAILBOX=1\n");
    for (folder, subject) in [
        ("Entwürfe", "draft"),
        ("日本語.Büro", "office"),
        ("R&D", "research"),
        ("Entw&APw-rfe", "encoded"),
        ("Plain", "plain"),
    ] {
        old.write(&format!("mail/example.com/sales/.{folder}/cur/1.M1.host:2,S"), &message(subject));
        for more in ["new", "tmp"] {
            std::fs::create_dir_all(old.home().join(format!("mail/example.com/sales/.{folder}/{more}")))
                .unwrap();
        }
    }
    old.write("mail/example.com/sales/subscriptions", "V\t2\n\nEntwürfe\n日本語\tBüro\nPlain\n");
    // A cache of the old names.
    old.write("mail/example.com/sales/dovecot.list.index.log", "stale");
    old.settle();
    imported(&store, &old.home(), &[]);
    let home = store.root.join("alice/mail/example.com/sales");
    assert!(home.join(".&ZeVnLIqe-.B&APw-ro").is_dir() && !home.join(".Entwürfe").exists());
    for (dovecot, prefix) in [(Dovecot::start as fn(&Store) -> Dovecot, ""), (Dovecot::hosting, "INBOX.")] {
        let dovecot = dovecot(&store);
        let mut imap = open(&dovecot);
        let listed = imap.list();
        for (folder, subject) in [
            ("Entw&APw-rfe", "encoded"),
            ("Entw&APw-rfe (2)", "draft"),
            ("&ZeVnLIqe-.B&APw-ro", "office"),
            ("R&-D", "research"),
            ("Plain", "plain"),
        ] {
            let name = format!("{prefix}{folder}");
            assert!(listed.contains(&name), "{name}: {listed}");
            let messages = imap.messages_in(&name);
            assert!(
                messages.len() == 1 && messages[0].contains(&format!("Subject: {subject}\r\n")),
                "{name}: {messages:?}"
            );
        }
        let subscribed = imap.subscribed();
        assert!(subscribed.contains("&ZeVnLIqe-.B&APw-ro") && subscribed.contains("Plain"), "{subscribed}");
    }
}

/// Saves messages in another format by Dovecot's own program, as the owner of the mail.
fn saved(store: &Store, folder: &Path, format: &str) {
    let work = store.dir.join("made");
    let _ = std::fs::remove_dir_all(&work);
    std::fs::create_dir_all(work.join("run")).unwrap();
    let config = work.join("dovecot.conf");
    let (first, place, asks_nobody) = if is_2_4() {
        let place = format!("mail_driver = {format}\nmail_path = ~/mail\nmail_home = %{{env:HOME}}");
        ("dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n", place, "--no-userdb-lookup")
    } else {
        ("", format!("mail_location = {format}:~/mail"), "")
    };
    let text = format!(
        "{first}base_dir = {0}/run\nlog_path = /dev/stderr\nfirst_valid_uid = 1\nprotocols =\nssl = no\nstats_writer_socket_path =\n{place}\nnamespace inbox {{\n  inbox = yes\n  separator = /\n}}\n",
        work.display()
    );
    std::fs::write(&config, text).unwrap();
    if is_root() {
        must(Command::new("chown").args(["-R", UNPRIVILEGED]).arg(&work));
    }
    let script = "save() { printf 'Subject: %s\\n\\nbody\\n' $1 | doveadm -c \"$0\" save $NOBODY -m \"$2\"; }; save one INBOX; save two INBOX; doveadm -c \"$0\" mailbox create $NOBODY 'Entwürfe' Work/2004; save draft 'Entwürfe'; save old Work/2004";
    let mut shell = if is_root() { Command::new("setpriv") } else { Command::new("env") };
    if is_root() {
        let (uid, gid) = unprivileged();
        shell.args([&format!("--reuid={uid}"), &format!("--regid={gid}"), "--clear-groups", "env"]);
    }
    shell.env("HOME", &work).env("USER", "x").env("NOBODY", asks_nobody);
    must(shell.args(["sh", "-ec", script]).arg(&config));
    must(Command::new("cp").arg("-rT").arg(work.join("mail")).arg(folder));
}

#[test]
fn mail_in_other_formats_becomes_a_maildir_where_that_is_asked_for() {
    for (index, format) in ["mdbox", "sdbox", "mbox", "mdbox beside a Maildir"].into_iter().enumerate() {
        let store = Store::empty(&format!("dlvc{index}"));
        let old = OldServer::to_stay(&store);
        let mail = old.home().join("mail/example.com/sales");
        let beside = format.ends_with("Maildir");
        if !beside {
            std::fs::remove_dir_all(&mail).unwrap();
        }
        std::fs::create_dir_all(&mail).unwrap();
        let kind = format.split(' ').next().unwrap();
        if kind == "mbox" {
            let text = |subjects: &[&str]| -> String {
                subjects
                    .iter()
                    .map(|s| format!("From x@example.org Mon Nov 30 08:00:00 2026\nSubject: {s}\n\nbody\n\n"))
                    .collect()
            };
            std::fs::create_dir_all(mail.join("Work")).unwrap();
            std::fs::write(mail.join("inbox"), text(&["one", "two"])).unwrap();
            std::fs::write(mail.join("Entw&APw-rfe"), text(&["draft"])).unwrap();
            std::fs::write(mail.join("Work/2004"), text(&["old"])).unwrap();
        } else {
            saved(&store, &mail, kind);
        }
        std::fs::write(mail.join("maildirsize"), "1S\n1 1\n").unwrap();
        old.settle();
        let path = std::env::var("PATH").unwrap();
        let without = |path: &str| {
            let mut command = store.command(crate::common::program("liveapi"));
            let output = command
                .arg("import")
                .arg(old.home())
                .args(["--convert-mail", "--dry-run", "--output=json"])
                .env("PATH", path);
            crate::common::json(&output.output().unwrap())
        };
        let told = stray(&without("/nonexistent"), kind, "mail/example.com/sales").clone();
        assert!(told["done"].as_str().unwrap().contains("install dovecot-core"), "{told}");
        let told = stray(&without(&path), kind, "mail/example.com/sales").clone();
        assert!(told["done"].as_str().unwrap().contains("made a Maildir by doveadm"), "{told}");
        let told =
            stray(&imported(&store, &old.home(), &["--dry-run"]), kind, "mail/example.com/sales").clone();
        assert!(told["done"].as_str().unwrap().contains("--convert-mail"), "{told}");
        imported(&store, &old.home(), &["--convert-mail"]);
        let home = store.root.join("alice");
        for gone in [
            ".convert",
            "mail/example.com/sales/storage",
            "mail/example.com/sales/mailboxes",
            "mail/example.com/sales/inbox",
            "mail/example.com/sales/maildirsize",
        ] {
            assert!(!home.join(gone).exists(), "{format}: {gone}");
        }
        let dovecot = Dovecot::start(&store);
        let mut imap = open(&dovecot);
        let inbox = imap.messages();
        let has = |messages: &[String], subject: &str| {
            messages.iter().any(|message| message.contains(&format!("Subject: {subject}\r\n")))
        };
        assert!(has(&inbox, "one") && has(&inbox, "two"), "{format}: {inbox:?}");
        assert_eq!(inbox.len(), if beside { 3 } else { 2 }, "{format}: {inbox:?}");
        assert!(has(&imap.messages_in("Entw&APw-rfe"), "draft"), "{format}");
        assert!(has(&imap.messages_in("Work.2004"), "old"), "{format}");
        if beside {
            assert_eq!(imap.messages_in("Sent").len(), 1, "what was a Maildir stays");
        }
    }
}

#[test]
fn what_cannot_be_converted_is_refused_and_nothing_has_changed() {
    let store = Store::empty("dlvcx");
    let old = OldServer::to_stay(&store);
    old.write("mail/example.com/sales/storage/m.1", "this is no mdbox");
    old.write("mail/example.com/sales/mailboxes/INBOX/dbox-Mails/dovecot.index.log", "nor this");
    old.settle();
    let complaint = refused(&store, &old.home(), &["--convert-mail"]);
    assert!(complaint.contains("mail/example.com/sales cannot be converted from mdbox"), "{complaint}");
    imported(&store, &old.home(), &[]);
    assert!(store.root.join("alice/mail/example.com/sales/storage/m.1").exists());
}
