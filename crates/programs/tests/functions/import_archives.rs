//! `liveapi import` of archives in all their forms: a message comes over as its bytes were, or nothing does.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::common::cpanel::{OldServer, imported, kinds, pack, refused, stray};
use crate::common::{Store, must};

const MESSAGE: &str = "mail/example.com/sales/cur/1700000000.M1.old,S=5:2,S";

fn remove(store: &Store, name: &str) {
    assert_eq!(store.whm("removeacct", &[&format!("username={name}")])["metadata"]["result"], 1);
}

/// The archive with something behind its end.
fn with_tail(archive: &Path, tail: &[u8]) -> PathBuf {
    let path = archive.with_file_name(format!("tail-{}", archive.file_name().unwrap().to_str().unwrap()));
    std::fs::write(&path, [&std::fs::read(archive).unwrap()[..], tail].concat()).unwrap();
    path
}

#[test]
fn every_compression_is_read_and_zeros_behind_it_are_no_damage() {
    let store = Store::empty("iarc");
    let old = OldServer::of(&store);
    let expected = std::fs::read(old.home().join(MESSAGE)).unwrap();
    for end in ["tar", "tar.gz", "tar.bz2", "tar.xz", "tar.zst"] {
        let archive = old.packed(&store, &format!("cpmove-alice.{end}"));
        for (source, zeros) in [(archive.clone(), 0), (with_tail(&archive, &[0; 10_240]), 10_240)] {
            let report = imported(&store, &source, &[]);
            assert_eq!(report["domains"][0]["forwarders"], 1, "{end} with {zeros} zeros");
            assert_eq!(std::fs::read(store.root.join("alice").join(MESSAGE)).unwrap(), expected, "{end}");
            remove(&store, "alice");
        }
        if end != "tar" {
            let complaint = refused(&store, &with_tail(&archive, b"more"), &[]);
            assert!(complaint.contains("damaged or cut off"), "{end}: {complaint}");
        }
    }
}

#[test]
fn what_follows_the_end_of_an_archive_is_not_left_out_in_silence() {
    let store = Store::empty("iend");
    let old = OldServer::of(&store);
    for end in ["tar", "tar.gz", "tar.zst"] {
        let archive = old.packed(&store, &format!("cpmove-alice.{end}"));
        let twice = with_tail(&archive, &std::fs::read(&archive).unwrap());
        let complaint = refused(&store, &twice, &[]);
        assert!(complaint.contains("another one follows"), "{end}: {complaint}");
    }
}

#[test]
fn archives_of_every_age_are_known() {
    let store = Store::empty("iage");
    let old = OldServer::of(&store);
    old.unpacked(&store, "cpmove-alice");
    for format in ["v7", "oldgnu", "gnu", "ustar", "posix"] {
        let archive = store.dir.join(format!("{format}.tar"));
        let mut tar = Command::new("tar");
        tar.arg(format!("--format={format}"))
            .args(["--label=Monday"].iter().filter(|_| !["v7", "ustar"].contains(&format)));
        tar.arg("-cf").arg(&archive).arg("-C").arg(store.dir.join("work"));
        must(tar.arg("cpmove-alice"));
        let report = imported(&store, &archive, &[]);
        assert_eq!(report["domains"][0]["forwarders"], 1, "{format}");
        remove(&store, "alice");
    }
}

/// A message with holes, and one of nothing but a hole, as file systems keep them.
fn with_holes(store: &Store, home: &Path) -> Vec<u8> {
    let path = home.join("mail/example.com/sales/cur/1700000050.sp,S=300000:2,S");
    let script = "truncate -s 300000 \"$0\" && printf 'Subject: s\\n\\nend' | dd of=\"$0\" bs=1 seek=150000 conv=notrunc status=none && truncate -s 8192 \"$1\"";
    let hole = home.join("mail/example.com/sales/cur/1700000051.hole:2,S");
    must(Command::new("sh").args(["-c", script]).arg(&path).arg(&hole).current_dir(&store.dir));
    std::fs::read(path).unwrap()
}

#[test]
fn sparse_files_of_every_form_come_over_as_they_were() {
    let store = Store::empty("ispa");
    let old = OldServer::of(&store);
    let folder = old.unpacked(&store, "cpmove-alice");
    let expected = with_holes(&store, &folder.join("homedir"));
    assert_eq!(expected.len(), 300_000);
    for form in [
        &["--format=gnu"][..],
        &["--format=pax", "--sparse-version=0.0"],
        &["--format=pax", "--sparse-version=0.1"],
        &["--format=pax", "--sparse-version=1.0"],
    ] {
        let archive = store.dir.join("sparse.tar.gz");
        let mut tar = Command::new("tar");
        tar.args(form).args(["-S", "-czf"]).arg(&archive).arg("-C").arg(store.dir.join("work"));
        must(tar.arg("cpmove-alice"));
        imported(&store, &archive, &[]);
        let cur = store.root.join("alice/mail/example.com/sales/cur");
        let read = |name: &str| std::fs::read(cur.join(name)).unwrap();
        assert!(read("1700000050.sp,S=300000:2,S") == expected, "{form:?}");
        assert_eq!(read("1700000051.hole:2,S"), [0; 8192], "{form:?}");
        let names = std::fs::read_dir(&cur).unwrap().count();
        assert_eq!(names, 3, "{form:?}: nothing under another name");
        remove(&store, "alice");
    }
}

#[test]
fn what_an_archive_holds_twice_is_refused() {
    let store = Store::empty("itwi");
    let old = OldServer::of(&store);
    let archive = old.packed(&store, "cpmove-alice.tar");
    let folder = store.dir.join("work/cpmove-alice");
    std::fs::write(folder.join("homedir").join(MESSAGE), "other").unwrap();
    let mut tar = Command::new("tar");
    must(
        tar.arg("-rf")
            .arg(&archive)
            .arg("-C")
            .arg(store.dir.join("work"))
            .arg(format!("cpmove-alice/homedir/{MESSAGE}")),
    );
    let complaint = refused(&store, &archive, &[]);
    assert!(
        complaint.contains("holds mail/example.com/sales/cur/1700000000") && complaint.contains("twice"),
        "{complaint}"
    );
}

/// Puts the home of an unpacked backup into an archive beside it.
fn home_packed(folder: &Path, name: &str) {
    let mut tar = Command::new("tar");
    must(
        tar.arg("--auto-compress")
            .arg("-cf")
            .arg(folder.join(name))
            .arg("-C")
            .arg(folder.join("homedir"))
            .arg("."),
    );
    std::fs::remove_dir_all(folder.join("homedir")).unwrap();
}

#[test]
fn a_home_in_an_archive_of_its_own_is_read_with_all_that_is_beside_it() {
    for (index, name) in ["homedir.tar", "homedir.tar.gz", "homedir.tar.zst"].into_iter().enumerate() {
        let store = Store::empty(&format!("inst{index}"));
        let old = OldServer::of(&store);
        old.account_file("SUSPENDED=1\nSUSPENDTIME=1760000000\n");
        let folder = old.unpacked(&store, "cpmove-alice");
        std::fs::create_dir_all(folder.join("suspended")).unwrap();
        std::fs::write(folder.join("suspended/alice"), "Bill 12 is unpaid\n").unwrap();
        home_packed(&folder, name);
        // As old servers leave it.
        std::fs::create_dir(folder.join("homedir")).unwrap();
        for source in [folder.clone(), pack(&store, "cpmove-alice.tar.gz", &["cpmove-alice"])] {
            let report = imported(&store, &source, &[]);
            assert_eq!((&report["user"], &report["maxpop"]), (&json!("alice"), &json!(9)));
            assert_eq!(
                (&report["suspended"], &report["suspendreason"]),
                (&json!(true), &json!("Bill 12 is unpaid"))
            );
            let domains = report["domains"].as_array().unwrap();
            assert_eq!(
                (&domains[0]["forwarders"], &domains[1]["kind"]),
                (&json!(1), &json!("parked")),
                "{report}"
            );
            assert_eq!(domains[0]["default_address"], "alice");
            assert!(!kinds(&report).iter().any(|(file, ..)| file == "backup"), "{report}");
            let home = store.root.join("alice");
            assert_eq!(std::fs::read(home.join(MESSAGE)).unwrap(), b"hello");
            assert!(home.join("mail/cur/1700000002.M3.old:2,").exists());
            let summary = &store.whm("accountsummary", &["user=alice"])["data"]["acct"][0];
            assert_eq!((&summary["suspended"], &summary["maxpop"]), (&json!(1), &json!("9")));
            remove(&store, "alice");
        }
    }
}

#[test]
fn what_has_cp_is_never_a_bare_home() {
    let store = Store::empty("icph");
    let old = OldServer::of(&store);
    let folder = old.unpacked(&store, "cpmove-alice");
    home_packed(&folder, "homedir.tar");
    // What an earlier complaint made people do: the archive unpacked beside cp.
    must(Command::new("tar").arg("-xf").arg(folder.join("homedir.tar")).arg("-C").arg(&folder));
    let report = imported(&store, &folder, &["--dry-run"]);
    assert_eq!(
        (&report["user"], &report["maxpop"], &report["domains"][0]["forwarders"]),
        (&json!("alice"), &json!(9), &json!(1))
    );
    std::fs::remove_file(folder.join("homedir.tar")).unwrap();
    let complaint = refused(&store, &folder, &[]);
    assert!(
        complaint.contains("is an unpacked backup") && complaint.contains("into a folder homedir"),
        "{complaint}"
    );
    let complaint = refused(&store, &folder, &["--user=x", "--domain=example.com"]);
    assert!(complaint.contains("is an unpacked backup"), "{complaint}");
    std::os::unix::fs::symlink("/etc/passwd", folder.join("homedir.tar")).unwrap();
    let complaint = refused(&store, &folder, &[]);
    assert!(complaint.contains("homedir.tar"), "no link is followed: {complaint}");
    // Both at once, in an archive.
    let folder = old.unpacked(&store, "cpmove-bob");
    must(
        Command::new("tar")
            .arg("-cf")
            .arg(folder.join("homedir.tar"))
            .arg("-C")
            .arg(folder.join("homedir"))
            .arg("."),
    );
    let complaint = refused(&store, &pack(&store, "twice.tar.gz", &["cpmove-bob"]), &[]);
    assert!(complaint.contains("holds the home twice"), "{complaint}");
    let report = imported(&store, &folder, &["--dry-run"]);
    assert!(stray(&report, "left-behind", "backup")["what"].as_str().unwrap().contains("homedir.tar"));
}

#[test]
fn a_home_alone_is_imported_from_an_archive() {
    let store = Store::empty("ihom");
    let old = OldServer::of(&store);
    // What a backup has at its top, a customer may have in a folder of pages, and it may come first.
    for path in ["public_html/cp/x", "public_html/homedir/x", "public_html/mail/x", "cp/notes"] {
        old.write(path, "no mail");
    }
    let archive = store.dir.join("backup-example.com-11-29-2026.tar.gz");
    for (from, what) in [
        (old.home(), &["."][..]),
        (old.home(), &["public_html", "cp", "etc", "mail"]),
        (old.root.join("home"), &["alice"]),
        (old.root.clone(), &["home/alice"]),
    ] {
        must(Command::new("tar").arg("-czf").arg(&archive).arg("-C").arg(&from).args(what));
        let complaint = refused(&store, &archive, &[]);
        assert!(
            complaint.contains("--user NAME") && complaint.contains("--domain MAIN"),
            "{what:?}: {complaint}"
        );
        let complaint = refused(&store, &archive, &["--user=alice"]);
        assert!(
            complaint.contains("example.com, example.net") && complaint.contains("--domain"),
            "{complaint}"
        );
        let report = imported(&store, &archive, &["--user=alice", "--domain=example.com"]);
        assert_eq!(report["domains"].as_array().unwrap().len(), 2);
        let told = stray(&report, "account", "cp");
        assert!(told["what"].as_str().unwrap().contains("forwarders, default addresses"), "{told}");
        assert_eq!(std::fs::read(store.root.join("alice").join(MESSAGE)).unwrap(), b"hello");
        remove(&store, "alice");
    }
}
