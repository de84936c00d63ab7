//! Which mailboxes there are, the functions, Dovecot and Exim say alike, whatever stands in `passwd`.

use crate::common::cpanel::{LEGACY, OldServer, SALES, imported};
use crate::common::dovecot::Dovecot;
use crate::common::exim::Exim;
use crate::common::mailhost::{MailHost, PASSWORD};
use crate::common::{Store, arg};

/// First fields that people and tools have left in such files.
const ODD: [&str; 22] = [
    "Big.Name",
    "na me",
    "#comment",
    ".dot",
    "a%b",
    "a@b",
    "müller",
    "MÜLLER",
    "a,b",
    "tab\tx",
    "quo\"te",
    "back\\slash",
    "o'neil",
    "a+b",
    "star*",
    "d$llar",
    "{brace}",
    "Dup",
    "dup",
    "x.y",
    "  lead",
    "p|pe",
];
/// Names that are asked for: those of the lines, in small letters, and beginnings of them.
const ASKED: [&str; 24] = [
    "big.name",
    "na",
    "na me",
    "#comment",
    "comment",
    ".dot",
    "a%b",
    "a@b",
    "a",
    "a,b",
    "tab",
    "back\\slash",
    "o'neil",
    "a+b",
    "star*",
    "d$llar",
    "{brace}",
    "dup",
    "x.y",
    "xay",
    "lead",
    "nocolon",
    "last",
    "p|pe",
];

#[test]
fn functions_dovecot_and_exim_agree_over_odd_lines() {
    let host = MailHost::start("dlvn");
    let read = |name: &str| std::fs::read_to_string(host.store.file(name)).unwrap();
    let of_user =
        |text: &str| text.lines().find(|line| line.starts_with("user:")).unwrap()["user".len()..].to_owned();
    let (mut passwd, mut shadow) = (read("passwd"), read("shadow"));
    let (line, hash) = (of_user(&passwd), of_user(&shadow));
    for name in ODD {
        passwd += &format!("{name}{line}\n");
        shadow += &format!("{name}{hash}\n");
    }
    passwd += &format!("nocolon\n\n\r\ncr{line}\r\nlast{line}");
    shadow += &format!("nocolon{hash}\ncr{hash}\r\nlast{hash}\n");
    std::fs::write(host.store.file("passwd"), passwd).unwrap();
    std::fs::write(host.store.file("shadow"), shadow).unwrap();

    let listed = host.store.uapi("Email", "list_pops", &["skip_main=1"]);
    let rows = listed["result"]["data"].as_array().unwrap();
    let listed: Vec<&str> = rows.iter().map(|row| row["email"].as_str().unwrap()).collect();
    let dovecot = &host.dovecot;
    // Each refusal takes Dovecot half a second, so all at once.
    let opens: Vec<bool> = std::thread::scope(|scope| {
        let asked = ASKED.iter().chain(["cr", "user"].iter());
        let asked =
            asked.map(|name| scope.spawn(move || dovecot.auth(&format!("{name}@example.com"), PASSWORD)));
        asked.collect::<Vec<_>>().into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for (name, opens) in ASKED.iter().chain(["cr", "user"].iter()).zip(opens) {
        let address = format!("{name}@example.com");
        let is_listed = listed.contains(&address.as_str());
        assert_eq!(opens, is_listed, "{address}: Dovecot and list_pops {listed:?}");
        let reply = host.exim.send(&address, "who is there");
        assert_eq!(reply.code == 250, is_listed, "{address}: Exim says {reply:?}, list_pops {listed:?}");
        if is_listed {
            let password = arg("password", PASSWORD);
            let email = arg("email", &address);
            let verified = host.store.uapi("Email", "verify_password", &[&email, &password]);
            assert_eq!(verified["result"]["data"], 1, "{verified}");
        }
    }
    for expected in ["o'neil", "a+b", "star*", "d$llar", "{brace}", "dup", "x.y", "cr", "last", "p|pe"] {
        assert!(listed.contains(&format!("{expected}@example.com").as_str()), "{expected}: {listed:?}");
    }
    // No queue run: what Exim took for these names goes nowhere, and every name of the list was asked for.
    let known = |address: &&&str| {
        let name = address.strip_suffix("@example.com").unwrap_or_default();
        ASKED.contains(&name) || ["cr", "user", "other"].contains(&name)
    };
    let of_domain = listed.iter().filter(|address| address.ends_with("@example.com"));
    assert_eq!(of_domain.clone().filter(known).count(), of_domain.count(), "{listed:?}");
}

#[test]
fn mailboxes_with_capitals_are_imported_in_small_letters_with_their_mail() {
    let store = Store::empty("dlvb");
    let old = OldServer::to_stay(&store);
    for (name, hash, subject) in [("Big.Name", SALES.1, "big"), ("SALES", LEGACY.1, "twin")] {
        old.append("etc/example.com/passwd", &old.line("example.com", name));
        old.append("etc/example.com/shadow", &format!("{name}:{hash}:19700::::::\n"));
        old.append("etc/example.com/quota", &format!("{name}:1048576\n"));
        old.write(
            &format!("mail/example.com/{name}/cur/1.M1.host:2,S"),
            &format!("Subject: {subject}\n\nbody\n"),
        );
        old.write(&format!("etc/example.com/{name}/filter"), "# settings\n");
    }
    old.settle();
    imported(&store, &old.home(), &[]);
    let home = store.root.join("alice");
    assert!(
        home.join("etc/example.com/big.name/filter").exists()
            && !home.join("mail/example.com/Big.Name").exists()
    );
    let dovecot = Dovecot::hosting(&store);
    let exim = Exim::start(&store, &dovecot);
    let listed = store.run("uapi", &["--user=alice", "Email", "list_pops"]).to_string();
    for (address, password, subject) in [
        ("big.name@example.com", SALES.0, "big"),
        ("sales-2@example.com", LEGACY.0, "twin"),
        ("Big.Name@Example.COM", SALES.0, "big"),
    ] {
        let messages = dovecot.open(address, password).unwrap_or_else(|| panic!("{address}")).messages();
        assert!(
            messages.len() == 1 && messages[0].contains(&format!("Subject: {subject}")),
            "{address}: {messages:?}"
        );
        assert!(listed.contains(&format!("\"{}\"", address.to_lowercase())), "{listed}");
        assert_eq!(exim.send(address, "to it").code, 250, "{address}");
    }
    assert!(!listed.contains("Big.Name") && !listed.contains("SALES"), "{listed}");
    let messages = dovecot.open("sales@example.com", SALES.0).unwrap().messages();
    assert_eq!(messages.len(), 1, "the other one's mail is its own");
    for call in
        [&["passwd_pop", "password=Other-Password-2"][..], &["edit_pop_quota", "quota=5"], &["delete_pop"]]
    {
        let args = [&["--user=alice", "Email", call[0], "email=big.name", "domain=example.com"], &call[1..]]
            .concat();
        let answer = store.run("uapi", &args);
        assert_eq!(answer["result"]["status"], 1, "{answer}");
    }
}
