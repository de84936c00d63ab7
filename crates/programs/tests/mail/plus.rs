//! user+tag@ reaches user: by SMTP in, by IMAP out, and with everything that holds for user.

use crate::common::arg;
use crate::common::mailhost::{MailHost, PASSWORD};

const USER: &str = "user@example.com";
const OTHER: &str = "other@example.com";
const FRIEND: &str = "friend@example.org";

/// How many messages of that subject are in a folder of a mailbox.
fn copies_in(host: &MailHost, user: &str, folder: &str, subject: &str) -> usize {
    let line = format!("Subject: {subject}\r\n");
    let mut imap = host.dovecot.open(user, PASSWORD).unwrap();
    imap.messages_in(folder).iter().filter(|message| message.contains(&line)).count()
}

/// Sends to an address and delivers.
fn deliver(host: &MailHost, to: &str, subject: &str) {
    let reply = host.exim.send(to, subject);
    assert_eq!(reply.code, 250, "{to}: {reply:?}");
    host.exim.run_queue();
}

fn refused(host: &MailHost, to: &str, why: &str) {
    let reply = host.exim.send(to, "refused");
    assert_eq!((reply.code, reply.text.as_str()), (550, why), "{to}");
}

#[test]
fn a_tag_is_a_folder_if_there_is_one() {
    let host = MailHost::start("pls");
    let mut imap = host.dovecot.open(USER, PASSWORD).unwrap();
    ["INBOX.List", "INBOX.work.2026"].iter().for_each(|folder| imap.create(folder));
    for (tag, folder) in [
        ("List", "INBOX.List"),
        ("work.2026", "INBOX.work.2026"),
        ("list", "INBOX"),
        ("nosuch", "INBOX"),
        ("", "INBOX"),
        ("..", "INBOX"),
        ("List+more", "INBOX"),
        ("~root", "INBOX"),
    ] {
        let subject = format!("to the tag “{tag}”").replace(['“', '”'], "'");
        deliver(&host, &format!("user+{tag}@example.com"), &subject);
        assert_eq!(copies_in(&host, USER, folder, &subject), 1, "{tag} in {folder}");
    }
    deliver(&host, "USER+List@Example.Com", "in capitals");
    assert_eq!(copies_in(&host, USER, "INBOX.List", "in capitals"), 1);
    // No folder was made by mail, and nobody names one in another way.
    assert_eq!(imap.messages_in("INBOX.List").len(), 2);
    refused(&host, "user/List@example.com", "No such person at this address");
    refused(&host, "user+a/../../b@example.com", "No such person at this address");
    refused(&host, "nobody+List@example.com", "No Such User Here");
    host.done(&host.store.whm("passwd", &["user=bob", &arg("password", PASSWORD)]));
    deliver(&host, "bob+tag@mail.example.net", "to the account");
    assert_eq!(host.copies("bob", "to the account"), 1);
    assert_eq!(host.exim.queue(), "");
}

#[test]
fn a_name_with_a_plus_sign_comes_before_the_tag() {
    let host = MailHost::start("plsn");
    host.api2("addpop", &["domain=example.com", "email=user%2Bown", &arg("password", PASSWORD)]);
    deliver(&host, "user+own@example.com", "to the mailbox");
    assert_eq!(
        (host.copies("user+own@example.com", "to the mailbox"), host.copies(USER, "to the mailbox")),
        (1, 0)
    );
    host.forward("user+fwd", &["fwdopt=fwd", &arg("fwdemail", FRIEND)]);
    deliver(&host, "user+fwd@example.com", "to its forwarder");
    assert_eq!((host.copies(FRIEND, "to its forwarder"), host.copies(USER, "to its forwarder")), (1, 0));
    host.api2("setdefaultaddress", &["domain=example.com", "fwdopt=fwd", &arg("fwdemail", FRIEND)]);
    deliver(&host, "nobody+x@example.com", "to the default");
    assert_eq!(host.copies(FRIEND, "to the default"), 1);
}

#[test]
fn what_holds_for_the_user_holds_for_the_tag() {
    let host = MailHost::start("plsh");
    // Forwarders: with and without a mailbox, and back to oneself with a tag.
    host.dovecot.open(OTHER, PASSWORD).unwrap().create("INBOX.copy");
    host.forward("other", &["fwdopt=fwd", &arg("fwdemail", FRIEND)]);
    deliver(&host, "other+copy@example.com", "forwarded");
    assert_eq!(
        (host.copies(FRIEND, "forwarded"), copies_in(&host, OTHER, "INBOX.copy", "forwarded")),
        (1, 1)
    );
    host.forward("other", &["fwdopt=fwd", &arg("fwdemail", "other+copy@example.com")]);
    deliver(&host, OTHER, "twice");
    assert_eq!((host.copies(OTHER, "twice"), copies_in(&host, OTHER, "INBOX.copy", "twice")), (1, 1));
    host.forward("sales", &["fwdopt=fwd", &arg("fwdemail", FRIEND)]);
    host.forward("gone", &["fwdopt=fail", &arg("failmsgs", "Moved to the sea")]);
    deliver(&host, "sales+x@example.com", "to sales");
    assert_eq!(host.copies(FRIEND, "to sales"), 1);
    refused(&host, "gone+x@example.com", "Moved to the sea");
    host.exim.run_queue();

    // A mailbox that takes no mail, and a full one.
    host.uapi("suspend_incoming", USER);
    refused(&host, "user+tag@example.com", "Incoming mail for user@example.com is suspended");
    host.uapi("unsuspend_incoming", USER);
    host.api2("editquota", &["domain=example.com", "email=user", "quota=1"]);
    let message = format!("Subject: large\r\n\r\n{}", "0123456789\r\n".repeat(35_000));
    let send = |to| host.exim.connect().send("stranger@example.net", to, &message, true);
    for _ in 0..2 {
        assert_eq!(send("user+tag@example.com").code, 250);
        host.exim.run_queue();
    }
    let reply = send("user+tag@example.com");
    assert_eq!((reply.code, reply.text.as_str()), (552, "5.2.2 Mailbox is full"));

    // A suspended account: its mailboxes take mail, its forwarders do nothing.
    host.done(&host.store.whm("suspendacct", &["user=bob"]));
    refused(&host, "sales+x@example.com", "The account of example.com is suspended");
    deliver(&host, "other+copy@example.com", "while suspended");
    host.done(&host.store.whm("unsuspendacct", &["user=bob"]));
    assert_eq!(
        (host.copies(FRIEND, "while suspended"), copies_in(&host, OTHER, "INBOX.copy", "while suspended")),
        (0, 1)
    );
    assert!(!host.dovecot.imap("user+tag@example.com", PASSWORD), "a tag logs in nobody");
}
