//! Mail goes in by SMTP and comes out by IMAP: a real Exim and a real Dovecot, as docs/guides/mail-host.md has
//! them, obey what the functions write.

use crate::common::arg;
use crate::common::mailhost::{MailHost, PASSWORD};

/// A subject that no other message of a test has, and who gets it.
fn arrives(host: &MailHost, subject: &str, to: &str, at: &[&str]) {
    let reply = host.exim.send(to, subject);
    assert_eq!(reply.code, 250, "{to}: {reply:?}");
    host.exim.run_queue();
    for user in ["user@example.com", "other@example.com", "friend@example.org", "bob"] {
        let copies = host.copies(user, subject);
        assert_eq!(copies, usize::from(at.contains(&user)), "{subject} to {to} at {user}");
    }
}

#[test]
fn mail_reaches_mailboxes_and_follows_forwarders() {
    let host = MailHost::start("dlv");
    arrives(&host, "to a mailbox", "user@example.com", &["user@example.com"]);
    arrives(&host, "in capitals", "USER@Example.COM", &["user@example.com"]);

    host.forward("sales", &["fwdopt=fwd", &arg("fwdemail", "friend@example.org")]);
    arrives(&host, "to a forwarder", "sales@example.com", &["friend@example.org"]);

    host.forward("other", &["fwdopt=fwd", &arg("fwdemail", "friend@example.org")]);
    arrives(&host, "to both", "other@example.com", &["other@example.com", "friend@example.org"]);
    let address = [arg("email", "other@example.com"), arg("emaildest", "friend@example.org")];
    host.api2("delforward", &[&address[0], &address[1]]);
    arrives(&host, "to one again", "other@example.com", &["other@example.com"]);

    host.forward("hole", &["fwdopt=blackhole"]);
    arrives(&host, "to nobody", "hole@example.com", &[]);

    host.forward("gone", &["fwdopt=fail", &arg("failmsgs", "Moved to the sea")]);
    let reply = host.exim.send("gone@example.com", "refused");
    assert_eq!((reply.code, reply.text.as_str()), (550, "Moved to the sea"));

    assert!(!host.dovecot.imap("bob", "Accounts-Password-1"), "an account without a password");
    host.done(&host.store.whm("passwd", &["user=bob", "password=Accounts-Password-1"]));
    assert!(host.dovecot.imap("bob", "Accounts-Password-1"));
    assert!(!host.dovecot.imap("bob", PASSWORD));
    host.done(&host.store.whm("passwd", &["user=bob", &arg("password", PASSWORD)]));
    host.forward("boss", &["fwdopt=system", "fwdsystem=bob"]);
    arrives(&host, "to the account", "boss@example.com", &["bob"]);
    assert_eq!(host.exim.queue(), "");
}

#[test]
fn a_forwarder_to_a_program_runs_it_as_the_account() {
    let host = MailHost::start("dlvp");
    let home = host.store.root.join("bob");
    host.program(&home.join("keep"), "#!/bin/sh\n{ id -u; id -g; cat; } > \"$HOME/kept\"\n");
    host.forward("program", &["fwdopt=pipe", "pipefwd=keep"]);
    arrives(&host, "to a program", "program@example.com", &[]);
    let kept = std::fs::read_to_string(home.join("kept")).unwrap();
    let mut lines = kept.lines();
    let owner = std::fs::metadata(&home).unwrap();
    let (uid, gid) = {
        use std::os::unix::fs::MetadataExt;
        (owner.uid().to_string(), owner.gid().to_string())
    };
    assert_eq!((lines.next(), lines.next()), (Some(uid.as_str()), Some(gid.as_str())), "{kept}");
    assert!(kept.contains("Subject: to a program") && kept.contains("A message."), "{kept}");
}

#[test]
fn the_default_address_gets_what_nobody_else_does() {
    let host = MailHost::start("dlvd");
    let refused = |to: &str, why: &str| {
        let reply = host.exim.send(to, "refused");
        assert_eq!((reply.code, reply.text.as_str()), (550, why), "{to}");
    };
    let default = |args: &[&str]| host.api2("setdefaultaddress", &[&["domain=example.com"], args].concat());
    refused("nobody@example.com", "No Such User Here");

    default(&["fwdopt=fwd", &arg("fwdemail", "friend@example.org")]);
    arrives(&host, "to the default", "anybody@example.com", &["friend@example.org"]);
    arrives(&host, "not to the default", "user@example.com", &["user@example.com"]);

    default(&["fwdopt=blackhole"]);
    arrives(&host, "to the default hole", "anybody@example.com", &[]);

    default(&["fwdopt=fail", &arg("failmsgs", "Nobody of that name")]);
    refused("anybody@example.com", "Nobody of that name");

    // As an imported file may have it.
    let file = host.store.root.join(".liveapi/valiases/example.com");
    let text = std::fs::read_to_string(&file).unwrap();
    let quoted = text
        .replace("Nobody of that name", "Nobody, as imported")
        .replace("*: :fail: Nobody, as imported", "*: \":fail: Nobody, as imported\"");
    std::fs::write(&file, quoted).unwrap();
    refused("anybody@example.com", "Nobody, as imported");

    host.api2("adddomainforward", &["domain=example.com", "destdomain=example.org"]);
    arrives(&host, "to the same name", "friend@example.com", &["friend@example.org"]);
    arrives(&host, "a mailbox first", "user@example.com", &["user@example.com"]);
    refused("nobody@example.com", "No Such User Here");
    let elsewhere = host.exim.send("somebody@example.net", "relayed");
    assert_eq!((elsewhere.code, elsewhere.text.as_str()), (550, "Relaying is not permitted; log in first"));
}
