//! API 2 over a server's UAPI: the answers are those of API 2.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;
#[path = "common/panel.rs"]
#[allow(dead_code, unreachable_pub, reason = "each test binary uses its own part")]
mod panel;

use common::Store;
use liveapi::api::{Args, Call, Family, envelope};
use liveapi::engine::{Client, Options};
use panel::{Panel, Reply, Seen};
use serde_json::Value;

/// A server that has UAPI only: the embedded engine's.
fn uapi_of(store: &Store) -> impl Fn(&Seen) -> Reply + Send + Sync + 'static {
    let url = format!("home://{}", store.root.display());
    let options = Options {
        url: Some(url),
        user: Some("bob".into()),
        virtual_user: Some(common::UNPRIVILEGED.into()),
        ..Options::default()
    };
    let client = Client::new(options).unwrap();
    move |seen| {
        if seen.field("cpanel_jsonapi_apiversion") != Some("3") {
            return Reply::Http("404 Not Found", "", String::new());
        }
        let mut args = Args::default();
        for (name, value) in seen.form.iter().filter(|(name, _)| !name.starts_with("cpanel_jsonapi_")) {
            args.push_text(name.clone(), value.clone());
        }
        let module = seen.field("cpanel_jsonapi_module").unwrap();
        let func = seen.field("cpanel_jsonapi_func").unwrap();
        let result = client.call(&Call { family: Family::Uapi, module, func, args });
        Reply::Text(String::from_utf8(envelope::write(Family::Uapi, module, func, &result)).unwrap())
    }
}

/// Calls whose answers are compared, in this order.
const CALLS: [&[&str]; 24] = [
    &["addpop", "domain=example.com", "email=a", "password=Start-Password-1", "quota=10"],
    &["addpop", "domain=example.com", "email=a", "password=Start-Password-1"],
    &["addpop", "domain=example.com", "email=b", "password=Start-Password-1"],
    &["addpop", "domain=example.com", "email=c"],
    &["passwdpop", "domain=example.com", "email=a", "password=12345luggage"],
    &["passwdpop", "domain=example.com", "email=a", "password=x"],
    &["passwdpop", "domain=example.com", "email=nosuch", "password=12345luggage"],
    &["passwdpop", "domain=other.example", "email=a", "password=12345luggage"],
    &["editquota", "domain=example.com", "email=a", "quota=20"],
    &["editquota", "domain=example.com", "email=a", "quota=much"],
    &["listpops"],
    &["listpops", "regex=^a"],
    &[
        "listpops",
        "api2_filter=1",
        "api2_filter_column=email",
        "api2_filter_term=b@",
        "api2_filter_type=begins",
    ],
    &["listpops", "api2_sort=1", "api2_sort_column=email", "api2_sort_reverse=1"],
    &["listpopswithdisk"],
    &["listpopswithdisk", "api2_paginate=1", "api2_paginate_start=1", "api2_paginate_size=1"],
    &["listmaildomains"],
    &["getdiskusage", "domain=example.com", "user=a"],
    &["listforwards"],
    &["delforward", "email=a@example.com", "emaildest=x@elsewhere.example"],
    &["browseabsmailbox", "account=a@example.com"],
    &["accountname", "account=a@example.com"],
    &["delpop", "domain=example.com", "email=b"],
    &["delpop", "domain=example.com", "email=b"],
];

/// UAPI's rows may tell more than API 2's; no script minds.
fn forget_more(rows: &mut Value, expected: &Value) {
    let Some(rows) = rows.as_array_mut() else { return };
    for (row, expected) in rows.iter_mut().zip(expected.as_array().unwrap()) {
        if let (Some(row), Some(expected)) = (row.as_object_mut(), expected.as_object()) {
            row.retain(|name, _| expected.contains_key(name));
            // The two stores were made at different times.
            if let Some(time) = expected.get("mtime") {
                row.insert("mtime".to_owned(), time.clone());
            }
        }
    }
}

#[test]
fn every_translated_function_answers_as_in_api_2() {
    let (here, there) = (Store::with_account("twinh"), Store::with_account("twint"));
    let panel = Panel::start("twin", uapi_of(&there));
    let mut translated = 0;
    for words in CALLS {
        let expected = here.api2("Email", words[0], &words[1..]);
        let answer =
            panel.call(|command| command.env("LIVEAPI_PREFER", "uapi"), &[&["Email"], words].concat());
        let seen = panel.seen();
        if seen.last().unwrap().field("cpanel_jsonapi_apiversion") == Some("3") {
            let mut answer = answer;
            forget_more(&mut answer["cpanelresult"]["data"], &expected["cpanelresult"]["data"]);
            let expected =
                expected.to_string().replace(here.root.to_str().unwrap(), there.root.to_str().unwrap());
            assert_eq!(answer.to_string(), expected, "{words:?}");
            translated += 1;
        } else {
            // Not the same in UAPI, so it went out as it was, and does its work there by other means below.
            there.api2("Email", words[0], &words[1..]);
        }
    }
    assert!(translated >= 20, "{translated} of {}", CALLS.len());
    // Without the setting nothing is translated.
    panel.call(|command| command, &["Email", "listpops"]);
    assert_eq!(panel.seen().last().unwrap().field("cpanel_jsonapi_apiversion"), Some("2"));
}
