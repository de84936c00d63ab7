//! What a backup holds and the store does not serve is named: whose it is, what is seen of it, what to do.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::common::cpanel::{OldServer, import, imported, kinds, pack, stray};
use crate::common::{Store, must};

/// Bytes of each compression.
const PACKED: [(&str, &[u8]); 5] = [
    ("gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0"),
    ("bzip2", b"BZh9\x17\x72\x45\x38\x50\x90\0\0\0\0"),
    ("zstd", b"\x28\xb5\x2f\xfd\x24\0\x01\0\0\x99\xe9\xd8\x51"),
    ("xz", b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46\0\0\0\0"),
    ("lz4", b"Dovecot-LZ4\x0d\x2a\x9b\xc5\0\0\0"),
];

fn write(folder: &Path, path: &str, bytes: impl AsRef<[u8]>) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// A backup's folder with everything in it that is not served.
fn full(old: &OldServer, store: &Store) -> std::path::PathBuf {
    let folder = old.unpacked(store, "cpmove-alice");
    let file = |path: &str, bytes: &[u8]| write(&folder, path, bytes);
    for (index, (_, bytes)) in PACKED.iter().enumerate() {
        file(
            &format!("homedir/mail/example.com/sales/cur/170000001{index}.M1P3.host,S=1730,W=1774:2,S"),
            bytes,
        );
        file(&format!("homedir/mail/example.com/sales/.Sent/new/170000002{index}.M1P3.host"), bytes);
    }
    file("homedir/mail/cur/1700000030.M1P3.host:2,SZ", PACKED[0].1);
    file("homedir/mail/example.com/legacy/storage/m.1", b"mdbox");
    file("homedir/mail/example.com/legacy/storage/dovecot.map.index", b"");
    file("homedir/mail/example.com/legacy/mailboxes/INBOX/dbox-Mails/dovecot.index.log", b"");
    file("homedir/mail/example.net/sales/mailboxes/INBOX/dbox-Mails/u.1", b"sdbox");
    for box_of in ["legacy", "suspended"] {
        for name in ["cur", "new", "tmp"] {
            std::fs::remove_dir_all(folder.join(format!("homedir/mail/example.com/{box_of}/{name}")))
                .unwrap();
        }
    }
    file(
        "homedir/mail/example.com/suspended/inbox",
        b"From a@example.org Mon Nov 30 08:00:00 2026\nSubject: a\n\nb\n",
    );
    file(
        "homedir/mail/example.com/suspended/Work/2004",
        b"From a@example.org Mon Nov 30 08:00:00 2026\nSubject: a\n\nb\n",
    );
    file("homedir/mail/example.com/sales/.Entw\u{fc}rfe/cur/1", b"draft");
    file("homedir/mail/.R&D/cur/1", b"own");
    let rule =
        b"headers charset \"UTF-8\"\n#Move\nif $header_from: contains \"x\" then save \"mail/x\" endif\n";
    file("vf/example.com", rule);
    file(
        "vf/example.net",
        b"headers charset \"UTF-8\"\n\nif not first_delivery and error_message then finish endif\n",
    );
    file("homedir/etc/example.com/sales/filter", rule);
    file(
        "homedir/etc/example.com/sales/filter.yaml",
        b"---\nfilter:\n  -\n    filtername: Move\nversion: '2.2'\n",
    );
    file("homedir/.cpanel/filter.yaml", b"---\nfilter:\n  -\n    filtername: All\n");
    file("homedir/etc/example.com/legacy/.boxtrapperenable", b"");
    file("homedir/etc/example.com/legacy/.boxtrapper/white-list.txt", b"a\n");
    file("homedir/etc/example.com/sales.rcube.db", b"SQLite format 3");
    file("homedir/etc/example.com/legacy.rcube.db", b"");
    file("homedir/.spamassassinenable", b"");
    file("homedir/mail/example.net/sales/Sent/cur/1700000001.M1.old:2,S", b"Subject: x\n\n");
    file("homedir/mail/example.net/sales/Work/2024/new/1700000002.M1.old", b"Subject: x\n\n");
    file("homedir/.autorespond/auto@example.com", b"Subject: away\n\nGone.\n");
    file("homedir/.autorespond/auto@example.com.conf", b"interval: 8\n");
    file("mm/news_example.com/config.pck", b"pickle");
    file("domainkeys/private/example.com", b"key");
    file("dnszones/example.com.db", b"zone");
    file("cron/alice", b"* * * * * true\n");
    file("va/example.com", b"info@example.com: sales@example.com\nauto@example.com: \"|/usr/local/cpanel/bin/autorespond auto@example.com /home/alice/.autorespond\"\nnews@example.com: \"|/usr/local/cpanel/3rdparty/mailman/mail/mailman post news_example.com\"\n");
    folder
}

fn assert_all_told(report: &Value, in_archive: &str) {
    let told = |kind: &str, file: &str| {
        let stray = stray(report, kind, file);
        assert!(stray["sees"].is_string() && !stray["done"].as_str().unwrap().is_empty(), "{stray}");
        stray.clone()
    };
    for (kind, file, mailbox, words) in [
        (
            "mdbox",
            "mail/example.com/legacy",
            json!("legacy@example.com"),
            "the mail of legacy@example.com is in mdbox format",
        ),
        ("sdbox", "mail/example.net/sales", json!("sales@example.net"), "is in sdbox format"),
        (
            "mbox",
            "mail/example.com/suspended",
            json!("suspended@example.com"),
            "is in mbox format: Work/2004, inbox",
        ),
        ("folder-name", "mail/example.com/sales/.Entw\u{fc}rfe", json!("sales@example.com"), "Entw\u{fc}rfe"),
        ("folder-name", "mail/.R&D", json!("alice"), "R&D"),
        (
            "folder-name",
            "mail/example.net/sales",
            json!("sales@example.net"),
            "named without a dot in front: Sent, Work/2024",
        ),
        ("rules", "vf/example.com", json!("alice"), "rules for all mail of example.com"),
        (
            "rules",
            "etc/example.com/sales/filter",
            json!("sales@example.com"),
            "rules for mail of sales@example.com",
        ),
        (
            "rules",
            "etc/example.com/sales/filter.yaml",
            json!("sales@example.com"),
            "rules for mail of sales@example.com",
        ),
        ("rules", ".cpanel/filter.yaml", json!("alice"), "rules for all mail of the account alice"),
        (
            "boxtrapper",
            "etc/example.com/legacy/.boxtrapper",
            json!("legacy@example.com"),
            "BoxTrapper of legacy@example.com",
        ),
        ("webmail", "etc/example.com/sales.rcube.db", json!("sales@example.com"), "address book"),
        ("spam-filter", ".spamassassinenable", Value::Null, "SpamAssassin"),
        ("mailing-list", "va/example.com", json!("news@example.com"), "mailman"),
        ("mailing-list", "mm", Value::Null, "news_example.com"),
        ("left-behind", "domainkeys", Value::Null, "DKIM"),
        ("left-behind", "dnszones", Value::Null, "example.com.db"),
        ("left-behind", "cron", Value::Null, "alice"),
        ("left-behind", "mysql", Value::Null, "databases"),
        ("left-behind", "public_html", Value::Null, "web pages"),
    ] {
        let stray = told(kind, file);
        assert_eq!(stray["mailbox"], mailbox, "{in_archive}: {stray}");
        assert!(stray["what"].as_str().unwrap().contains(words), "{in_archive}: {stray}");
    }
    let strays = report["strays"].as_array().unwrap();
    for (name, _) in PACKED {
        let what = format!("2 messages of sales@example.com compressed with {name}");
        assert!(
            strays.iter().any(|stray| stray["kind"] == "compressed" && stray["what"] == what),
            "{what}: {strays:#?}"
        );
    }
    assert_eq!(told("compressed", "mail")["what"], "1 message of alice compressed with gzip");
    let files: Vec<_> = kinds(report).into_iter().map(|(file, ..)| file).collect();
    for nothing in ["vf/example.net", "etc/example.com/legacy.rcube.db", "userdata", "version"] {
        assert!(!files.iter().any(|file| file == nothing), "{nothing} says nothing");
    }
}

#[test]
fn everything_is_named_from_a_folder_and_from_an_archive() {
    let store = Store::empty("iuns");
    let old = OldServer::of(&store);
    let folder = full(&old, &store);
    let archive = pack(&store, "cpmove-alice.tar.gz", &["cpmove-alice"]);
    let paths = "find cpmove-alice -type f | LC_ALL=C sort -r | tar --no-recursion -czf files.tar.gz -T -";
    must(Command::new("sh").args(["-c", paths]).current_dir(store.dir.join("work")));
    let without_folders = store.dir.join("work/files.tar.gz");
    for (source, name) in
        [(folder, "folder"), (archive, "archive"), (without_folders, "archive of files alone")]
    {
        assert_all_told(&imported(&store, &source, &["--dry-run"]), name);
        let text = import(&store, &source, &["--dry-run"]);
        let text = String::from_utf8(text.stdout).unwrap();
        assert!(
            text.contains("the mail of legacy@example.com is in mdbox format; seen here: none of that mail"),
            "{text}"
        );
        assert_all_told(&imported(&store, &source, &[]), name);
        // What is served stands in the home as well, for backups and for the next move.
        let answers = store.root.join("alice/.autorespond");
        let message = std::fs::read_to_string(answers.join("auto@example.com")).unwrap();
        assert!(
            message.contains("\nSubject: away\n") && message.ends_with("\n\nGone.\n"),
            "{name}: {message}"
        );
        let times = std::fs::read_to_string(answers.join("auto@example.com.json")).unwrap();
        assert!(times.contains("\"interval\":8"), "{name}: {times}");
        assert_eq!(store.whm("removeacct", &["username=alice"])["metadata"]["result"], 1);
    }
}

#[test]
fn mdbox_is_known_by_its_files_whatever_marks_it_or_does_not() {
    let store = Store::empty("imdb");
    for (cp, own, marker) in [
        ("", Some("mdbox"), None),
        ("MAILBOX_FORMAT=mdbox\n", None, None),
        ("", None, None),
        ("MAILBOX_FORMAT=maildir\n", Some("maildir"), Some("maildir")),
    ] {
        let old = OldServer::of(&store);
        old.account_file(cp);
        for name in ["cur", "new", "tmp"] {
            std::fs::remove_dir(old.home().join(format!("mail/example.com/legacy/{name}"))).unwrap();
        }
        old.write("mail/example.com/legacy/storage/m.1", "x");
        std::fs::create_dir_all(old.home().join("mail/example.com/legacy/mailboxes/INBOX/dbox-Mails"))
            .unwrap();
        for (path, text) in [("mail", own), ("mail/example.com/legacy", marker)] {
            if let Some(text) = text {
                old.write(&format!("{path}/mailbox_format.cpanel"), text);
            }
        }
        old.settle();
        let report = imported(&store, &old.home(), &["--dry-run"]);
        let told = stray(&report, "mdbox", "mail/example.com/legacy");
        assert_eq!(told["mailbox"], "legacy@example.com");
        assert!(told["done"].as_str().unwrap().contains("--convert-mail"), "{told}");
        std::fs::remove_dir_all(&old.root).unwrap();
    }
}

#[test]
fn what_a_home_in_place_does_not_serve_is_named_too() {
    let store = Store::empty("iunp");
    let old = OldServer::to_stay(&store);
    old.write("etc/example.com/sales/filter", "if $h_x: is \"y\" then seen finish endif\n");
    old.write("mail/example.com/sales/.Entw\u{fc}rfe/cur/1", "draft");
    old.write(".spamassassinenable", "");
    old.append("etc/example.com/passwd", &old.line("example.com", "Big.Name"));
    old.settle();
    let report = imported(&store, &old.home(), &["--in-place"]);
    for (kind, file) in [
        ("rules", "etc/example.com/sales/filter"),
        ("folder-name", "mail/example.com/sales/.Entw\u{fc}rfe"),
        ("spam-filter", ".spamassassinenable"),
    ] {
        assert!(!stray(&report, kind, file)["done"].as_str().unwrap().contains("copied"), "{report}");
    }
    let told = stray(&report, "name", "etc/example.com/passwd");
    assert!(told["done"].as_str().unwrap().contains("not listed"), "{told}");
    let listed = store.run("uapi", &["--user=alice", "Email", "list_pops"]).to_string();
    assert!(listed.contains("sales@example.com") && !listed.contains("Name"), "{listed}");
    assert!(!kinds(&report).iter().any(|(_, _, kind)| kind == "left-behind"), "nothing is left behind");
}
