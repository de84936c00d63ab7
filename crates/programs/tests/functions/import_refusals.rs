//! `liveapi import` where something is wrong: it says what, and nothing has changed.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::common::cpanel::{OldServer, import, imported, listing, pack, refused};
use crate::common::{Store, is_root, json, must, program};

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
        must(Command::new("chown").arg("2").arg(old.home()));
        let mut other = store.command("setpriv");
        other.args(["--reuid=1", "--clear-groups"]).arg(program("liveapi"));
        let output = other.arg("import").arg(old.home()).arg("--in-place").output().unwrap();
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert!(complaint.contains("belongs to uid 2, and this process runs as uid 1"), "{complaint}");
    } else {
        let complaint = refused(&store, Path::new("/"), &["--in-place", "--user=x"]);
        assert!(complaint.contains("The home belongs to root"), "{complaint}");
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
        (&plain, |bytes| *bytes = b"BZh91AY".to_vec(), "damaged or cut off"),
        (&plain, |bytes| *bytes = b"PK\x03\x04".to_vec(), "compressed with zip"),
        (&plain, |bytes| bytes.clear(), "is no tar archive"),
    ] {
        let bad = damaged(&store, archive, "bad", change);
        let complaint = refused(&store, &bad, &[]);
        assert!(complaint.contains(words), "{words}: {complaint}");
        assert!(refused(&store, &bad, &["--dry-run"]).contains(words));
    }
    for (what, words) in
        [(&["homedir"][..], "account file cp/USER is missing"), (&["cp"], "it has no folder homedir")]
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
    for (url, words) in [
        ("whm://root:s3cret@h", "holds a password"),
        ("whm://root@h", "files of an embedded mail store"),
        ("unix:///run/x", "names the panel at unix:///run/x"),
        ("mysql://u:s3cret@h/x", "no engine for mysql: URLs"),
    ] {
        let mut command = store.command(program("liveapi"));
        let other = command.arg("import").arg(old.home()).env("LIVEAPI_URL", url).output().unwrap();
        let complaint = String::from_utf8_lossy(&other.stderr).into_owned();
        assert!(complaint.contains(words) && !complaint.contains("s3cret"), "{complaint}");
    }
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
    // The lock files of the account and its domains stay.
    imported(&store, &source, &[]);
    assert_eq!(store.whm("removeacct", &["username=alice"])["metadata"]["result"], 1);
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
        // Removing leaves the lock files of the account and its domains.
        before = listing(&store.root);
        let mut others = before.lines().filter(|line| !line.contains(".liveapi/locks/"));
        assert!(others.all(|line| !line.contains("alice")), "{before}");
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

/// The folders in which imports copy.
fn stagings(store: &Store) -> Vec<PathBuf> {
    let paths = std::fs::read_dir(&store.root).unwrap().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(".import-")).collect()
}

/// Starts an import that takes its time, and waits until it is in the middle of copying.
fn slow_import(store: &Store, source: &Path) -> std::process::Child {
    slowed_import(store, source, &["inject=fchmod:delay_enter=20000"])
}

/// The same with these delays.
fn slowed_import(store: &Store, source: &Path, delays: &[&str]) -> std::process::Child {
    let others = stagings(store);
    let mut command = store.command("strace");
    // As a grandchild, so that the process started here is the program.
    command.args(["-D", "-f", "-o"]).arg(store.dir.join("trace"));
    command.args(delays.iter().flat_map(|delay| ["-e", *delay]));
    command.arg(program("liveapi")).arg("import").arg(source).stderr(std::process::Stdio::piped());
    let child = command.spawn().expect("strace");
    let start = std::time::Instant::now();
    let copies = |path: &PathBuf| {
        let messages = path.join("mail/example.com/sales/new");
        !others.contains(path) && std::fs::read_dir(messages).is_ok_and(|names| names.count() > 3)
    };
    while !stagings(store).iter().any(copies) {
        assert!(start.elapsed().as_secs() < 30, "the import does not begin to copy");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    child
}

/// Whatever holds it up: here a removal of which each step takes half a second.
#[test]
fn interrupted_it_ends_within_seconds_and_says_what_it_leaves() {
    let (store, old) = beside_bob("ipat");
    for number in 0..300 {
        old.write(&format!("mail/example.com/sales/new/{number}"), "message");
    }
    old.settle();
    let delays = ["inject=fchmod:delay_enter=20000", "inject=unlinkat:delay_enter=500000"];
    let child = slowed_import(&store, &old.home(), &delays);
    let start = std::time::Instant::now();
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::TERM)
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(start.elapsed().as_secs() < 12, "{:?}: {complaint}", start.elapsed());
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    for words in ["interrupted by a signal", ".import-", "the next import removes it", "Start it again"] {
        assert!(complaint.contains(words), "{complaint}");
    }
    assert_eq!((stagings(&store).len(), store.root.join("alice").exists()), (1, false));
    imported(&store, &old.home(), &[]);
    assert_eq!(stagings(&store).len(), 0);
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
    let live = slow_import(&store, &old.home());
    assert_eq!(stagings(&store).len(), 1, "the killed one's folder is gone");
    let report = imported(&store, &old.home(), &["--user=first"]);
    assert_eq!(report["files"], 306);
    // The slow one finds the domains taken when it comes to enter them.
    let output = live.wait_with_output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(complaint.contains("already belongs to the account “first”"), "{complaint}");
    assert_eq!(stagings(&store).len(), 0);
    assert!(
        store.root.join("first/mail/example.com/sales/new/299").exists()
            && !store.root.join("alice").exists()
    );
}
