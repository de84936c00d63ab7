//! A real Dovecot has the last word: what it accepts before and after each change.

use crate::common::dovecot::Dovecot;
use crate::common::entrance::{ALL, Entrance};
use crate::common::{Store, must, program};

#[test]
fn through_every_entrance_the_new_password_opens_and_the_old_does_not() {
    let store = Store::with_account("entr");
    store.add_mailbox("user", "First-Password-1");
    let dovecot = Dovecot::start(&store);
    assert!(dovecot.imap("user@example.com", "First-Password-1"));
    assert!(!dovecot.imap("user@example.com", "something else"));
    let mut old = "First-Password-1".to_owned();
    for entrance in ALL {
        let new = format!("pässword of {entrance:?} #1");
        entrance.set(&store, "user", &new);
        dovecot.assert_changed("user@example.com", &old, &new);
        old = new;
    }
}

#[test]
fn of_two_changes_in_one_second_the_second_counts() {
    let store = Store::with_account("twice");
    store.add_mailbox("user", "First-Password-1");
    let dovecot = Dovecot::start(&store);
    assert!(dovecot.imap("user@example.com", "First-Password-1"));
    for round in 0..3 {
        let (one, two) = (format!("One-Of-Two-{round}"), format!("Two-Of-Two-{round}"));
        // Without the rule for the time stamp Dovecot would keep the first for ever: all hashes are of one length.
        Entrance::Cpapi2.set(&store, "user", &one);
        let _ = dovecot.imap("user@example.com", &one);
        Entrance::Cpapi2.set(&store, "user", &two);
        dovecot.assert_changed("user@example.com", &one, &two);
    }
}

#[test]
fn of_two_groups_in_one_second_the_second_counts() {
    let store = Store::with_account("tgroup");
    let users = ["ann", "ben", "cy"];
    for user in users {
        store.add_mailbox(user, "First-Password-1");
    }
    let dovecot = Dovecot::start(&store);
    let group = |password: &str| {
        let item = |user: &str| {
            format!(
                r#"{{"module":"Email","func":"passwdpop","params":{{"email":"{user}","domain":"example.com","password":"{password}"}}}}"#
            )
        };
        let calls = store.dir.join("calls");
        std::fs::write(&calls, users.map(item).join("\n")).unwrap();
        must(store.command(program("cpapi2")).arg("--batch").arg(calls));
    };
    assert!(users.iter().all(|user| dovecot.imap(&format!("{user}@example.com"), "First-Password-1")));
    for round in 0..3 {
        let (one, two) = (format!("One-Of-Two-{round}"), format!("Two-Of-Two-{round}"));
        group(&one);
        let _ = dovecot.imap("ann@example.com", &one);
        group(&two);
        for user in users {
            dovecot.assert_changed(&format!("{user}@example.com"), &one, &two);
        }
    }
}

#[test]
fn mailboxes_come_and_go() {
    let store = Store::with_account("life");
    let dovecot = Dovecot::start(&store);
    assert!(!dovecot.imap("new@example.com", "Some-Password-1"));
    store.add_mailbox("new", "Some-Password-1");
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert!(dovecot.imap("new@example.com", "Some-Password-1"));
    let answer = store.api2("Email", "delpop", &["domain=example.com", "email=new"]);
    assert_eq!(answer["cpanelresult"]["data"][0]["reason"], "OK", "{answer}");
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert!(!dovecot.imap("new@example.com", "Some-Password-1"));
    assert!(!store.root.join("bob/mail/example.com/new").exists());
}

#[test]
fn a_suspended_mailbox_stays_suspended() {
    let store = Store::with_account("susp");
    for (user, mark) in [("one", "!"), ("two", "!!"), ("all", "*LOCKED*")] {
        store.add_mailbox(user, "Some-Password-1");
        let shadow = std::fs::read_to_string(store.file("shadow")).unwrap();
        std::fs::write(
            store.file("shadow"),
            shadow.replace(&format!("{user}:$6$"), &format!("{user}:{mark}$6$")),
        )
        .unwrap();
    }
    let dovecot = Dovecot::start(&store);
    for user in ["one", "two", "all"] {
        let answer = store.uapi(
            "Email",
            "passwd_pop",
            &[&format!("email={user}@example.com"), "password=Other-Password-1"],
        );
        assert_eq!(answer["result"]["status"], 1, "{answer}");
        assert!(answer["result"]["warnings"][0].as_str().unwrap().contains("suspended"), "{answer}");
        assert!(!dovecot.auth(&format!("{user}@example.com"), "Other-Password-1"), "{user} was unsuspended");
    }
    let shadow = std::fs::read_to_string(store.file("shadow")).unwrap();
    std::fs::write(store.file("shadow"), shadow.replace("one:!$6$", "one:$6$")).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert!(dovecot.auth("one@example.com", "Other-Password-1"), "once unsuspended, the new password counts");
}

#[test]
fn suspending_by_function_refuses_logins_and_back() {
    let store = Store::with_account("sfun");
    store.add_mailbox("user", "Some-Password-1");
    let dovecot = Dovecot::start(&store);
    let opens = || {
        std::thread::sleep(std::time::Duration::from_millis(1100));
        let (imap, auth) = (
            dovecot.imap("user@example.com", "Some-Password-1"),
            dovecot.auth("user@example.com", "Some-Password-1"),
        );
        assert_eq!(imap, auth, "IMAP and SMTP AUTH agree");
        imap
    };
    assert!(opens());
    for (suspend, back) in [
        (("suspend_login", "email=user@example.com"), ("unsuspend_login", "email=user@example.com")),
        (("suspendacct", "user=bob"), ("unsuspendacct", "user=bob")),
    ] {
        for ((func, arg), expected) in [(suspend, false), (back, true)] {
            let answer = if arg.starts_with("user") {
                store.whm(func, &[arg])
            } else {
                store.uapi("Email", func, &[arg])
            };
            assert!(answer["result"]["status"] == 1 || answer["metadata"]["result"] == 1, "{answer}");
            assert_eq!(opens(), expected, "{func}");
        }
    }
}

#[test]
fn a_mailbox_that_moves_with_its_hash_opens_with_its_old_password() {
    let store = Store::with_account("hash");
    // "Old-Password-1" as other tools hash it: SHA-512, SHA-256 and MD5 crypt of libxcrypt.
    let script = "print join \"\\n\", map { crypt 'Old-Password-1', $_ } '$6$otherserversalt0$', '$5$othersalt$', '$1$oldsalt$'";
    let hashes = must(std::process::Command::new("perl").args(["-e", script])).stdout;
    for (n, hash) in String::from_utf8(hashes).unwrap().lines().enumerate() {
        let email = format!("email=moved{n}");
        let answer = store.uapi("Email", "add_pop", &[&email, "quota=0", &format!("password_hash={hash}")]);
        assert_eq!(answer["result"]["status"], 1, "{answer}");
    }
    let dovecot = Dovecot::start(&store);
    for n in 0..3 {
        assert!(dovecot.imap(&format!("moved{n}@example.com"), "Old-Password-1"), "moved{n}");
        assert!(!dovecot.imap(&format!("moved{n}@example.com"), "Old-Password-2"), "moved{n}");
    }
    for (args, why) in [
        (["email=x", "password_hash=plain text"], "no crypt(3) hash"),
        (["email=x", "password_hash=$6$a$b:0:0::/:/bin/sh%0aroot:x"], "no crypt(3) hash"),
        (["email=x", "y=1"], "\"password\" is a required argument."),
    ] {
        let answer = store.uapi("Email", "add_pop", &args);
        assert!(answer["result"]["errors"][0].as_str().unwrap().contains(why), "{answer}");
    }
    let both =
        store.uapi("Email", "add_pop", &["email=x", "password=Some-Password-1", "password_hash=$6$a$b"]);
    assert!(both["result"]["errors"][0].as_str().unwrap().contains("give one of them"), "{both}");
}
