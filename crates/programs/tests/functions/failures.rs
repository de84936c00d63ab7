//! What stands in the way on real machines: full and read-only disks, links, hard links, FIFOs, foreign
//! owners. Each is told with the file and the cause, and the old password stays.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Command;

use crate::common::{Store, is_root, must};

const OLD: &str = "Start-Password-1";

fn prepared(name: &str) -> Store {
    let store = Store::with_account(name);
    store.add_mailbox("user", OLD);
    store
}

/// Runs a command as root; the tests themselves may run as an ordinary user with sudo.
fn as_root(words: &[&str]) {
    let mut command = if is_root() { Command::new(words[0]) } else { Command::new("sudo") };
    if is_root() {
        command.args(&words[1..]);
    } else {
        command.arg("-n").args(words);
    }
    must(&mut command);
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Tries a change and returns the reason why it failed, after the checks that hold for each.
fn failure(store: &Store) -> String {
    let answer =
        store.api2("Email", "passwdpop", &["domain=example.com", "email=user", "password=Other-Password-1"]);
    let inner = &answer["cpanelresult"];
    let reason = inner["error"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    assert_eq!(inner["data"][0]["result"], 0, "{answer}");
    assert_eq!(inner["data"][0]["reason"], inner["error"], "{answer}");
    assert!(reason.contains("The password of “user@example.com” is unchanged"), "{reason}");
    assert!(!reason.contains("Other-Password-1"), "{reason}");
    reason
}

/// That no temporary file stays, and that the bytes are the same as before.
fn assert_untouched(store: &Store, shadow: &[u8]) {
    assert_eq!(std::fs::read(store.file("shadow")).unwrap(), shadow);
    let names = std::fs::read_dir(store.file("shadow").parent().unwrap()).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().starts_with(".liveapi-")), "{names:?}");
}

#[test]
fn a_full_disk() {
    let mut store = Store::empty("full");
    let disk = store.dir.join("disk");
    std::fs::create_dir(&disk).unwrap();
    as_root(&["mount", "-t", "tmpfs", "-o", "size=128k,mode=0777", "tmpfs", text(&disk)]);
    let unmount = Unmount(&disk);
    store.root = disk.join("s");
    store.whm("createacct", &["username=bob", "domain=example.com"]);
    store.add_mailbox("user", OLD);
    let shadow = std::fs::read(store.file("shadow")).unwrap();
    let _ = std::fs::write(disk.join("filler"), vec![0u8; 128 * 1024]);
    let reason = failure(&store);
    assert!(reason.contains("the disk is full (ENOSPC); free some space and try again"), "{reason}");
    assert_untouched(&store, &shadow);
    let added =
        store.api2("Email", "addpop", &["domain=example.com", "email=new", "password=Other-Password-1"]);
    assert!(added["cpanelresult"]["error"].as_str().unwrap().contains("ENOSPC"), "{added}");
    assert!(!store.root.join("bob/mail/example.com/new").exists(), "nothing half-made stays");
    std::fs::remove_file(disk.join("filler")).unwrap();
    let answer =
        store.api2("Email", "passwdpop", &["domain=example.com", "email=user", "password=Other-Password-1"]);
    assert_eq!(answer["cpanelresult"]["data"][0]["result"], 1, "{answer}");
    as_root(&["mount", "-o", "remount,ro", text(&disk)]);
    let reason = failure(&store);
    assert!(reason.contains("(EROFS)"), "{reason}");
    drop(unmount);
}

struct Unmount<'a>(&'a Path);

impl Drop for Unmount<'_> {
    fn drop(&mut self) {
        as_root(&["umount", text(self.0)]);
    }
}

#[test]
fn a_read_only_folder() {
    let store = prepared("rofo");
    let shadow = std::fs::read(store.file("shadow")).unwrap();
    let folder = store.file("shadow").parent().unwrap().to_owned();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o550)).unwrap();
    let reason = failure(&store);
    assert!(reason.contains("permission denied (EACCES)") && reason.contains(text(&folder)), "{reason}");
    assert_untouched(&store, &shadow);
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o750)).unwrap();
}

#[test]
fn a_symbolic_link_instead_of_the_file() {
    let store = prepared("slnk");
    let shadow = std::fs::read(store.file("shadow")).unwrap();
    std::fs::rename(store.file("shadow"), store.file("elsewhere")).unwrap();
    std::os::unix::fs::symlink("elsewhere", store.file("shadow")).unwrap();
    let reason = failure(&store);
    assert!(reason.contains("a symbolic link or a mount stands in the way"), "{reason}");
    assert_untouched(&store, &shadow);
    assert!(std::fs::symlink_metadata(store.file("shadow")).unwrap().is_symlink());
}

#[test]
fn a_symbolic_link_instead_of_a_folder() {
    let store = prepared("slfo");
    for folder in ["etc/example.com", "etc"] {
        let path = store.root.join("bob").join(folder);
        let moved = store.dir.join("moved");
        std::fs::rename(&path, &moved).unwrap();
        std::os::unix::fs::symlink(&moved, &path).unwrap();
        let reason = failure(&store);
        assert!(reason.contains("symbolic link"), "{reason}");
        std::fs::remove_file(&path).unwrap();
        std::fs::rename(&moved, &path).unwrap();
    }
}

#[test]
fn a_hard_link() {
    let store = prepared("hlnk");
    let shadow = std::fs::read(store.file("shadow")).unwrap();
    std::fs::hard_link(store.file("shadow"), store.file("shadow.roottn.bak")).unwrap();
    let reason = failure(&store);
    assert!(reason.contains("it has a second name (a hard link)"), "{reason}");
    assert_untouched(&store, &shadow);
}

#[test]
fn a_fifo_does_not_hang() {
    let store = prepared("fifo");
    std::fs::remove_file(store.file("shadow")).unwrap();
    must(Command::new("mkfifo").arg(store.file("shadow")));
    must(Command::new("chmod").arg("666").arg(store.file("shadow")));
    let reason = failure(&store);
    assert!(reason.contains("it is not a regular file"), "{reason}");
}

#[test]
fn a_foreign_owner() {
    let store = prepared("fown");
    let shadow = std::fs::read(store.file("shadow")).unwrap();
    must(Command::new("chmod").arg("644").arg(store.file("shadow")));
    as_root(&["chown", "daemon", text(&store.file("shadow"))]);
    let reason = failure(&store);
    assert!(reason.contains("it belongs to neither the account nor root"), "{reason}");
    assert_untouched(&store, &shadow);
    as_root(&["chown", "daemon", text(&store.root.join("bob"))]);
    let reason = failure(&store);
    assert!(reason.contains("the account's is"), "{reason}");
    as_root(&["chown", "-R", &store_user(), text(&store.dir)]);
}

/// Who may remove the scratch folder.
fn store_user() -> String {
    rustix::process::geteuid().as_raw().to_string()
}

#[test]
fn a_state_folder_that_others_may_write() {
    let store = prepared("stat");
    let state = store.root.join(".liveapi");
    std::fs::set_permissions(&state, std::fs::Permissions::from_mode(0o777)).unwrap();
    let output =
        store.command(crate::common::program("cpapi2")).args(["Email", "listpops"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("others may write into it"), "{text}");
}

#[test]
fn owner_group_mode_and_acl_are_kept() {
    let store = prepared("keep");
    let path = store.file("shadow");
    must(Command::new("chmod").arg("604").arg(&path));
    must(Command::new("setfacl").args(["-m", "u:daemon:r"]).arg(&path));
    let before = std::fs::metadata(&path).unwrap();
    let answer =
        store.api2("Email", "passwdpop", &["domain=example.com", "email=user", "password=Other-Password-1"]);
    assert_eq!(answer["cpanelresult"]["data"][0]["result"], 1, "{answer}");
    let after = std::fs::metadata(&path).unwrap();
    assert_ne!(before.ino(), after.ino(), "replaced by rename");
    assert_eq!((before.uid(), before.gid(), before.mode()), (after.uid(), after.gid(), after.mode()));
    let acl = must(Command::new("getfacl").arg("-c").arg(&path)).stdout;
    assert!(String::from_utf8_lossy(&acl).contains("user:daemon:r--"), "{}", String::from_utf8_lossy(&acl));
    assert!(after.mtime() > before.mtime());
}

#[test]
fn odd_files_keep_their_bytes() {
    let store = prepared("odd");
    let hash = std::fs::read_to_string(store.file("shadow")).unwrap();
    let line = hash.trim_end();
    for (around, expected) in [
        (format!("#c\n\nz\0z:1\n{line}\r\nlast:x"), true),
        (format!("{line}\nuser:$6$second$line:1\n"), true),
        ("other:x:1\n".to_owned(), true),
        (format!(" {line}\n"), true),
    ] {
        std::fs::write(store.file("shadow"), &around).unwrap();
        let answer =
            store.uapi("Email", "passwd_pop", &["email=user@example.com", "password=Other-Password-1"]);
        assert_eq!(answer["result"]["status"] == 1, expected, "{answer}");
        let checked =
            store.uapi("Email", "verify_password", &["email=user@example.com", "password=Other-Password-1"]);
        assert_eq!(checked["result"]["data"], 1, "{around:?}");
        let now = std::fs::read(store.file("shadow")).unwrap();
        let rest: Vec<&[u8]> = around
            .as_bytes()
            .split(|&b| b == b'\n')
            .filter(|l| !l.starts_with(b"user:") && !l.is_empty())
            .collect();
        for kept in rest {
            assert!(now.split(|&b| b == b'\n').any(|line| line == kept), "{kept:?} is gone from {now:?}");
        }
    }
}
