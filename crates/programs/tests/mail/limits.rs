//! What a mailbox may not do, a real Exim and a real Dovecot refuse: more than its limit, logging in while
//! suspended, taking or sending mail while that is suspended.

use crate::common::mailhost::{MailHost, PASSWORD};

const USER: &str = "user@example.com";
const FRIEND: &str = "friend@example.org";

#[test]
fn a_full_mailbox_takes_no_more() {
    let host = MailHost::start("dlvq");
    host.api2("editquota", &["domain=example.com", "email=user", "quota=1"]);
    let message = format!("Subject: large\r\n\r\n{}", "0123456789\r\n".repeat(35_000));
    let send = |announce| host.exim.connect().send("stranger@example.net", USER, &message, announce);
    for _ in 0..2 {
        assert_eq!(send(true).code, 250);
        host.exim.run_queue();
    }
    assert_eq!(host.copies(USER, "large"), 2);
    // Who announces the size hears it before he sends the message.
    let mut smtp = host.exim.connect();
    assert_eq!(smtp.command("MAIL FROM:<stranger@example.net> SIZE=420000").code, 250);
    for reply in [smtp.command("RCPT TO:<user@example.com>"), send(true), send(false)] {
        assert_eq!((reply.code, reply.text.as_str()), (552, "5.2.2 Mailbox is full"));
    }
    let mut imap = host.dovecot.open(USER, PASSWORD).unwrap();
    let verdict = imap.append(&message);
    assert!(verdict.starts_with("NO [OVERQUOTA]"), "{verdict}");
    assert_eq!(host.exim.send(USER, "what fits").code, 250);
    assert!(imap.append("Subject: small\r\n\r\n").starts_with("OK"));

    let listed = host.store.api2("Email", "listpopswithdisk", &["domain=example.com", "regex=user"]);
    let mailbox = &listed["cpanelresult"]["data"][0];
    let bytes = |key: &str| mailbox[key].to_string().trim_matches('"').parse::<u64>().unwrap();
    assert_eq!(bytes("_diskquota"), 1 << 20, "{listed}");
    assert!((2 * 35_000 * 11..1 << 20).contains(&bytes("_diskused")), "{listed}");

    host.api2("editquota", &["domain=example.com", "email=user", "quota=2"]);
    assert_eq!(send(true).code, 250);
    host.exim.run_queue();
    assert_eq!(host.copies(USER, "large"), 3);
    assert_eq!(host.copies(USER, "what fits"), 1);
}

#[test]
fn a_suspended_login_still_gets_mail() {
    let host = MailHost::start("dlvl");
    let opens = || {
        let sends = host.exim.connect().login(USER, PASSWORD);
        assert!([235, 535].contains(&sends.code), "{sends:?}");
        (host.dovecot.imap(USER, PASSWORD), sends.code == 235)
    };
    assert_eq!(opens(), (true, true));
    assert_eq!(host.exim.connect().login(USER, "Wrong-Password-1").code, 535);
    host.uapi("suspend_login", USER);
    assert_eq!(opens(), (false, false));
    assert_eq!(host.exim.send(USER, "while suspended").code, 250);
    host.exim.run_queue();
    host.uapi("unsuspend_login", USER);
    assert_eq!(opens(), (true, true));
    assert_eq!(host.copies(USER, "while suspended"), 1);

    host.done(&host.store.whm("passwd", &["user=bob", "password=Accounts-Password-1"]));
    assert!(host.dovecot.imap("bob", "Accounts-Password-1"));
    host.done(&host.store.whm("suspendacct", &["user=bob"]));
    assert_eq!(opens(), (false, false));
    assert!(!host.dovecot.imap("bob", "Accounts-Password-1"));
    host.done(&host.store.whm("unsuspendacct", &["user=bob"]));
    assert_eq!(opens(), (true, true));
    assert!(host.dovecot.imap("bob", "Accounts-Password-1"));
}

#[test]
fn suspended_incoming_mail_is_refused_with_its_reason() {
    let host = MailHost::start("dlvi");
    host.uapi("suspend_incoming", USER);
    let reply = host.exim.send(USER, "refused");
    assert_eq!((reply.code, reply.text.as_str()), (550, "Incoming mail for user@example.com is suspended"));
    assert_eq!(host.exim.send("other@example.com", "to a neighbour").code, 250);
    assert!(host.dovecot.imap(USER, PASSWORD));
    host.uapi("unsuspend_incoming", USER);
    assert_eq!(host.exim.send(USER, "taken again").code, 250);
    host.exim.run_queue();
    assert_eq!((host.copies(USER, "refused"), host.copies(USER, "taken again")), (0, 1));
}

#[test]
fn outgoing_mail_is_refused_or_held() {
    let host = MailHost::start("dlvo");
    let send = |subject: &str| {
        let mut smtp = host.exim.connect();
        assert_eq!(smtp.login(USER, PASSWORD).code, 235);
        smtp.send(USER, FRIEND, &format!("Subject: {subject}\r\n\r\n"), true)
    };
    host.uapi("suspend_outgoing", USER);
    let reply = send("refused");
    assert_eq!((reply.code, reply.text.as_str()), (550, "Outgoing mail from user@example.com is suspended"));
    assert_eq!(host.exim.send(USER, "still taken").code, 250);
    host.uapi("unsuspend_outgoing", USER);

    host.uapi("hold_outgoing", USER);
    assert_eq!(send("held").code, 250);
    assert_eq!(host.exim.send(FRIEND, "from another").code, 250);
    for _ in 0..2 {
        host.exim.run_queue();
        assert_eq!((host.copies(FRIEND, "held"), host.copies(FRIEND, "from another")), (0, 1));
        assert!(host.exim.queue().contains(FRIEND), "{}", host.exim.queue());
    }
    host.uapi("release_outgoing", USER);
    host.exim.run_queue();
    assert_eq!((host.copies(FRIEND, "held"), host.copies(FRIEND, "refused")), (1, 0));
    assert_eq!(host.copies(USER, "still taken"), 1);
    assert_eq!(host.exim.queue(), "");

    // What stands under the account's name is for all of its mailboxes.
    let list = host.store.root.join(".liveapi/outgoing_mail_suspended_users");
    std::fs::write(&list, "bob\n").unwrap();
    assert_eq!(send("refused with the account").code, 550);
    std::fs::write(&list, "bobby\n").unwrap();
    assert_eq!(send("another account").code, 250);
}
