//! `liveapi import`: an account comes over with its passwords, its mail and its forwarders.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::Command;

use crate::common::cpanel::{
    BCRYPT, LEGACY, LOCKED, OldServer, SALES, SHA256, SUSPENDED, import, imported, kinds, listing, refused,
    unprivileged,
};
use crate::common::dovecot::Dovecot;
use crate::common::{Store, is_root, must, program, repository};
use serde_json::{Value, json};

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

#[test]
fn a_home_is_copied_with_its_passwords() {
    let store = Store::empty("icop");
    let old = OldServer::of(&store);
    let report = imported(&store, &old.home(), &[]);
    assert_eq!((&report["imported"], &report["user"]), (&json!(true), &json!("alice")));
    assert_eq!(kinds(&report), [("public_html".to_owned(), None, "left-behind".to_owned())], "{report}");
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
    let before = listing(&old.root);
    let removed = store.whm("removeacct", &["username=alice"]);
    let reason = removed["metadata"]["reason"].as_str().unwrap();
    assert!(reason.contains("was taken over in its place and stays"), "{removed}");
    assert_eq!(listing(&old.root), before, "a home that was there before stays");
    assert_eq!(store.whm("accountsummary", &["user=alice"])["metadata"]["result"], 0);
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
    assert!(complaint.contains("“other.example” is not one of its domains"), "{complaint}");
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
            ("public_html", None, "left-behind"),
        ];
        if archive {
            expected.push(("mysql", None, "left-behind"));
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
            assert_eq!(crate::common::exists(&home.join(path)), there, "{path}");
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

#[test]
fn the_commands_of_the_page_run() {
    let page = std::fs::read_to_string(repository().join("docs/guides/import.md")).unwrap();
    let blocks: Vec<_> =
        page.split("```sh\n").skip(1).map(|rest| &rest[..rest.find("```").unwrap()]).collect();
    assert_eq!(blocks.len(), 3);
    for (index, block) in blocks.iter().enumerate() {
        let store = Store::empty(&format!("ipag{index}"));
        let old = OldServer::to_stay(&store);
        old.packed(&store, "cpmove-alice.tar.gz");
        let session = block
            .replace("home:///srv/mail", &format!("home://{}", store.root.display()))
            .replace("/home/alice", old.home().to_str().unwrap());
        let bin = program("liveapi").parent().unwrap().display().to_string();
        let path = format!("{bin}:{}", std::env::var("PATH").unwrap());
        let mut shell = store.command("sh");
        let output = must(shell.args(["-euc", &session]).current_dir(&store.dir).env("PATH", path));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("sales@example.com") || text.contains("maxpop: '9'"), "{text}");
    }
}
