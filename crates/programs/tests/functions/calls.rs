//! What a call answers: shapes, refusals, texts.

use crate::common::{Store, json, program, refusal};
use serde_json::json;

#[test]
fn success_has_no_error_key_and_numbers_for_results() {
    let store = Store::with_account("succ");
    store.add_mailbox("user", "Start-Password-1");
    let answer =
        store.api2("Email", "passwdpop", &["domain=example.com", "email=user", "password=12345luggage"]);
    assert_eq!(
        answer,
        json!({"cpanelresult":{"apiversion":2,"func":"passwdpop","data":[{"reason":"","result":1}],"event":{"result":1},"module":"Email"}})
    );
}

#[test]
fn refusals_say_why() {
    let store = Store::with_account("refu");
    store.whm("createacct", &["username=eve", "domain=eve.example"]);
    store.add_mailbox("user", "Start-Password-1");
    let pw = "password=Other-Password-1";
    for (args, why) in [
        (vec!["email=user", pw], "\"domain\" is a required argument."),
        (vec!["domain=", "email=user", pw], "\"domain\" is a required argument."),
        (vec!["domain=example.com", pw], "\"email\" is a required argument."),
        (vec!["domain=example.com", "email=user"], "\"password\" is a required argument."),
        (vec!["domain=example.com", "email=user", "password="], "\"password\" is a required argument."),
        (
            vec!["domain=example.com", "email=nobody", pw],
            "You do not have an email account named “nobody@example.com”.",
        ),
        (
            vec!["domain=eve.example", "email=user", pw],
            "Sorry, you do not have access to the domain 'eve.example'",
        ),
        (
            vec!["domain=nosuch.example", "email=user", pw],
            "Sorry, you do not have access to the domain 'nosuch.example'",
        ),
        (
            vec!["domain=example.org", "email=user@example.com", pw],
            "The address “user@example.com” is not in the domain “example.org”.",
        ),
        (vec!["domain=\"example.com\"", "email=user", pw], "quotation marks; leave them out"),
        (vec!["domain=../../etc", "email=user", pw], "is not a domain name"),
        (vec!["domain=example.com", "email=../passwd", pw], "is not the name of a mailbox"),
        (
            vec!["domain=example.com", "email=user", "password=weak"],
            "Please select a password with strength rating of 50  or higher.",
        ),
        (vec!["domain=example.com", "email=user", "password=Tab%09Inside-1"], "control character"),
        (vec!["domain=example.com", "email=user", "email=user", pw], "a list or an object was given"),
    ] {
        let answer = store.api2("Email", "passwdpop", &args);
        assert!(refusal(&answer).contains(why), "{args:?}: {answer}");
        assert!(!answer.to_string().contains("Other-Password-1"), "{answer}");
    }
    let verify =
        store.uapi("Email", "verify_password", &["email=user@example.com", "password=Start-Password-1"]);
    assert_eq!(verify["result"]["data"], 1, "nothing was changed: {verify}");
}

#[test]
fn a_full_address_is_enough_and_letter_case_does_not_matter() {
    let store = Store::with_account("addr");
    store.add_mailbox("user", "Start-Password-1");
    for args in [
        ["email=user%40example.com", "x=1"],
        ["email=user@example.com", "domain=EXAMPLE.com"],
        ["email=User", "domain=Example.Com"],
    ] {
        let answer = store.api2("Email", "passwdpop", &[args[0], args[1], "password=Other-Password-1"]);
        assert_eq!(answer["cpanelresult"]["data"][0]["result"], 1, "{answer}");
    }
}

#[test]
fn unknown_names_and_wrong_letter_case() {
    let store = Store::with_account("unkn");
    for (module, func) in
        [("Email", "nosuch"), ("Nosuch", "passwdpop"), ("email", "passwdpop"), ("Email", "passwd_pop")]
    {
        let answer = store.api2(module, func, &[]);
        let error = format!("Could not find function '{func}' in module '{module}'");
        assert_eq!(
            answer,
            json!({"cpanelresult":{"apiversion":2,"error":error,"func":func,"module":module}})
        );
    }
    let answer = store.uapi("Email", "passwdpop", &[]);
    assert_eq!(answer["result"]["errors"][0], "Could not find function 'passwdpop' in module 'Email'");
    let answer = store.whm("nosuch", &[]);
    assert_eq!(
        answer["metadata"]["reason"],
        "Unknown app (\"nosuch\") requested for this version (1) of the API."
    );
}

#[test]
fn strength_is_rated_and_required() {
    let store = Store::with_account("stre");
    let rated = store.api2("PasswdStrength", "get_password_strength", &["password=12345luggage"]);
    assert_eq!(rated["cpanelresult"]["data"], json!([{"strength":"54"}]));
    let required = store.api2("PasswdStrength", "get_required_strength", &["app=pop"]);
    assert_eq!(required["cpanelresult"]["data"], json!([{"strength":50}]));
    let required = store.uapi("PasswdStrength", "get_required_strength", &["app=pop"]);
    assert_eq!(required["result"]["data"], json!({"strength":50}));
    let mut command = store.command(program("cpapi2"));
    command.env("LIVEAPI_REQUIRED_STRENGTH", "65").args(["--output=json", "Email", "addpop"]);
    let answer =
        json(&command.args(["domain=example.com", "email=a", "password=12345luggage"]).output().unwrap());
    assert!(refusal(&answer).contains("strength rating of 65  or higher"), "{answer}");
}
