//! API 2 over a server's UAPI: the answers are those of API 2.

use std::collections::BTreeSet;
use std::process::Command;

use crate::backed::{API2, Missing, comparable};
use crate::common::Store;
use crate::panel::{Panel, failure, unchanged};
use liveapi_core::api::Family;
use liveapi_core::api::catalogue::Payload;
use liveapi_core::engine::local::functions;
use liveapi_core::engine::{Client, Options};

fn preferring(command: &mut Command) -> &mut Command {
    command.env("LIVEAPI_PREFER", "uapi")
}

/// Runs the table against a server without API 2; which versions of the API were asked for.
fn agrees(name: &str, missing: Missing, prepare: fn(&mut Command) -> &mut Command) -> BTreeSet<String> {
    let (here, there) = (Store::with_account(&format!("{name}h")), Store::with_account(&format!("{name}t")));
    let panel = Panel::start(name, crate::backed::server(&there, Some(missing)));
    for words in API2 {
        let mut expected = here.api2(words[0], words[1], &words[2..]);
        // UAPI has no sign by which what a store never does differs from what it refuses.
        if expected["cpanelresult"]["event"]["result"] == 0 {
            expected["cpanelresult"]["event"] = serde_json::json!({"result": 1});
        }
        let answer = panel.call(prepare, words);
        assert_eq!(comparable(&there, answer), comparable(&here, expected), "{words:?}");
    }
    assert!(crate::backed::keeps_the_password(&here) && crate::backed::keeps_the_password(&there));
    let versions = |seen: crate::panel::Seen| seen.field("cpanel_jsonapi_apiversion").unwrap().to_owned();
    panel.seen().into_iter().map(versions).collect()
}

#[test]
fn every_translated_function_answers_as_in_api_2() {
    // What could be refused without asking is all that was sent as nothing at all.
    assert_eq!(agrees("twin", crate::backed::nothing_there, preferring), BTreeSet::from(["3".to_owned()]));
}

#[test]
fn a_server_without_api_2_is_recognised() {
    let both = BTreeSet::from(["2".to_owned(), "3".to_owned()]);
    assert_eq!(agrees("twin4", crate::backed::nothing_there, unchanged), both);
    assert_eq!(agrees("twinf", crate::backed::no_such_function, unchanged), both);
    assert_eq!(agrees("twinv", crate::backed::no_such_version, unchanged), both);
}

#[test]
fn the_table_has_every_function_that_has_a_twin() {
    for function in functions().filter(|function| function.family == Family::Api2) {
        let twin = function.uapi.as_ref().filter(|twin| !matches!(twin.payload, Payload::Other(_)));
        if twin.is_none() {
            continue;
        }
        let name = [function.module, function.func];
        assert!(API2.iter().any(|words| words[..2] == name), "{name:?}");
    }
}

#[test]
fn a_server_is_asked_once_for_what_it_lacks() {
    let asked = |name: &str, missing: Missing| {
        let store = Store::with_account(name);
        let panel = Panel::start(&format!("{name}p"), crate::backed::server(&store, Some(missing)));
        let json = format!(
            r#"{{"url":"{}","user":"bob","token":"{}","ca_file":"{}"}}"#,
            panel.url("whm"),
            crate::panel::TOKEN,
            panel.dir.join("ca.pem").display()
        );
        let client = Client::new(Options::from_json(&json).unwrap()).unwrap();
        for func in ["listpops", "listpops", "listmaildomains", "listmaildomains"] {
            assert!(client.call_json(Family::Api2, "Email", func, "{}").is_ok(), "{func}");
        }
        let seen = panel.seen();
        seen.iter()
            .map(|seen| seen.field("cpanel_jsonapi_apiversion").unwrap().to_owned())
            .collect::<String>()
    };
    // API 2, then UAPI ever after; or once for each function.
    assert_eq!(asked("once4", crate::backed::nothing_there), "23333");
    assert_eq!(asked("oncev", crate::backed::no_such_version), "23333");
    assert_eq!(asked("oncef", crate::backed::no_such_function), "233233");
}

#[test]
fn what_uapi_cannot_do_is_said() {
    let store = Store::with_account("twinno");
    let panel = Panel::start("twinnop", crate::backed::server(&store, Some(crate::backed::nothing_there)));
    for (words, said) in [
        (&["Email", "listpopswithimage"][..], "UAPI has no function that answers the same"),
        (&["Email", "accountname", "account=a"], "account_name is not the same: it gives back the name"),
        (&["Park", "unpark", "domain=x.example"], "UAPI has no function"),
    ] {
        for prepare in [unchanged, preferring] {
            let why = failure(&panel.call(prepare, words));
            assert!(why.contains(said) && why.contains("the server has no API 2"), "{why}");
        }
    }
    let before = panel.seen().len();
    let why = failure(&panel.call(preferring, &["Email", "listmaildomains", "skipmain=1"]));
    assert!(why.contains("skipmain") && why.contains("Nothing was done"), "{why}");
    assert_eq!(panel.seen().len(), before);
    // With API 2 there, all of it goes out as it is.
    let panel = Panel::start("twinyes", crate::backed::server(&store, None));
    for words in [&["Email", "listmaildomains", "skipmain=1"][..], &["Email", "accountname", "account=a"]] {
        assert_eq!(panel.call(unchanged, words), store.api2(words[0], words[1], &words[2..]));
    }
    assert!(panel.seen().iter().all(|seen| seen.field("cpanel_jsonapi_apiversion") == Some("2")));
}

#[test]
fn an_answer_that_proves_nothing_is_not_followed_by_another_request() {
    for (number, reply) in [
        crate::panel::Reply::Http("500 Internal Server Error", "", String::new()),
        crate::panel::Reply::Http("502 Bad Gateway", "", String::new()),
        crate::panel::text(""),
        crate::panel::text("<html>not found</html>"),
    ]
    .into_iter()
    .enumerate()
    {
        let panel = crate::panel::always(&format!("twinodd{number}"), reply);
        failure(&panel.call(unchanged, &["Email", "addpop", "email=a@example.com", "password=12345luggage"]));
        assert_eq!(panel.seen().len(), 1, "{number}");
    }
}
