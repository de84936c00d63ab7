//! Autoresponders answer people, once in their interval, and nobody else: a real Exim and a real Dovecot.

use crate::common::arg;
use crate::common::mailhost::{MailHost, PASSWORD};

const USER: &str = "user@example.com";
const OTHER: &str = "other@example.com";
const FRIEND: &str = "friend@example.org";

/// Lets an address answer.
fn add(host: &MailHost, address: &str, more: &[&str]) {
    let all =
        [&[&arg("email", address), "from=Bob", "subject=Away:%20%25subject%25", "body=I%20am%20away."], more];
    host.done(&host.store.uapi("Email", "add_auto_responder", &all.concat()));
}

/// Sends a message with those further lines, delivers it and what it leads to.
fn send(host: &MailHost, from: &str, to: &str, subject: &str, headers: &str) {
    let message =
        format!("{headers}Subject: {subject}\r\nMessage-ID: <{subject}@example.net>\r\n\r\nA message.");
    let reply = host.exim.connect().send(from, to, &message, true);
    assert_eq!(reply.code, 250, "{to}: {reply:?}");
    host.exim.run_queue();
    host.exim.run_queue();
}

/// The answers to a subject that a mailbox holds.
fn answers(host: &MailHost, user: &str, subject: &str) -> Vec<String> {
    let line = format!("Subject: Away: {subject}\r\n");
    let mut imap = host.dovecot.open(user, PASSWORD).unwrap();
    imap.messages().into_iter().filter(|message| message.contains(&line)).collect()
}

#[test]
fn people_are_answered_once_in_an_interval() {
    let host = MailHost::start("aut");
    let body = arg("body", "Hello %from% <%email%>, you wrote of “%subject%”. ${run{/bin/id}} $h_from:");
    let hostile = "From: \"Fred ${run{/bin/id}} Ö\" <friend@example.org>\r\n";
    host.done(&host.store.uapi(
        "Email",
        "add_auto_responder",
        &[
            "email=other",
            "domain=example.com",
            "from=B%C3%B6b",
            "subject=Away:%20%25subject%25",
            &body,
            "interval=1",
        ],
    ));
    send(&host, FRIEND, OTHER, "first", hostile);
    let first = answers(&host, FRIEND, "first");
    assert_eq!(first.len(), 1, "{first:?}");
    for line in [
        "Return-Path: <>\r\n",
        "From: =?UTF-8?Q?B=C3=B6b?= <other@example.com>\r\n",
        "To: friend@example.org\r\n",
        "Auto-Submitted: auto-replied\r\n",
        "Content-Type: text/plain; charset=utf-8\r\n",
        "In-Reply-To: <first@example.net>\r\n",
        // Nothing of it is evaluated, whoever wrote it.
        "Hello Fred ${run{/bin/id}} Ö <friend@example.org>, you wrote of “first”. ${run{/bin/id}} $h_from:\r\n",
    ] {
        assert!(first[0].contains(line), "{line}{}", first[0]);
    }
    assert_eq!(host.copies(OTHER, "first"), 1, "the message itself arrives");
    send(&host, FRIEND, OTHER, "second", "");
    assert!(answers(&host, FRIEND, "second").is_empty(), "within the interval");
    send(&host, USER, OTHER, "third", "");
    assert_eq!(answers(&host, USER, "third").len(), 1, "somebody else");

    // 0 answers everything; the tag of an address is answered as the address.
    add(&host, OTHER, &["interval=0", "is_html=1"]);
    for subject in ["fourth", "fifth"] {
        send(&host, FRIEND, "other+tag@example.com", subject, "");
        let found = answers(&host, FRIEND, subject);
        assert!(
            found.len() == 1 && found[0].contains("Content-Type: text/html; charset=utf-8\r\n"),
            "{found:?}"
        );
    }
    host.done(&host.store.api2("Email", "delautoresponder", &["email=other", "domain=example.com"]));
    send(&host, FRIEND, OTHER, "sixth", "");
    assert!(answers(&host, FRIEND, "sixth").is_empty());
    assert_eq!(host.exim.queue(), "");
}

#[test]
fn lists_programs_bounces_and_oneself_are_not_answered() {
    let host = MailHost::start("autn");
    add(&host, OTHER, &["interval=0"]);
    for headers in [
        "List-Id: x.example.net\r\n",
        "List-Unsubscribe: <mailto:x@example.net>\r\n",
        "Precedence: bulk\r\n",
        "Precedence: list\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "X-Auto-Response-Suppress: OOF, AutoReply\r\n",
        "X-Spam-Flag: YES\r\n",
    ] {
        send(&host, FRIEND, OTHER, "unanswered", headers);
    }
    for sender in ["", OTHER, "other+x@example.com"] {
        send(&host, sender, OTHER, "unanswered", "From: friend@example.org\r\n");
    }
    assert_eq!(host.copies(OTHER, "unanswered"), 10, "all of them arrive");
    assert!(
        answers(&host, OTHER, "unanswered").is_empty() && answers(&host, FRIEND, "unanswered").is_empty()
    );
    // A sender of one of these names, that is there to see it.
    host.api2("addpop", &["domain=example.org", "email=no-reply", &arg("password", PASSWORD)]);
    send(&host, "no-reply@example.org", OTHER, "unanswered", "");
    assert!(answers(&host, "no-reply@example.org", "unanswered").is_empty());
    send(&host, FRIEND, OTHER, "answered", "Auto-Submitted: no\r\n");
    assert_eq!(answers(&host, FRIEND, "answered").len(), 1);
    // Two that answer each other end after one answer.
    add(&host, FRIEND, &["interval=0"]);
    send(&host, FRIEND, OTHER, "pingpong", "");
    assert_eq!((answers(&host, FRIEND, "pingpong").len(), host.exim.queue().as_str()), (1, ""));
    assert_eq!(answers(&host, OTHER, "pingpong").len(), 0);
}

#[test]
fn times_suspensions_and_addresses_without_mailbox() {
    let host = MailHost::start("autt");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let at = |name: &str, time: u64| format!("{name}={time}");
    let cases = [
        (at("start", now + 3600), String::from("stop=0"), 0),
        (at("start", now - 7200), at("stop", now - 3600), 0),
        (at("start", now - 3600), at("stop", now + 3600), 1),
    ];
    for (number, (start, stop, expected)) in cases.iter().enumerate() {
        let subject = format!("case{number}");
        add(&host, OTHER, &["interval=0", start, stop]);
        send(&host, FRIEND, OTHER, &subject, "");
        assert_eq!(answers(&host, FRIEND, &subject).len(), *expected, "{start} {stop}");
    }
    // An address that does nothing but answer.
    add(&host, "info@example.com", &["interval=0"]);
    send(&host, FRIEND, "info@example.com", "toinfo", "");
    assert_eq!(answers(&host, FRIEND, "toinfo").len(), 1);

    // Who may not send does not answer; a suspended account does nothing.
    host.uapi("suspend_outgoing", OTHER);
    send(&host, FRIEND, OTHER, "suspended", "");
    host.uapi("unsuspend_outgoing", OTHER);
    host.uapi("hold_outgoing", OTHER);
    send(&host, FRIEND, OTHER, "held", "");
    host.uapi("release_outgoing", OTHER);
    host.uapi("suspend_incoming", OTHER);
    assert_eq!(host.exim.send(OTHER, "refused").code, 550);
    host.uapi("unsuspend_incoming", OTHER);
    host.done(&host.store.whm("suspendacct", &["user=bob"]));
    assert_eq!(host.exim.send("info@example.com", "refused").text, "The account of example.com is suspended");
    send(&host, FRIEND, OTHER, "stopped", "");
    host.done(&host.store.whm("unsuspendacct", &["user=bob"]));
    host.exim.run_queue();
    for subject in ["suspended", "held", "stopped"] {
        assert!(answers(&host, FRIEND, subject).is_empty(), "{subject}");
    }

    // What the customer writes into his home is not read by the mail server.
    let home = host.store.root.join("bob/.autorespond");
    std::fs::write(home.join("other@example.com"), "From: evil\n\nevil").unwrap();
    std::fs::write(home.join("user@example.com"), "From: evil\n\nevil").unwrap();
    send(&host, FRIEND, USER, "athome", "");
    send(&host, FRIEND, OTHER, "inhome", "");
    let found = answers(&host, FRIEND, "inhome");
    assert!(
        found.len() == 1 && found[0].contains("I am away.") && answers(&host, FRIEND, "athome").is_empty()
    );
    // A mailbox that is deleted leaves no address that takes mail and throws it away.
    host.api2("delpop", &["domain=example.com", "email=other"]);
    assert_eq!(host.exim.send(OTHER, "refused").text, "No Such User Here");
}
