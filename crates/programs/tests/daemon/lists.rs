//! Lists are answered from what is remembered of an account's files, and show each change at once, whoever makes it
//! and however: the files stand in a home whose owner does with them what he likes.

use std::fs;
use std::os::unix::fs::{chown, symlink};
use std::path::Path;
use std::time::Duration;

use crate::common::{Store, must};
use crate::liveapid::{FIRST_PASSWORD, Liveapid};

/// Once they have not changed for a second, files are remembered.
const SETTLED: Duration = Duration::from_millis(1200);

/// A daemon of two mailboxes, and what a list of theirs says after it has been remembered.
struct Listed {
    daemon: Liveapid,
    header: String,
}

impl Listed {
    fn start(name: &str) -> Self {
        let store = Store::with_account(name);
        store.add_mailbox("user", FIRST_PASSWORD);
        store.add_mailbox("other", FIRST_PASSWORD);
        let daemon = Liveapid::on(store, &[]);
        let header = format!("Authorization: cpanel bob:{}", daemon.token("bob"));
        Self { daemon, header }
    }

    fn list(&self, func: &str) -> String {
        let path = format!("/execute/Email/{func}");
        self.daemon.curl(self.daemon.ports.cpanel, &path, &["--header", &self.header]).body
    }

    /// The list, after it was surely remembered.
    fn remembered(&self, func: &str) -> String {
        std::thread::sleep(SETTLED);
        self.list(func);
        self.list(func)
    }

    /// Writes into a file of bob's domain, under its old time of modification.
    fn in_place(&self, name: &str, change: impl Fn(String) -> String) {
        let path = self.daemon.store.file(name);
        let time = path.metadata().unwrap().modified().unwrap();
        fs::write(&path, change(fs::read_to_string(&path).unwrap())).unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    }
}

#[test]
fn a_remembered_list_shows_each_change_at_once() {
    let listed = Listed::start("lv-listed");
    let has = |list: &str, what: &str| list.contains(what);
    let plain = listed.remembered("list_pops");
    assert!(has(&plain, "other@example.com") && !has(&plain, "\"suspended_login\":1"), "{plain}");
    let api2 = |func: &str| {
        let answer = listed.daemon.store.uapi("Email", func, &["email=other@example.com"]);
        assert_eq!(answer["result"]["status"], 1, "{answer}");
    };
    for (suspend, unsuspend, field) in [
        ("suspend_login", "unsuspend_login", "\"suspended_login\":1"),
        ("suspend_incoming", "unsuspend_incoming", "\"suspended_incoming\":1"),
    ] {
        api2(suspend);
        assert!(has(&listed.list("list_pops"), field));
        assert!(has(&listed.remembered("list_pops"), field));
        api2(unsuspend);
        assert!(!has(&listed.list("list_pops"), field));
        assert!(!has(&listed.remembered("list_pops"), field));
    }
    // As the customer: other bytes of the same length, under the old time.
    listed.in_place("passwd", |text| text.replace("other:", "order:"));
    assert!(has(&listed.list("list_pops"), "order@example.com"));
    listed.in_place("passwd", |text| text.replace("order:", "other:"));
    assert!(has(&listed.remembered("list_pops"), "other@example.com"));
    listed.in_place("shadow", |text| text.replace("other:$6", "other:!6"));
    assert!(has(&listed.list("list_pops"), "\"suspended_login\":1"));
}

#[test]
fn what_may_not_be_read_is_not_answered_from_memory() {
    let listed = Listed::start("lv-listed-links");
    let (store, owner) = (&listed.daemon.store, listed.daemon.store.owner());
    let passwd = store.file("passwd");
    let etc = passwd.parent().unwrap().to_owned();
    let elsewhere = |path: &Path| path.with_extension("elsewhere");
    let refused = |what: &str| {
        let list = listed.list("list_pops");
        assert!(list.contains("\"status\":0") && !list.contains("other@example.com"), "{what}: {list}");
    };
    for path in [&passwd, &etc, &etc.parent().unwrap().to_owned()] {
        assert!(listed.remembered("list_pops").contains("other@example.com"));
        // The same file, but by way of a link.
        fs::rename(path, elsewhere(path)).unwrap();
        symlink(elsewhere(path), path).unwrap();
        refused(&path.display().to_string());
        fs::remove_file(path).unwrap();
        fs::rename(elsewhere(path), path).unwrap();
    }
    assert!(listed.remembered("list_pops").contains("other@example.com"));
    fs::hard_link(&passwd, elsewhere(&passwd)).unwrap();
    refused("a second name");
    fs::remove_file(elsewhere(&passwd)).unwrap();
    if rustix::process::geteuid().is_root() {
        assert!(listed.remembered("list_pops").contains("other@example.com"));
        chown(&passwd, Some(owner + 1), None).unwrap();
        refused("another owner");
    }
}

#[test]
fn a_remembered_use_follows_the_mail() {
    let listed = Listed::start("lv-listed-use");
    let store = &listed.daemon.store;
    let maildir = store.root.join("bob/mail/example.com/other");
    let used = |bytes: u64| {
        let list = listed.list("list_pops_with_disk");
        assert!(
            list.contains(&format!("\"_diskused\":{bytes}"))
                || list.contains(&format!("\"_diskused\":\"{bytes}\"")),
            "{bytes}: {list}"
        );
    };
    let deliver = |name: &str, text: &str| fs::write(maildir.join(name), text).unwrap();
    listed.remembered("list_pops_with_disk");
    deliver("new/1.host,S=70000", "");
    used(70_000);
    listed.remembered("list_pops_with_disk");
    deliver("new/2.host", "1234567");
    used(70_007);
    listed.remembered("list_pops_with_disk");
    // What does not tell its size grows where it stands.
    deliver("new/2.host", "12345678");
    used(70_008);
    listed.remembered("list_pops_with_disk");
    must(std::process::Command::new("mkdir").arg("-p").arg(maildir.join(".Sent/cur")));
    deliver(".Sent/cur/3.host,S=100:2,S", "");
    used(70_108);
    listed.remembered("list_pops_with_disk");
    deliver(".Sent/cur/4.host,S=100:2,S", "");
    used(70_208);
    listed.remembered("list_pops_with_disk");
    deliver("maildirsize", "1000S\n55555 1\n");
    used(55_555);
    listed.remembered("list_pops_with_disk");
    deliver("maildirsize", "1000S\n44444 1\n");
    used(44_444);
}
