//! A mailbox that was to be created when the connection was lost: it is looked up before anything is sent again.

use std::process::Command;
use std::sync::Mutex;

use crate::common::{Store, program};
use crate::panel::{PASSWORD, Panel, Reply, Seen, failure, text, unchanged};
use serde_json::{Value, json};

/// What becomes of one request.
#[derive(Clone, Copy)]
enum Fate {
    /// It is done and answered.
    Good,
    /// The connection is lost before anything is done.
    LostBefore,
    /// It is done, and the connection is lost.
    LostAfter,
    /// It is answered so.
    Says(&'static str),
}
use Fate::{Good, LostAfter, LostBefore, Says};

/// What the server knows of the mailbox before.
#[derive(Clone, Copy)]
enum Before {
    Nothing,
    /// One with another password.
    Other,
}

/// A server on which the requests meet these fates one after the other, and the rest is good.
fn server(name: &str, before: Before, fates: &'static [Fate]) -> (Store, Panel) {
    let store = Store::with_account(name);
    if matches!(before, Before::Other) {
        store.add_mailbox("a.b", "Another-Password-1");
    }
    // Only like it: a careless pattern would take it for the mailbox.
    store.add_mailbox("axb", PASSWORD);
    let answer = crate::backed::server(&store, None);
    let next = Mutex::new(fates.iter());
    let panel = Panel::start(&format!("{name}p"), move |seen| {
        match next.lock().unwrap().next().copied().unwrap_or(Good) {
            Good => answer(seen),
            LostBefore => Reply::Close,
            LostAfter => {
                answer(seen);
                Reply::Close
            }
            Says(said) => text(said),
        }
    });
    (store, panel)
}

const ADD: [&str; 5] = ["Email", "addpop", "domain=example.com", "email=a.b", "password=12345luggage"];

fn names(panel: &Panel) -> Vec<String> {
    let name = |seen: &Seen| seen.field("cpanel_jsonapi_func").unwrap().to_owned();
    panel.seen().iter().map(name).collect()
}

fn there(store: &Store) -> bool {
    let rows = store.uapi("Email", "list_pops", &["regex=^a\\.b@"]);
    rows["result"]["data"].as_array().unwrap().len() == 1
}

fn done() -> Value {
    json!({"cpanelresult":{"apiversion":2,"func":"addpop","data":[{"reason":"","result":1}],"event":{"result":1},"module":"Email"}})
}

fn opens(store: &Store) -> bool {
    let verified =
        store.uapi("Email", "verify_password", &["email=a.b@example.com", "password=12345luggage"]);
    verified["result"]["data"] == 1
}

#[test]
fn lost_before_it_was_done_it_is_sent_once_more() {
    let (store, panel) = server("lkbefore", Before::Nothing, &[LostBefore]);
    assert_eq!(panel.call(unchanged, &ADD), done());
    assert_eq!(names(&panel), ["addpop", "listpops", "addpop"]);
    assert!(there(&store) && opens(&store));
}

#[test]
fn mailboxes_that_are_only_like_it_are_not_taken_for_it() {
    // A server that does not understand the pattern lists all it has.
    let all = Says(
        r#"{"cpanelresult":{"apiversion":2,"func":"listpops","data":[{"email":"axb@example.com"},{"email":"xa.b@example.com"},{"email":"a.b@example.com.example"},{"email":"a.b"}],"event":{"result":1},"module":"Email"}}"#,
    );
    let fates: &'static [Fate] = Box::leak(Box::new([LostBefore, all]));
    let (store, panel) = server("lklike", Before::Nothing, fates);
    assert_eq!(panel.call(unchanged, &ADD), done());
    assert_eq!(names(&panel), ["addpop", "listpops", "addpop"]);
    assert!(opens(&store));
}

#[test]
fn lost_after_it_was_done_it_is_found_and_not_sent_again() {
    let (store, panel) = server("lkafter", Before::Nothing, &[LostAfter]);
    assert_eq!(panel.call(unchanged, &ADD), done());
    assert_eq!(names(&panel), ["addpop", "listpops", "verify_password"]);
    assert!(opens(&store));
    // With a quota, that counts as well.
    let (_store, panel) = server("lkquota", Before::Nothing, &[LostAfter]);
    assert_eq!(panel.call(unchanged, &[&ADD[..], &["quota=25"]].concat()), done());
    assert_eq!(names(&panel), ["addpop", "listpops", "verify_password", "get_pop_quota"]);
}

#[test]
fn the_same_in_uapi_and_on_cpanels_port() {
    let (store, panel) = server("lkuapi", Before::Nothing, &[LostAfter]);
    let mut command = panel.command(program("uapi"));
    command.env("LIVEAPI_URL", panel.url("cpanel")).env_remove("LIVEAPI_USER").arg("--output=json");
    let words = ["Email", "add_pop", "email=A.b@example.com", "password=12345luggage"];
    let answer = crate::common::json(&command.args(words).output().unwrap());
    assert_eq!(
        (&answer["result"]["status"], &answer["result"]["data"]),
        (&json!(1), &json!("a.b+example.com"))
    );
    assert!(answer["result"]["messages"][0].as_str().unwrap().contains("looked up"), "{answer}");
    let lines: Vec<String> = panel.seen().into_iter().map(|seen| seen.line).collect();
    assert!(
        lines[1].contains("/execute/Email/list_pops ") && lines[2].contains("/verify_password "),
        "{lines:?}"
    );
    assert!(lines.len() == 3 && there(&store));
}

#[test]
fn what_was_there_before_is_no_success() {
    for (name, fate) in [("lkother", LostAfter), ("lkother2", LostBefore)] {
        let fates: &'static [Fate] = Box::leak(Box::new([fate]));
        let (store, panel) = server(name, Before::Other, fates);
        let why = failure(&panel.call(unchanged, &ADD));
        assert!(why.contains("does not open it") && why.contains("most likely"), "{why}");
        assert!(why.contains("not known") && !opens(&store), "{why}");
        assert_eq!(names(&panel), ["addpop", "listpops", "verify_password"]);
    }
}

#[test]
fn what_cannot_be_compared_is_no_success() {
    let verify_lost: &[Fate] = &[LostAfter, Good, LostBefore, LostBefore];
    let odd: &[Fate] = &[
        LostAfter,
        Good,
        Says(
            r#"{"apiversion":3,"module":"Email","func":"verify_password","result":{"status":0,"errors":["no"],"data":null}}"#,
        ),
    ];
    for (name, fates, words) in [
        ("lkver", verify_lost, "was not learned: verify_password had no answer"),
        ("lkodd", odd, "was not learned: the server refused verify_password"),
    ] {
        let (_store, panel) = server(name, Before::Nothing, fates);
        let why = failure(&panel.call(unchanged, &ADD));
        assert!(why.contains("is there now") && why.contains(words) && why.contains("not known"), "{why}");
    }
    let other: &[Fate] = &[
        LostAfter,
        Good,
        Good,
        Says(
            r#"{"apiversion":3,"module":"Email","func":"get_pop_quota","result":{"status":1,"errors":null,"data":10}}"#,
        ),
    ];
    let (_store, panel) = server("lkqno", Before::Nothing, other);
    let why = failure(&panel.call(unchanged, &[&ADD[..], &["quota=25"]].concat()));
    assert!(why.contains("its quota is not the one given"), "{why}");
    // A hash cannot be tried.
    let (_store, panel) = server("lkhash", Before::Nothing, &[LostAfter]);
    let hash = "password_hash=%241%24abcdefgh%24irWbblnpmw.5z7wgBnprh0";
    let mut command = panel.command(program("uapi"));
    let words = ["--output=json", "Email", "add_pop", "email=a.b@example.com", hash];
    let answer = crate::common::json(&command.args(words).output().unwrap());
    let why = answer["result"]["errors"][0].as_str().unwrap();
    assert!(why.contains("a hash cannot be compared"), "{why}");
}

#[test]
fn a_lookup_that_is_lost_leaves_the_outcome_unknown() {
    // Reading is tried twice.
    let (store, panel) = server("lklost", Before::Nothing, &[LostAfter, LostBefore, LostBefore]);
    let why = failure(&panel.call(unchanged, &ADD));
    assert!(why.contains("Looking for the mailbox failed, too") && why.contains("not known"), "{why}");
    assert_eq!(names(&panel), ["addpop", "listpops", "listpops"]);
    assert!(there(&store));
}

#[test]
fn it_is_sent_twice_at_most() {
    let (store, panel) = server("lktwice", Before::Nothing, &[LostBefore, Good, LostBefore]);
    let why = failure(&panel.call(unchanged, &ADD));
    assert!(why.contains("was made once more, but") && why.contains("not known"), "{why}");
    assert_eq!(names(&panel), ["addpop", "listpops", "addpop"]);
    assert!(!there(&store));
}

#[test]
fn a_first_request_that_was_only_slow_is_recognised() {
    // Not there at the first look; when it is sent again, the first one has arrived.
    let nothing = Says(
        r#"{"cpanelresult":{"apiversion":2,"func":"listpops","data":[],"event":{"result":1},"module":"Email"}}"#,
    );
    let fates: &'static [Fate] = Box::leak(Box::new([LostAfter, nothing]));
    let (store, panel) = server("lkslow", Before::Nothing, fates);
    assert_eq!(panel.call(unchanged, &ADD), done());
    assert_eq!(names(&panel), ["addpop", "listpops", "addpop", "verify_password"]);
    assert!(opens(&store));
    // The second request may also be refused for another reason, which is then the answer.
    let weak = Says(
        r#"{"cpanelresult":{"apiversion":2,"func":"addpop","error":"too weak","data":[{"reason":"too weak","result":0}],"event":{"result":1},"module":"Email"}}"#,
    );
    let fates: &'static [Fate] = Box::leak(Box::new([LostBefore, Good, weak]));
    let (_store, panel) = server("lkweak", Before::Nothing, fates);
    assert_eq!(panel.call(unchanged, &ADD)["cpanelresult"]["error"], "too weak");
}

#[test]
fn without_a_domain_or_time_nothing_is_looked_up() {
    let (_store, panel) = server("lkdom", Before::Nothing, &[LostAfter]);
    let mut command = panel.command(program("uapi"));
    let words = ["--output=json", "Email", "add_pop", "email=a.b", "password=12345luggage"];
    let answer = crate::common::json(&command.args(words).output().unwrap());
    let why = answer["result"]["errors"][0].as_str().unwrap();
    assert!(why.contains("not known") && panel.seen().len() == 1, "{why}");
    let panel = crate::panel::always(
        "lktime",
        Reply::Late(std::time::Duration::from_secs(20), Box::new(Reply::Close)),
    );
    let one_second: fn(&mut Command) -> &mut Command = |command| command.env("LIVEAPI_TIMEOUT", "1");
    let why = failure(&panel.call(one_second, &ADD));
    assert!(why.contains("setting timeout") && panel.seen().len() == 1, "{why}");
}

#[test]
fn other_calls_that_must_not_happen_twice_are_sent_once() {
    for words in [
        &["Email", "delpop", "domain=example.com", "email=axb"][..],
        &["Email", "addforward", "domain=example.com", "email=axb", "fwdopt=blackhole"],
    ] {
        let (_store, panel) = server(&format!("lk{}", words[1]), Before::Nothing, &[LostAfter]);
        let why = failure(&panel.call(unchanged, words));
        assert!(why.contains("not known") && panel.seen().len() == 1, "{why}");
    }
}
