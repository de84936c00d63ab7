//! `liveapi import`: an account comes over with its passwords, or nothing changes at all.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::cpanel::{
    BCRYPT, LEGACY, LOCKED, OldServer, SALES, SHA256, SUSPENDED, listing, pack, unprivileged,
};
use common::dovecot::Dovecot;
use common::{Store, is_root, json, must, program};
use serde_json::{Value, json};

fn import(store: &Store, source: &Path, options: &[&str]) -> Output {
    store.command(program("liveapi")).arg("import").arg(source).args(options).output().unwrap()
}

/// Imports, which must work, and returns the report.
fn imported(store: &Store, source: &Path, options: &[&str]) -> Value {
    let output = import(store, source, &[&["--output=json"], options].concat());
    let report = json(&output);
    assert!(output.status.success(), "{report} {}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "no bar where nobody looks");
    report
}

/// Tries an import that must be refused, and returns the complaint; nothing in the scratch folder changed.
fn refused(store: &Store, source: &Path, options: &[&str]) -> String {
    let before = listing(&store.dir);
    let output = import(store, source, options);
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{complaint}{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.stdout.is_empty());
    assert!(complaint.contains("is not imported, and the mail store is unchanged: "), "{complaint}");
    assert_eq!(listing(&store.dir), before, "{complaint}");
    complaint
}

fn assert_mailboxes_open(dovecot: &Dovecot) {
    for (address, (password, _), opens) in [
        ("sales@example.com", SALES, true),
        ("legacy@example.com", LEGACY, true),
        ("o.brien+x@example.com", BCRYPT, true),
        ("sales@example.net", SHA256, true),
        ("suspended@example.com", SUSPENDED, false),
        ("locked@example.net", LOCKED, false),
    ] {
        assert_eq!(dovecot.imap(address, password), opens, "{address}");
        assert!(!dovecot.imap(address, "wrong"), "{address}");
    }
}

fn kinds(report: &Value) -> Vec<(String, Option<u64>, String)> {
    let strays = report["strays"].as_array().unwrap().iter();
    let text = |stray: &Value, key: &str| stray[key].as_str().unwrap().to_owned();
    strays.map(|stray| (text(stray, "file"), stray["line"].as_u64(), text(stray, "kind"))).collect()
}

#[test]
fn a_home_is_copied_with_its_passwords() {
    let store = Store::empty("icop");
    let old = OldServer::of(&store);
    let report = imported(&store, &old.home(), &[]);
    assert_eq!((&report["imported"], &report["user"]), (&json!(true), &json!("alice")));
    assert_eq!(report["strays"], json!([]), "{report}");
    let home = store.root.join("alice");
    assert_eq!(report["homedir"], home.to_str().unwrap());

    // Owners and modes are a cPanel server's.
    let (uid, gid) = if is_root() { unprivileged() } else { old.ids };
    for (path, mode) in [
        ("", 0o711),
        ("etc", 0o750),
        ("etc/example.com", 0o750),
        ("etc/example.com/shadow", 0o640),
        ("etc/example.com/sales/filter", 0o640),
        ("mail/example.com/sales/cur", 0o751),
        ("mail/example.com/sales/cur/1700000000.M1.old,S=5:2,S", 0o640),
        ("mail/example.com/sales/dovecot-uidvalidity.65000000", 0o444),
    ] {
        let stat = std::fs::metadata(home.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
        assert_eq!((stat.uid(), stat.mode() & 0o7777), (uid, mode), "{path}");
        if !path.starts_with("etc") || !is_root() {
            assert_eq!(stat.gid(), gid, "{path}");
        }
    }
    let message = std::fs::metadata(home.join("mail/example.com/sales/cur/1700000000.M1.old,S=5:2,S"));
    assert_eq!(message.unwrap().mtime(), 1_600_000_000, "the date at which a message was received");
    assert!(home.join("mail/cur/1700000002.M3.old:2,").exists() && !home.join("public_html").exists());

    // Hashes and quotas are the same bytes; of passwd lines only ids and mail folder differ.
    for file in ["shadow", "quota"] {
        let path = format!("etc/example.com/{file}");
        assert_eq!(std::fs::read(home.join(&path)).unwrap(), std::fs::read(old.home().join(&path)).unwrap());
    }
    let passwd = std::fs::read_to_string(home.join("etc/example.com/passwd")).unwrap();
    let first = format!("sales:x:{uid}:{gid}::{}/mail/example.com/sales:/home2/alice", home.display());
    assert_eq!(passwd.lines().next(), Some(first.as_str()));

    let summary = &store.whm("accountsummary", &["user=alice"])["data"]["acct"][0];
    for (key, value) in [
        ("domain", json!("example.com")),
        ("maxpop", json!("9")),
        ("max_emailacct_quota", json!("500")),
        ("unix_startdate", json!(1_500_000_000)),
        ("suspended", json!(0)),
    ] {
        assert_eq!(summary[key], value, "{key}");
    }
    assert_mailboxes_open(&Dovecot::start(&store));
    for again in [&[][..], &["--dry-run"]] {
        let complaint = refused(&store, &old.home(), again);
        assert!(complaint.contains("There is an account “alice” already"), "{complaint}");
    }
    let complaint = refused(&store, &old.home(), &["--user=eve"]);
    assert!(complaint.contains("“example.com” already belongs to the account “alice”"), "{complaint}");
}

#[test]
fn what_was_imported_can_be_changed_and_deleted() {
    let store = Store::empty("ichg");
    let old = OldServer::of(&store);
    imported(&store, &old.home(), &[]);
    let dovecot = Dovecot::start(&store);
    let quota = store.run("uapi", &["--user=alice", "Email", "get_pop_quota", "email=sales@example.com"]);
    assert_eq!(quota["result"]["data"], 250, "{quota}");
    let call = |func: &str, args: &[&str]| {
        let answer = store.run("cpapi2", &[&["--user=alice", "Email", func], args].concat());
        assert_eq!(answer["cpanelresult"]["data"][0]["result"], 1, "{answer}");
    };
    call("passwdpop", &["domain=example.com", "email=sales", "password=Other-Password-2"]);
    dovecot.assert_changed("sales@example.com", SALES.0, "Other-Password-2");
    call("delpop", &["domain=example.com", "email=legacy"]);
    assert!(!store.root.join("alice/mail/example.com/legacy").exists());
    call("addpop", &["domain=example.net", "email=new", "password=Start-Password-1", "quota=5"]);
    assert!(dovecot.imap("new@example.net", "Start-Password-1"));
    assert_eq!(store.whm("removeacct", &["username=alice"])["metadata"]["result"], 1);
    assert!(!store.root.join("alice").exists());
}

#[test]
fn a_home_stays_in_its_place() {
    let store = Store::empty("iplc");
    let old = OldServer::to_stay(&store);
    let before = listing(&old.root);
    let report = imported(&store, &old.home(), &["--in-place"]);
    assert_eq!(listing(&old.root), before, "nothing in it changed");
    assert_eq!(report["strays"], json!([]), "{report}");
    assert_eq!(report["homedir"], old.home().to_str().unwrap());
    assert_eq!(report["uid"], old.ids.0);
    assert!(!store.root.join("alice").exists());
    let dovecot = Dovecot::start(&store);
    assert_mailboxes_open(&dovecot);
    let changed = store.run(
        "cpapi2",
        &[
            "--user=alice",
            "Email",
            "passwdpop",
            "domain=example.com",
            "email=sales",
            "password=Other-Password-2",
        ],
    );
    assert_eq!(changed["cpanelresult"]["data"][0]["result"], 1, "{changed}");
    dovecot.assert_changed("sales@example.com", SALES.0, "Other-Password-2");
    drop(dovecot);
    // Another name for the same home.
    std::os::unix::fs::symlink(old.home(), store.dir.join("alias")).unwrap();
    must(Command::new("rm").arg(store.root.join(".liveapi/userdomains")));
    let complaint =
        refused(&store, &store.dir.join("alias"), &["--in-place", "--user=eve", "--domain=example.com"]);
    assert!(complaint.contains("is the home of the account “alice” already"), "{complaint}");
}

#[test]
fn a_backup_brings_forwarders_limits_and_the_accounts_own_hash() {
    for (index, form) in
        ["cpmove-alice.tar.gz", "backup-1.2.2026_alice.tar", "folder"].into_iter().enumerate()
    {
        let store = Store::empty(&format!("ibak{index}"));
        let old = OldServer::of(&store);
        let source =
            if form == "folder" { old.unpacked(&store, "cpmove-alice") } else { old.packed(&store, form) };
        let report = imported(&store, &source, &["--user", "new-name"]);
        assert_eq!((&report["user"], &report["scheme"]), (&json!("new-name"), &json!("sha512")));
        let domains = report["domains"].as_array().unwrap();
        assert_eq!((&domains[0]["kind"], &domains[1]["kind"]), (&json!("main"), &json!("parked")));
        assert_eq!(
            (&domains[0]["forwarders"], &domains[0]["default_address"]),
            (&json!(1), &json!("new-name"))
        );
        let state = store.root.join(".liveapi");
        let read = |path: &str| std::fs::read_to_string(state.join(path)).unwrap();
        assert_eq!(
            read("valiases/example.com"),
            "info@example.com: sales@example.com,out@example.org\n*: new-name\n"
        );
        assert_eq!(read("valiases/example.net"), "*: :fail: No Such User Here\n");
        assert_eq!(read("vdomainaliases/example.net"), "example.net: example.com\n");
        assert!(read("shadow").starts_with(&format!("new-name:{}:", SALES.1)));
        assert_eq!(read("userdomains"), "example.com: new-name\nexample.net: new-name\n");
        let summary = &store.whm("accountsummary", &["user=new-name"])["data"]["acct"][0];
        assert_eq!((&summary["maxpop"], &summary["max_emailacct_quota"]), (&json!("9"), &json!("500")));
        let home = store.root.join("new-name");
        assert!(home.join("mail/example.com/sales/.Sent/cur/1700000001.M2.old:2,S").exists());
        let message = std::fs::metadata(home.join("mail/example.com/sales/cur/1700000000.M1.old,S=5:2,S"));
        assert_eq!(message.unwrap().mtime(), 1_600_000_000);
        assert_mailboxes_open(&Dovecot::start(&store));
    }
}

#[test]
fn a_suspended_account_stays_suspended() {
    let store = Store::empty("isus");
    let old = OldServer::of(&store);
    old.account_file("SUSPENDED=1\nSUSPENDTIME=1760000000\n");
    let report = imported(&store, &old.packed(&store, "cpmove-alice.tar.gz"), &[]);
    assert_eq!(report["suspended"], true);
    assert_eq!(kinds(&report)[0], ("etc/example.com/shadow".to_owned(), None, "account".to_owned()));
    let summary = &store.whm("accountsummary", &["user=alice"])["data"]["acct"][0];
    assert_eq!((&summary["suspended"], &summary["suspendtime"]), (&json!(1), &json!(1_760_000_000)));
    let dovecot = Dovecot::start(&store);
    assert!(!dovecot.imap("sales@example.com", SALES.0), "its old server had not marked it");
    assert!(!dovecot.imap("locked@example.net", LOCKED.0));
    assert_eq!(store.whm("unsuspendacct", &["user=alice"])["metadata"]["result"], 1);
    for (address, password) in [("sales@example.com", SALES.0), ("locked@example.net", LOCKED.0)] {
        let start = std::time::Instant::now();
        while !dovecot.imap(address, password) {
            assert!(start.elapsed().as_secs() < 3, "{address}");
        }
    }
    assert!(!dovecot.imap("suspended@example.com", SUSPENDED.0), "a mark of its own stays");
}

#[test]
fn a_dry_run_changes_nothing() {
    for options in [&["--dry-run"][..], &["--dry-run", "--in-place"]] {
        let store = Store::empty("idry");
        let old = OldServer::to_stay(&store);
        let before = listing(&store.dir);
        let report = imported(&store, &old.home(), options);
        assert_eq!((&report["imported"], &report["dry_run"]), (&json!(false), &json!(true)));
        let text = import(&store, &old.home(), options);
        let text = String::from_utf8(text.stdout).unwrap();
        assert!(text.contains("alice: would be imported as") && text.contains("250 MB"), "{text}");
        assert!(!text.contains("$6$") && !report.to_string().contains("$6$"), "no hash is printed");
        assert_eq!(listing(&store.dir), before);
    }
}

#[test]
fn a_home_without_account_file_needs_its_main_domain_named() {
    let store = Store::empty("ibar");
    let old = OldServer::of(&store);
    std::fs::remove_file(old.root.join("var/cpanel/users/alice")).unwrap();
    let complaint = refused(&store, &old.home(), &[]);
    assert!(complaint.contains("example.com, example.net") && complaint.contains("--domain"), "{complaint}");
    let complaint = refused(&store, &old.home(), &["--domain=other.example"]);
    assert!(complaint.contains("“other.example” is none of its domains"), "{complaint}");
    let report = imported(&store, &old.home(), &["--domain=example.net", "--user=bert"]);
    assert_eq!((&report["user"], &report["domain"]), (&json!("bert"), &json!("example.net")));
    assert_eq!(report["domains"][1]["kind"], "addon");
    assert_eq!(report["maxpop"], Value::Null);
}

/// Puts every kind of stray into a home.
fn with_strays(old: &OldServer) {
    let etc = "etc/example.com";
    old.append(&format!("{etc}/passwd"), &old.line("example.com", "nohash"));
    old.append(&format!("{etc}/passwd"), &old.line("example.com", "sales"));
    old.append(&format!("{etc}/passwd"), &old.line("example.com", "a\"b"));
    for name in ["des", "nine", "empty", "mdbox"] {
        old.append(&format!("{etc}/passwd"), &old.line("example.com", name));
    }
    old.append(&format!("{etc}/shadow"), "ghost:$6$x$y:16249:::::\r\n");
    old.append(
        &format!("{etc}/shadow"),
        &format!("des:rl0uE0vwJrZ0c:1\nnine:$9$a$b:1\nempty::1\nmdbox:{}:1\n", SALES.1),
    );
    old.append(&format!("{etc}/quota"), "ghost:100\n");
    old.write(&format!("{etc}/shadow.roottn.bak"), "x");
    old.write("etc/unknown.example/passwd", &old.line("unknown.example", "x"));
    old.write("mail/example.com/orphan/cur/1", "mail of nobody");
    old.write("mail/example.com/mdbox/mailbox_format.cpanel", "mdbox\n");
    let home = old.home();
    std::os::unix::fs::symlink("/etc/passwd", home.join("mail/example.com/sales/cur/link")).unwrap();
    std::os::unix::fs::symlink("example.com", home.join("etc/alias.example")).unwrap();
    must(Command::new("mkfifo").arg(home.join("mail/fifo")));
    std::fs::hard_link(
        home.join("mail/example.com/sales/cur/1700000000.M1.old,S=5:2,S"),
        home.join("mail/example.com/sales/.Sent/cur/copy"),
    )
    .unwrap();
    old.settle();
}

#[test]
fn strays_are_told_and_what_is_done_about_them() {
    let store = Store::empty("istr");
    let old = OldServer::of(&store);
    with_strays(&old);
    let expected = |archive: bool| {
        let shadow = "etc/example.com/shadow";
        let passwd = "etc/example.com/passwd";
        let mut expected = vec![
            ("etc/alias.example", None, "link"),
            (passwd, Some(5), "no-password"),
            (passwd, Some(6), "duplicate"),
            (passwd, Some(7), "name"),
            ("etc/example.com/quota", Some(3), "quota"),
            (shadow, Some(5), "line-ends"),
            (shadow, Some(5), "shadow-only"),
            (shadow, Some(6), "hash-scheme"),
            (shadow, Some(7), "hash-scheme"),
            (shadow, Some(8), "empty-hash"),
            ("etc/example.com/shadow.roottn.bak", None, "copy"),
            ("etc/unknown.example", None, "domain"),
            ("mail/example.com/des", None, "no-mail-folder"),
            ("mail/example.com/empty", None, "no-mail-folder"),
            ("mail/example.com/mdbox", None, "mdbox"),
            ("mail/example.com/nine", None, "no-mail-folder"),
            ("mail/example.com/nohash", None, "no-mail-folder"),
            ("mail/example.com/orphan", None, "mail-folder"),
            ("mail/example.com/sales/.Sent/cur/copy", None, "hard-link"),
            ("mail/example.com/sales/cur/1700000000.M1.old,S=5:2,S", None, "hard-link"),
            ("mail/example.com/sales/cur/link", None, "link"),
            ("mail/fifo", None, "special-file"),
        ];
        if archive {
            // One of the two names comes first and is a file; which one, tar decides.
            expected.retain(|(file, ..)| !file.ends_with("/copy"));
        }
        expected
    };
    let archive = old.packed(&store, "cpmove-alice.tar.gz");
    for (source, name, in_archive) in [(old.home(), "one", false), (archive, "two", true)] {
        let report = imported(&store, &source, &["--dry-run"]);
        let mut told = kinds(&report);
        if in_archive {
            let first = told.iter_mut().find(|(_, _, kind)| kind == "hard-link").unwrap();
            first.0 = "mail/example.com/sales/cur/1700000000.M1.old,S=5:2,S".to_owned();
        }
        told.sort();
        let told: Vec<_> =
            told.iter().map(|(file, line, kind)| (file.as_str(), *line, kind.as_str())).collect();
        let mut expected = expected(in_archive);
        expected.sort_unstable();
        assert_eq!(told, expected);
        let report = imported(&store, &source, &["--user", name]);
        assert!(!report.to_string().contains("rl0u"), "no hash is printed");
        let home = store.root.join(name);
        for (path, there) in [
            ("mail/example.com/orphan/cur/1", true),
            ("mail/example.com/sales/.Sent/cur/copy", true),
            ("mail/example.com/sales/cur/1700000000.M1.old,S=5:2,S", true),
            ("mail/example.com/nohash/cur", true),
            ("mail/example.com/mdbox/mailbox_format.cpanel", true),
            ("mail/example.com/mdbox/cur", false),
            ("mail/example.com/sales/cur/link", false),
            ("mail/fifo", false),
            ("etc/example.com/shadow.roottn.bak", false),
            ("etc/unknown.example", false),
            ("etc/alias.example", false),
        ] {
            assert_eq!(common::exists(&home.join(path)), there, "{path}");
        }
        let message = std::fs::metadata(home.join("mail/example.com/sales/.Sent/cur/copy")).unwrap();
        assert_eq!((message.nlink(), message.len(), message.mtime()), (1, 5, 1_600_000_000));
        let shadow = std::fs::read_to_string(home.join("etc/example.com/shadow")).unwrap();
        assert!(shadow.contains("ghost:$6$x$y:16249:::::\r\n"), "a stray line stays as it is");
        let listed = store.run("cpapi2", &[&format!("--user={name}"), "Email", "listpops"]).to_string();
        assert!(!listed.contains("ghost") && !listed.contains("orphan"), "{listed}");
        assert_eq!(store.whm("removeacct", &[&format!("username={name}")])["metadata"]["result"], 1);
    }
}

#[test]
fn what_stands_in_place_of_the_password_files_is_refused() {
    type Change = fn(&Path);
    let changes: [(Change, &str); 6] = [
        (
            |etc| {
                std::fs::rename(etc.join("shadow"), etc.join("s")).unwrap();
                std::os::unix::fs::symlink("s", etc.join("shadow")).unwrap();
            },
            "etc/example.com/shadow is a symbolic link",
        ),
        (
            |etc| std::fs::hard_link(etc.join("shadow"), etc.join("shadow.roottn.bak")).unwrap(),
            "etc/example.com/shadow is a file with several names",
        ),
        (
            |etc| {
                std::fs::remove_file(etc.join("quota")).unwrap();
                must(Command::new("mkfifo").arg(etc.join("quota")));
            },
            "etc/example.com/quota is a device, FIFO or socket",
        ),
        (
            |etc| {
                std::fs::remove_file(etc.join("passwd")).unwrap();
                std::fs::create_dir(etc.join("passwd")).unwrap();
            },
            "etc/example.com/passwd is a folder",
        ),
        (
            |etc| std::fs::File::create(etc.join("shadow")).unwrap().set_len(16 << 20).unwrap(),
            "etc/example.com/shadow is larger than 16 MiB",
        ),
        (
            |etc| {
                let moved = etc.with_file_name("moved");
                std::fs::rename(etc, &moved).unwrap();
                std::os::unix::fs::symlink(moved, etc).unwrap();
            },
            "etc/example.com is a symbolic link",
        ),
    ];
    for (index, (change, words)) in changes.iter().enumerate() {
        let store = Store::empty(&format!("iobs{index}"));
        let old = OldServer::to_stay(&store);
        change(&old.home().join("etc/example.com"));
        old.settle();
        assert!(refused(&store, &old.home(), &[]).contains(words), "{words}");
        assert!(refused(&store, &old.home(), &["--in-place"]).contains(words), "{words}");
        let folder = old.unpacked(&store, "cpmove-alice");
        assert!(refused(&store, &folder, &[]).contains(words), "{words}");
        // In an archive the first of several names is an ordinary file; so the other one goes first.
        let first = "cpmove-alice/homedir/etc/example.com/shadow.roottn.bak";
        let first = if words.contains("several names") { &[first][..] } else { &[] };
        let archive = pack(&store, "a.tar.gz", &[first, &["cpmove-alice"]].concat());
        assert!(refused(&store, &archive, &[]).contains(words), "{words}");
    }
}

#[test]
fn foreign_owners_are_refused() {
    let store = Store::empty("iown");
    let old = OldServer::to_stay(&store);
    if is_root() {
        must(Command::new("chown").arg("2").arg(old.home().join("etc/example.com/shadow")));
        let complaint = refused(&store, &old.home(), &[]);
        assert!(complaint.contains("belongs to neither the owner of the home nor root"), "{complaint}");
        must(Command::new("chown").arg("0").arg(old.home().join("etc/example.com/shadow")));
        must(Command::new("chown").arg("0").arg(old.home()));
        let complaint = refused(&store, &old.home(), &["--in-place"]);
        assert!(complaint.contains("The home belongs to root"), "{complaint}");
    } else {
        let complaint = refused(&store, Path::new("/"), &["--in-place", "--user=x"]);
        assert!(
            complaint.contains("neither a cPanel home directory") || complaint.contains("has no domain"),
            "{complaint}"
        );
    }
}

/// Damages the bytes of an archive.
fn damaged(store: &Store, archive: &Path, name: &str, change: fn(&mut Vec<u8>)) -> PathBuf {
    let mut bytes = std::fs::read(archive).unwrap();
    change(&mut bytes);
    let path = store.dir.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn damaged_and_foreign_archives_are_refused() {
    let store = Store::with_account("idam");
    let old = OldServer::of(&store);
    let packed = old.packed(&store, "cpmove-alice.tar.gz");
    let plain = old.packed(&store, "cpmove-alice.tar");
    for (archive, change, words) in [
        (&packed, (|bytes| bytes.truncate(bytes.len() / 2)) as fn(&mut Vec<u8>), "damaged or cut off"),
        (&packed, |bytes| bytes.truncate(bytes.len() - 6), "damaged or cut off"),
        (
            &packed,
            |bytes| {
                let middle = bytes.len() / 2;
                bytes[middle] ^= 0xff;
            },
            "damaged or cut off",
        ),
        (
            &packed,
            |bytes| {
                let end = bytes.len() - 8;
                bytes[end] ^= 1;
            },
            "damaged or cut off",
        ),
        (&packed, |bytes| bytes.truncate(20), "damaged or cut off"),
        (&plain, |bytes| bytes.truncate(bytes.len() / 512 / 2 * 512), "damaged or cut off"),
        (&plain, |bytes| bytes.truncate(bytes.len() / 2 + 7), "damaged or cut off"),
        (
            &plain,
            |bytes| bytes.truncate(bytes.iter().rposition(|b| *b != 0).unwrap() / 512 * 512 + 512),
            "damaged or cut off",
        ),
        (&plain, |bytes| bytes[3] ^= 1, "damaged or cut off"),
        (&plain, |bytes| *bytes = b"BZh91AY".to_vec(), "compressed with bzip2"),
        (&plain, |bytes| bytes.clear(), "is no tar archive"),
    ] {
        let bad = damaged(&store, archive, "bad", change);
        let complaint = refused(&store, &bad, &[]);
        assert!(complaint.contains(words), "{words}: {complaint}");
        assert!(refused(&store, &bad, &["--dry-run"]).contains(words));
    }
    for (what, words) in
        [(&["homedir"][..], "it has no account file cp/USER"), (&["cp"], "it has no folder homedir")]
    {
        let folder = store.dir.join("work/cpmove-alice");
        let archive = store.dir.join("part.tar");
        must(Command::new("tar").arg("-cf").arg(&archive).arg("-C").arg(folder).args(what));
        let complaint = refused(&store, &archive, &[]);
        assert!(complaint.contains(words), "{complaint}");
    }
    std::fs::copy(old.root.join("var/cpanel/users/alice"), store.dir.join("work/cpmove-alice/cp/eve"))
        .unwrap();
    let complaint = refused(&store, &pack(&store, "two.tar.gz", &["cpmove-alice"]), &[]);
    assert!(complaint.contains("import a backup of one account"), "{complaint}");
    let complaint = refused(&store, &packed, &["--in-place"]);
    assert!(complaint.contains("A backup cannot be used in place"), "{complaint}");
    let complaint = refused(&store, &store.dir.join("nosuch"), &[]);
    assert!(complaint.contains("No such file"), "{complaint}");
    let complaint = refused(&store, &store.dir.join("old"), &[]);
    assert!(complaint.contains("neither a cPanel home directory"), "{complaint}");
}

#[test]
fn paths_that_lead_elsewhere_are_refused() {
    let (store, old) = beside_bob("ievl");
    let folder = old.unpacked(&store, "cpmove-alice");
    std::fs::write(store.dir.join("evil"), "x").unwrap();
    for (transform, words) in [
        ("s,.*evil,cpmove-alice/homedir/mail/../../../../evil,", "a path with “..”"),
        ("s,.*evil,/tmp/la-evil,", "an absolute path"),
        ("s,.*evil,cpmove-alice/homedir/../evil,", "a path with “..”"),
        ("s,.*evil,other/homedir/mail/evil,", "more than one backup"),
    ] {
        let archive = store.dir.join("evil.tar");
        let mut command = Command::new("tar");
        command
            .args(["-P", "-cf"])
            .arg(&archive)
            .args(["--transform", transform, "-C"])
            .arg(folder.parent().unwrap());
        must(command.arg("cpmove-alice").arg(store.dir.join("evil")));
        let complaint = refused(&store, &archive, &[]);
        assert!(complaint.contains(words), "{words}: {complaint}");
    }
    assert!(!Path::new("/tmp/la-evil").exists());
    // A folder replaced by a link in the archive, and then a file below it.
    let work = store.dir.join("work/linked");
    must(Command::new("cp").arg("-a").arg(&folder).arg(&work));
    must(Command::new("rm").arg("-r").arg(work.join("homedir/mail/example.net")));
    std::os::unix::fs::symlink(&store.dir, work.join("homedir/mail/example.net")).unwrap();
    let archive = store.dir.join("linked.tar");
    let tar = |flag: &str, what: &[&str]| {
        must(Command::new("tar").arg(flag).arg(&archive).arg("-C").arg(store.dir.join("work")).args(what))
    };
    tar("-cf", &["linked"]);
    std::fs::remove_file(work.join("homedir/mail/example.net")).unwrap();
    std::fs::create_dir(work.join("homedir/mail/example.net")).unwrap();
    std::fs::write(work.join("homedir/mail/example.net/planted"), "x").unwrap();
    tar("-rf", &["linked/homedir/mail/example.net/planted"]);
    imported(&store, &archive, &[]);
    assert!(!store.dir.join("planted").exists());
    assert!(
        store.root.join("alice/mail/example.net/planted").exists(),
        "below a real folder of the new home"
    );
}

#[test]
fn names_and_urls_that_cannot_be() {
    let store = Store::with_account("inam");
    let old = OldServer::of(&store);
    for (options, words) in [
        (&["--user=../x"][..], "cannot be the name of an account"),
        (&["--user=root"], "cannot be the name of an account"),
        (&["--user="], "cannot be the name of an account"),
        (&["--user=bob"], "There is an account “bob” already"),
    ] {
        let complaint = refused(&store, &old.home(), options);
        // Bob's domain is example.com too, but the name comes first.
        assert!(complaint.contains(words), "{complaint}");
    }
    let complaint = refused(&store, &old.home(), &[]);
    assert!(complaint.contains("“example.com” already belongs to the account “bob”"), "{complaint}");
    let output = import(&store, &old.home(), &["--output=json"]);
    assert_eq!(json(&output)["imported"], false);
    assert_eq!(output.status.code(), Some(1));
    let mut command = store.command(program("liveapi"));
    let other =
        command.arg("import").arg(old.home()).env("LIVEAPI_URL", "whm://root:s3cret@h").output().unwrap();
    let complaint = String::from_utf8_lossy(&other.stderr).into_owned();
    assert!(complaint.contains("no engine for whm: URLs") && !complaint.contains("s3cret"), "{complaint}");
    std::fs::create_dir(store.root.join("eve")).unwrap();
    std::fs::write(old.root.join("var/cpanel/users/alice"), "DNS=example.net\n").unwrap();
    let complaint = refused(&store, &old.home(), &["--user=eve"]);
    assert!(complaint.contains("exists already but belongs to no account"), "{complaint}");
}

/// An import under strace.
fn traced(store: &Store, source: &Path, inject: &[&str]) -> Output {
    let mut command = store.command("strace");
    command.arg("-o").arg(store.dir.join("trace"));
    command.args(inject.iter().flat_map(|inject| ["-e", inject]));
    command.arg(program("liveapi")).arg("import").arg(source).output().expect("strace")
}

/// The account bob with a domain that alice does not have, and alice's home.
fn beside_bob(name: &str) -> (Store, OldServer) {
    let store = Store::empty(name);
    store.whm("createacct", &["username=bob", "domain=bob.example", "password=Start-Password-1"]);
    let old = OldServer::of(&store);
    std::fs::write(store.dir.join("trace"), "").unwrap();
    (store, old)
}

#[test]
fn failed_at_any_step_nothing_stays() {
    let (store, old) = beside_bob("ierr");
    let source = old.packed(&store, "cpmove-alice.tar.gz");
    let mut before = listing(&store.root);
    let mut failures = 0;
    for (call, errno, words) in [
        ("write", "ENOSPC", "ENOSPC"),
        ("mkdirat", "EDQUOT", "EDQUOT"),
        ("syncfs", "EIO", "Flushing"),
        ("renameat2", "EROFS", "EROFS"),
        ("symlinkat,symlink", "ENOSPC", "ENOSPC"),
        ("renameat", "ENOSPC", "ENOSPC"),
        ("fsync", "EIO", "Flushing"),
        ("fchmod", "EPERM", "not permitted"),
    ] {
        let mut nth = 1;
        loop {
            let output = traced(&store, &source, &[&format!("inject={call}:error={errno}:when={nth}")]);
            let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
            if output.status.success() || complaint.contains("The work is done, but its report") {
                break;
            }
            assert!(complaint.contains(words), "{call} {nth}: {complaint}");
            assert!(complaint.contains("the mail store is unchanged: "), "{call} {nth}: {complaint}");
            assert_eq!(listing(&store.root), before, "{call} {nth}: {complaint}");
            failures += 1;
            nth += 1;
            assert!(nth < 200, "{call}");
        }
        assert!(nth > 1, "{call} never failed");
        // Not failed, or only after all was entered and said: then it is there, and whole.
        assert_eq!(store.whm("removeacct", &["username=alice"])["metadata"]["result"], 1, "{call} {nth}");
        // Removing leaves the lock files of the domains.
        before = listing(&store.root);
        assert!(!before.contains("alice"), "{before}");
    }
    assert!(failures > 100, "{failures}");
}

#[test]
fn a_full_disk_is_foreseen_or_cleaned_up() {
    if !is_root() {
        // Mounting needs root; the test above fails the same writes without a mount.
        return;
    }
    let mut store = Store::empty("iful");
    let old = OldServer::of(&store);
    let disk = store.dir.join("disk");
    std::fs::create_dir(&disk).unwrap();
    must(Command::new("mount").args(["-t", "tmpfs", "-o", "size=400k,mode=0755", "tmpfs"]).arg(&disk));
    struct Unmount(PathBuf);
    impl Drop for Unmount {
        fn drop(&mut self) {
            let _ = Command::new("umount").arg(&self.0).status();
        }
    }
    let _unmount = Unmount(disk.clone());
    store.root = disk.join("s");
    // Many small files take more room than their bytes.
    for number in 0..200 {
        old.write(&format!("mail/example.com/sales/new/{number}"), "small");
    }
    let complaint = refused(&store, &old.home(), &[]);
    assert!(complaint.contains("the disk is full (ENOSPC)"), "{complaint}");
    assert!(!store.root.exists(), "not even the store's folder stays");
    old.write("mail/example.com/sales/new/large", &"x".repeat(1_000_000));
    let complaint = refused(&store, &old.home(), &[]);
    assert!(complaint.contains("has only") && complaint.contains("MB free"), "{complaint}");
    must(Command::new("rm").arg("-r").arg(old.home().join("mail/example.com/sales/new")));
    imported(&store, &old.home(), &[]);
}

/// Starts an import that takes its time, and waits until it is in the middle of copying.
fn slow_import(store: &Store, source: &Path) -> std::process::Child {
    let mut command = store.command("strace");
    // As a grandchild, so that the process started here is the program.
    command.args(["-D", "-o"]).arg(store.dir.join("trace")).args(["-e", "inject=fchmod:delay_enter=20000"]);
    command.arg(program("liveapi")).arg("import").arg(source).stderr(std::process::Stdio::piped());
    let child = command.spawn().expect("strace");
    let start = std::time::Instant::now();
    let staging = || {
        let names = std::fs::read_dir(&store.root).unwrap().map(|entry| entry.unwrap().path());
        names.into_iter().find(|path| path.file_name().unwrap().to_string_lossy().starts_with(".import-"))
    };
    while !staging().is_some_and(|path| {
        path.join("mail/example.com/sales/new/0").exists()
            || path.join("mail/example.com/sales/new/7").exists()
    }) {
        assert!(start.elapsed().as_secs() < 30, "the import does not begin to copy");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    child
}

#[test]
fn interrupted_it_cleans_up_and_killed_the_next_one_does() {
    let (store, old) = beside_bob("isig");
    for number in 0..300 {
        old.write(&format!("mail/example.com/sales/new/{number}"), "message");
    }
    old.settle();
    let before = listing(&store.root);
    for signal in [rustix::process::Signal::TERM, rustix::process::Signal::INT] {
        let child = slow_import(&store, &old.home());
        rustix::process::kill_process(rustix::process::Pid::from_child(&child), signal).unwrap();
        let output = child.wait_with_output().unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{complaint}");
        assert!(complaint.contains("unchanged: It was interrupted by a signal"), "{complaint}");
        assert_eq!(listing(&store.root), before);
    }
    let mut child = slow_import(&store, &old.home());
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::KILL)
        .unwrap();
    child.wait().unwrap();
    assert_ne!(listing(&store.root), before, "killed, it leaves its folder behind");
    // A live import beside it keeps its own.
    let mut live = slow_import(&store, &old.home());
    let folders = || {
        let names = std::fs::read_dir(&store.root).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().starts_with(".import-")).count()
    };
    assert_eq!(folders(), 1, "the killed one's folder is gone");
    let report = imported(&store, &old.home(), &["--user=first"]);
    assert_eq!(report["files"], 306);
    // The slow one finds the domains taken when it comes to enter them.
    let status = live.wait().unwrap();
    assert_eq!(status.code(), Some(1));
    assert_eq!(folders(), 0);
    assert!(
        store.root.join("first/mail/example.com/sales/new/299").exists()
            && !store.root.join("alice").exists()
    );
}

#[test]
fn files_of_the_system_are_not_read_through_hard_links() {
    if !is_root() {
        return;
    }
    let store = Store::empty("ihrd");
    let old = OldServer::of(&store);
    let secret = store.dir.join("secret");
    std::fs::write(&secret, "root's own").unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::hard_link(&secret, old.home().join("mail/example.com/sales/cur/stolen")).unwrap();
    let report = imported(&store, &old.home(), &[]);
    let strays = report["strays"].as_array().unwrap();
    assert_eq!(
        (&strays[0]["kind"], &strays[0]["done"]),
        (&json!("hard-link"), &json!("not copied")),
        "{report}"
    );
    assert!(!store.root.join("alice/mail/example.com/sales/cur/stolen").exists());
}
