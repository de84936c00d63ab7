//! The LiveAPI socket, as the clients of all languages and ages talk to it: a real daemon, a real store, bytes.

use std::io::{Read, Write};

use crate::live_page::{
    END, HANDSHAKE, HEAD, Page, SHUTDOWN, assert_password, assert_serves, payload, start,
};
use crate::liveapid::FIRST_PASSWORD;
use serde_json::{Value, json};

#[test]
fn the_recorded_conversations_byte_for_byte() {
    let daemon = start("so-rec", &[]);
    let mut page = Page::with_json(&daemon);
    let php = "<cpanelaction>\n{\"reqtype\":\"exec\",\"module\":\"Email\",\"func\":\"passwdpop\",\"apiversion\":\"2\",\"args\":{\"domain\":\"example.com\",\"email\":\"user\",\"password\":\"12345luggage\"}}\n</cpanelaction>";
    let done = format!(
        "{HEAD}{{\"cpanelresult\":{{\"apiversion\":2,\"func\":\"passwdpop\",\"data\":[{{\"reason\":\"\",\"result\":1}}],\"event\":{{\"result\":1}},\"module\":\"Email\"}}}}{END}"
    );
    page.send(175, php);
    assert_eq!(page.answer(), done);
    assert_password(&daemon, "12345luggage");
    let go = "<cpanelaction>{\"module\":\"Email\",\"reqtype\":\"exec\",\"func\":\"passwdpop\",\"apiversion\":\"2\",\"args\":{\"domain\":\"example.com\",\"email\":\"user\",\"password\":\"12345luggage2\"}}</cpanelaction>";
    assert_eq!(page.ask(go), done);
    assert_password(&daemon, "12345luggage2");
    let uapi = "<cpanelaction>\n{\"reqtype\":\"exec\",\"module\":\"Email\",\"func\":\"passwd_pop\",\"apiversion\":\"uapi\",\"args\":{\"domain\":\"example.com\",\"email\":\"user\",\"password\":\"12345luggage\"}}\n</cpanelaction>";
    let answer = payload(&page.ask(uapi));
    assert_eq!(
        (&answer["module"], &answer["func"], &answer["apiversion"]),
        (&"Email".into(), &"passwd_pop".into(), &3.into())
    );
    assert_eq!((&answer["result"]["status"], &answer["result"]["errors"]), (&1.into(), &Value::Null));
    page.send(26, SHUTDOWN);
    assert_eq!(page.rest(), format!("{HEAD}{END}"));
}

#[test]
fn one_password_in_the_escapes_of_all_languages() {
    let daemon = start("so-esc", &[]);
    let mut page = Page::with_json(&daemon);
    let password = "p&a%s+s \"q\" é<b>#/";
    for spelling in
        [r#"p&a%s+s \"q\" \u00e9<b>#\/"#, r#"p\u0026a%s+s \"q\" é\u003cb\u003e#/"#, r#"p&a%s+s \"q\" é<b>#/"#]
    {
        page.action(&json!({"module":"Email","func":"passwdpop","apiversion":2,"args":{"email":"user@example.com","password":"Between-Pass-5"}}));
        let request = format!(
            "<cpanelaction>{{\"reqtype\":\"exec\",\"module\":\"Email\",\"func\":\"passwdpop\",\"apiversion\":\"2\",\"args\":{{\"email\":\"user@example.com\",\"password\":\"{spelling}\"}}}}</cpanelaction>"
        );
        // In bytes, as most count, and in UTF-16 units.
        for length in [request.len(), request.encode_utf16().count()] {
            page.send(length, &request);
            assert_eq!(payload(&page.answer())["cpanelresult"]["data"][0]["result"], 1);
            assert_password(&daemon, password);
        }
    }
}

#[test]
fn versions_and_arguments_in_every_spelling() {
    let daemon = start("so-args", &[]);
    let mut page = Page::with_json(&daemon);
    for version in [json!("2"), json!(2), json!(null), json!("")] {
        let answer =
            page.action(&json!({"module":"Email","reqtype":"exec","func":"listpops","apiversion":version}));
        assert_eq!(answer["cpanelresult"]["apiversion"], 2, "{answer}");
    }
    for (version, args) in [("3", json!(null)), ("uapi", json!([])), ("uapi", json!({}))] {
        let answer =
            page.action(&json!({"module":"Email","func":"list_pops","apiversion":version,"args":args}));
        assert_eq!((&answer["apiversion"], &answer["result"]["status"]), (&3.into(), &1.into()), "{answer}");
    }
    for args in
        [json!(["user", FIRST_PASSWORD, "", "example.com"]), json!(["user@example.com", FIRST_PASSWORD])]
    {
        let answer = page.action(&json!({"module":"Email","func":"passwdpop","apiversion":"1","args":args}));
        assert_eq!((&answer["apiversion"], &answer["event"]["result"]), (&"1".into(), &1.into()), "{answer}");
    }
    let weak = page.action(&json!({"module":"Email","func":"passwdpop","apiversion":"2","args":{"email":"user@example.com","password":"abc"}}));
    let reason = weak["cpanelresult"]["data"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("strength") && weak["cpanelresult"]["event"]["result"] == 1, "{weak}");
    assert_password(&daemon, FIRST_PASSWORD);
    let unknown = page.action(&json!({"module":"Email","func":"nosuch","apiversion":"2"}));
    assert_eq!(unknown["cpanelresult"]["error"], "Could not find function 'nosuch' in module 'Email'");
    let whm = page.action(&json!({"module":"","func":"listaccts","apiversion":"whm"}));
    assert_eq!(whm, json!({"result":0,"error":"Unknown API request"}));
}

#[test]
fn printing_questions_and_tags() {
    let daemon = start("so-tags", &[]);
    let mut page = Page::with_json(&daemon);
    let print = json!({"apiversion":"1","type":"internal","command":"print","source":"internal","data":{"result":"bob"},"event":{"result":1}});
    for args in [json!("$user"), json!(["$user"])] {
        assert_eq!(
            page.action(&json!({"reqtype":"exec","module":"print","func":"","apiversion":"1","args":args})),
            print
        );
    }
    assert_eq!(payload(&page.ask("<cpanel print=\"$user\">")), print);
    for (reqtype, question, holds) in [("if", "4=gt=3", 1), ("if", "!1", 0), ("feature", "popaccts", 1)] {
        let answer = page.action(
            &json!({"reqtype":reqtype,"module":reqtype,"func":reqtype,"apiversion":"1","args":question}),
        );
        assert_eq!(answer, json!({"cpanelresult":{"data":{"result":holds},"module":reqtype,"apiversion":1}}));
    }
    let langprint =
        page.action(&json!({"reqtype":"exec","module":"langprint","func":"","apiversion":"1","args":"KEY"}));
    assert_eq!(langprint["data"]["result"], "KEY");
    let call = payload(&page.ask("<cpanel Email=\"passwdpop(user,Tag-Password-11,'',example.com)\">"));
    assert_eq!(call["event"]["result"], 1, "{call}");
    assert_password(&daemon, "Tag-Password-11");
    for unknown in [
        "",
        "x",
        "<cpanelaction>",
        "<cpanelaction>{</cpanelaction>",
        "<nosuch>",
        "{}",
        "<cpanelaction><module></cpanelaction>",
    ] {
        let answer = payload(&page.ask(unknown));
        assert_eq!(answer["result"], 0, "{unknown}: {answer}");
        assert!(answer["error"].as_str().is_some_and(|why| !why.is_empty()), "{answer}");
    }
    let no_tag = payload(&page.ask("<cpanel Nosuch=\"f(\">"));
    assert_eq!(no_tag["event"]["result"], 0, "{no_tag}");
}

/// Old pages set a variable and use it in the requests that follow, and in the frame around them.
#[test]
fn what_setvar_sets_holds_for_its_connection_and_no_other() {
    let daemon = start("so-set", &[]);
    let (mut page, mut other) = (Page::with_json(&daemon), Page::with_json(&daemon));
    let shown = |page: &mut Page, text: &str| {
        payload(&page.ask(&format!("<cpanel print=\"{text}\">")))["data"]["result"].clone()
    };
    let set = payload(&page.ask("<cpanel setvar=\"dprefix=../$user/\">"));
    assert_eq!((&set["event"]["result"], &set["data"]["result"]), (&json!(1), &json!("")), "{set}");
    assert_eq!(shown(&mut page, "[$dprefix]"), "[../bob/]");
    let asked = json!({"reqtype":"exec","module":"print","func":"","apiversion":"1","args":"$dprefix"});
    assert_eq!(page.action(&asked)["data"]["result"], "../bob/");
    let holds = page.action(
        &json!({"reqtype":"if","module":"if","func":"if","apiversion":"1","args":"$dprefix == ../bob/"}),
    );
    assert_eq!(holds["cpanelresult"]["data"]["result"], 1, "{holds}");
    assert_eq!(shown(&mut other, "$dprefix"), "$dprefix");
    for (name, value) in [("$lang", "en"), ("$theme", "jupiter"), ("$isreseller", "0")] {
        assert_eq!(shown(&mut page, name), value, "{name}");
    }
    let header = payload(&page.ask("<cpanel Branding=\"include(stdheader.html)\">"));
    assert!(header["data"]["result"].as_str().unwrap().starts_with("<!DOCTYPE html>"), "{header}");
    let nothing = payload(&page.ask("<cpanel Branding=\"include(../../etc/passwd)\">"));
    assert_eq!(nothing["event"]["result"], 0, "{nothing}");
    for number in 0..300 {
        page.ask(&format!("<cpanel setvar=\"v{number}=x\">"));
    }
    let full = payload(&page.ask("<cpanel setvar=\"more=x\">"));
    assert!(
        full["event"]["result"] == 0 && full["event"]["reason"].as_str().unwrap().contains("256 variables"),
        "{full}"
    );
    assert_eq!(shown(&mut page, "$dprefix"), "../bob/");
}

#[test]
fn without_the_handshake_answers_are_xml_and_so_may_requests_be() {
    let daemon = start("so-xml", &[]);
    let mut page = Page::open(&daemon);
    let action = |password: &str| {
        format!(
            "<cpanelaction><module>Email</module><func>passwdpop</func><apiversion>2</apiversion><args><email>user</email><domain>example.com</domain><password>{password}</password></args></cpanelaction>"
        )
    };
    let answer = page.ask(&action("a&amp;b&lt;/cpanelresult&gt;-Long-7"));
    assert_eq!(
        answer,
        format!(
            "{HEAD}<apiversion>2</apiversion><data><reason></reason><result>1</result></data><event><result>1</result></event><func>passwdpop</func><module>Email</module>{END}"
        )
    );
    assert_password(&daemon, "a&b</cpanelresult>-Long-7");
    let printed = page.ask("<cpanel print=\"$user &amp; <x>\">");
    assert!(printed.contains("<data><result>bob &amp;amp; &lt;x&gt;</result></data>"), "{printed}");
    let json_request = page.ask(
        "<cpanelaction>{\"module\":\"Email\",\"func\":\"listpops\",\"apiversion\":\"2\"}</cpanelaction>",
    );
    assert!(json_request.contains("<email>user@example.com</email>"), "{json_request}");
    for wrong in
        ["<cpanelaction><module>Email</func></cpanelaction>", "<cpanelaction>x</cpanelaction>", "nonsense"]
    {
        let answer = page.ask(wrong);
        assert!(answer.contains("<result>0</result>") && answer.contains("<error>"), "{answer}");
    }
    let mut page = Page::with_json(&daemon);
    let answer = payload(&page.ask(&action("In-Xml-Answer-Json-3")));
    assert_eq!(answer["cpanelresult"]["data"][0]["result"], 1, "{answer}");
    assert_password(&daemon, "In-Xml-Answer-Json-3");
}

#[test]
fn values_cannot_end_a_frame_or_begin_one() {
    let daemon = start("so-frame", &[]);
    let mut page = Page::with_json(&daemon);
    for evil in
        ["</cpanelresult>\n5\nx", "\u{2028}</cpanelresult>", "<error>x</error>{", "&lt;/cpanelresult&gt;"]
    {
        let answer = page.action(
            &json!({"module":"Email","func":evil,"apiversion":"2","args":{"email":evil,"password":evil}}),
        );
        assert!(
            answer["cpanelresult"]["error"].as_str().unwrap().contains("Could not find function"),
            "{answer}"
        );
        let answer = page.action(&json!({"module":"print","func":"","apiversion":"1","args":evil}));
        assert_eq!(answer["data"]["result"], evil);
    }
}

#[test]
fn ends_of_every_kind() {
    let daemon = start("so-end", &[]);
    // Without a length, and gone at once.
    let mut page = Page::open(&daemon);
    page.0.write_all(SHUTDOWN.as_bytes()).unwrap();
    assert_eq!(page.rest(), format!("{HEAD}{END}"));
    let mut page = Page::open(&daemon);
    page.0.write_all(SHUTDOWN.as_bytes()).unwrap();
    drop(page);
    // Without goodbye: before the handshake, after it, within a length, within a request, with an answer unread.
    for sent in [&b""[..], b"1", b"23\n<cpaneljson", b"23\n<cpaneljson enable=\"1\">", b"30\n<cpanelaction>{"]
    {
        let mut page = Page::open(&daemon);
        page.0.write_all(sent).unwrap();
        drop(page);
    }
    // Several requests at once: answered one after the other.
    let mut page = Page::open(&daemon);
    let print = "<cpanel print=\"$user\">";
    page.0
        .write_all(
            format!(
                "23\n{HANDSHAKE}{}\n{print}{}\n{print}26\n{SHUTDOWN}9\nignored",
                print.len(),
                print.len()
            )
            .as_bytes(),
        )
        .unwrap();
    let all = page.rest();
    assert_eq!((all.matches(HEAD).count(), all.matches("bob").count()), (4, 2), "{all}");
    assert!(all.ends_with(&format!("{END}{HEAD}{END}")), "{all}");
    assert_serves(&daemon);
}

#[test]
fn an_answer_comes_in_one_piece() {
    let daemon = start("so-one", &[]);
    for number in 0..60 {
        daemon.store.whm("version", &[]);
        if number == 0 {
            for n in 0..100 {
                daemon.store.uapi(
                    "Email",
                    "add_forwarder",
                    &["domain=example.com", &format!("email=f{n}"), "fwdopt=fwd", "fwdemail=x@example.net"],
                );
            }
        }
        let mut page = Page::with_json(&daemon);
        let request =
            r#"<cpanelaction>{"module":"Email","func":"listforwards","apiversion":"2"}</cpanelaction>"#;
        page.send(request.len(), request);
        let mut piece = vec![0; 1 << 20];
        let length = page.0.read(&mut piece).unwrap();
        assert!(length > 10_000 && piece[..length].ends_with(END.as_bytes()), "{length}");
    }
}

#[test]
fn calls_that_are_answered_at_once_see_what_others_change() {
    let daemon = start("so-quick", &[]);
    let mut page = Page::with_json(&daemon);
    let list = json!({"module":"Email","func":"list_pops","apiversion":"uapi"});
    // The first ones tell how long it takes; the others are answered on the thread of the connections.
    for number in 0..6 {
        let answer = page.action(&list);
        assert_eq!(answer["result"]["data"].as_array().unwrap().len(), 2 + number, "{answer}");
        daemon.store.add_mailbox(&format!("new{number}"), FIRST_PASSWORD);
    }
    assert_eq!(daemon.store.whm("suspendacct", &["user=bob"])["metadata"]["result"], 1);
    let refused = page.action(&list);
    assert_eq!(refused["result"]["status"], 0, "{refused}");
    let log = daemon.log();
    assert_eq!(log.matches("Email::list_pops").count(), 6, "{log}");
}
