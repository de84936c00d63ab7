//! A suspended account stays so, whatever its owner writes into his own files: the registry's mark alone decides.

use std::path::{Path, PathBuf};

use crate::common::dovecot::Dovecot;
use crate::common::mailhost::{MailHost, PASSWORD};
use crate::common::{Store, arg};

const USER: &str = "user@example.com";
const FRIEND: &str = "friend@example.org";

/// Takes the marks of suspension out of a domain's own file, as its owner can.
fn unmark(shadow: &Path) {
    let text = std::fs::read_to_string(shadow).unwrap();
    assert!(text.contains("*LOCKED*"), "{text}");
    std::fs::write(shadow, text.replace("*LOCKED*", "")).unwrap();
}

fn shadows(store: &Store) -> [PathBuf; 2] {
    ["example.com", "example.org"].map(|domain| store.root.join("bob/etc").join(domain).join("shadow"))
}

#[test]
fn marks_taken_away_open_nothing_and_nothing_is_forwarded_or_run() {
    let host = MailHost::start("dlvs");
    let home = host.store.root.join("bob");
    host.done(&host.store.whm("passwd", &["user=bob", &arg("password", PASSWORD)]));
    host.program(&home.join("run"), "#!/bin/sh\ntouch \"$HOME/mail/ran\"\n");
    host.forward("program", &["fwdopt=pipe", "pipefwd=run"]);
    host.forward("other", &["fwdopt=fwd", &arg("fwdemail", FRIEND)]);
    host.forward("abroad", &["fwdopt=fwd", "fwdemail=somebody@example.net"]);
    host.api2("setdefaultaddress", &["domain=example.com", "fwdopt=fwd", &arg("fwdemail", USER)]);
    host.api2("adddomainforward", &["domain=example.org", "destdomain=example.net"]);
    let mut open = host.exim.connect();
    assert_eq!(open.login(USER, PASSWORD).code, 235);
    assert_eq!(open.send(USER, FRIEND, "Subject: sent before\r\n\r\n", true).code, 250);
    host.done(&host.store.whm("suspendacct", &["user=bob"]));
    shadows(&host.store).iter().for_each(|shadow| unmark(shadow));

    for user in [USER, "other@example.com", FRIEND, "bob"] {
        assert!(!host.dovecot.imap(user, PASSWORD), "{user} by IMAP");
        assert_eq!(host.exim.connect().login(user, PASSWORD).code, 535, "{user} by SMTP");
    }
    // Who had logged in before sends no more, and what waits in the queue stays there.
    let reply = open.send(USER, FRIEND, "Subject: sent meanwhile\r\n\r\n", true);
    assert_eq!((reply.code, reply.text.as_str()), (550, "Outgoing mail from user@example.com is suspended"));
    for to in ["program@example.com", "abroad@example.com", "anybody@example.com", "anybody@example.org"] {
        let reply = host.exim.send(to, "refused");
        let domain = to.split('@').nth(1).unwrap();
        assert_eq!((reply.code, reply.text), (550, format!("The account of {domain} is suspended")), "{to}");
    }
    for to in [USER, "other@example.com"] {
        assert_eq!(host.exim.send(to, "kept for the owner").code, 250, "{to}");
    }
    host.exim.run_queue();
    assert!(!home.join("mail/ran").exists(), "no program runs");
    assert!(host.exim.queue().contains(FRIEND), "{}", host.exim.queue());

    host.done(&host.store.whm("unsuspendacct", &["user=bob"]));
    host.exim.run_queue();
    let copies = |user, subject| host.copies(user, subject);
    assert_eq!(copies(USER, "kept for the owner"), 1);
    assert_eq!(
        (copies("other@example.com", "kept for the owner"), copies(FRIEND, "kept for the owner")),
        (1, 0)
    );
    assert_eq!((copies(FRIEND, "sent before"), copies(FRIEND, "sent meanwhile")), (1, 0));
    assert_eq!(host.exim.send("program@example.com", "to a program").code, 250);
    host.exim.run_queue();
    assert!(home.join("mail/ran").exists());
    assert_eq!(host.exim.queue(), "");
}

#[test]
fn a_dovecot_of_another_user_reads_the_mark() {
    let store = Store::with_account("dlvsu");
    store.add_mailbox("user", PASSWORD);
    let dovecot = Dovecot::start(&store);
    let opens = || {
        std::thread::sleep(std::time::Duration::from_millis(1100));
        let (imap, auth) = (dovecot.imap(USER, PASSWORD), dovecot.auth("User@Example.Com", PASSWORD));
        assert_eq!(imap, auth, "IMAP and SMTP AUTH agree");
        imap
    };
    assert!(opens(), "nobody is suspended yet");
    assert_eq!(store.whm("suspendacct", &["user=bob"])["metadata"]["result"], 1);
    unmark(&store.file("shadow"));
    assert!(!opens());
    assert_eq!(store.whm("unsuspendacct", &["user=bob"])["metadata"]["result"], 1);
    assert!(opens());
    // A store of before there was such a list.
    std::fs::remove_file(store.root.join(".liveapi/suspended")).unwrap();
    assert!(opens());
    assert_eq!(store.whm("suspendacct", &["user=bob"])["metadata"]["result"], 1);
    unmark(&store.file("shadow"));
    assert!(!opens());
}
