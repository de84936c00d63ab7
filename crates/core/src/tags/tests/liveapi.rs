//! Requests over LiveAPI, as clients send them.

use serde_json::{Value, json};

use super::Small;
use crate::tags::request::answer_in;

fn text(small: &Small, request: &str) -> String {
    String::from_utf8(answer_in(small, request)).unwrap()
}

fn value(small: &Small, request: &str) -> Value {
    let text = text(small, request);
    assert!(!text.contains(['<', '>', '&', '\n']), "{text}");
    serde_json::from_str(&text).unwrap_or_else(|cause| panic!("{cause}: {text}"))
}

#[test]
fn the_recorded_conversations() {
    let small = Small::default();
    let printed = r#"{"apiversion":"1","type":"internal","command":"print","source":"internal","data":{"result":"bob"},"event":{"result":1}}"#;
    let yes = |module: &str| {
        format!(r#"{{"cpanelresult":{{"data":{{"result":1}},"module":"{module}","apiversion":1}}}}"#)
    };
    for (request, answer) in [
        (r#"<cpanel print="$user">"#, printed.to_owned()),
        (
            r#"{"reqtype":"exec","module":"print","func":"","apiversion":"1","args":"$user"}"#,
            printed.to_owned(),
        ),
        (
            r#"{"reqtype":"exec","module":"print","func":"","apiversion":1,"args":["$user"]}"#,
            printed.to_owned(),
        ),
        (
            "<cpanelaction>\n{\"reqtype\":\"if\",\"module\":\"if\",\"func\":\"if\",\"apiversion\":\"1\",\"args\":\"!$haspostgres\"}\n</cpanelaction>",
            yes("if"),
        ),
        (
            r#"{"reqtype":"feature","module":"feature","func":"feature","apiversion":"1","args":"popaccts"}"#,
            yes("feature"),
        ),
        (r#"{"reqtype":"feature","module":"feature","func":"feature","args":["!nosuch"]}"#, yes("feature")),
        ("<cpanelif 4=gt=3>", yes("if")),
        ("<cpanelfeature popaccts>", yes("feature")),
        (r#"<cpaneljson enable="1">"#, r#"{"data":{"result":"json"}}"#.to_owned()),
        (
            r#"{"reqtype":"nosuch","module":"Email"}"#,
            r#"{"result":0,"error":"Unknown API request"}"#.to_owned(),
        ),
        ("feature", r#"{"result":0,"error":"Unknown API request"}"#.to_owned()),
        ("", r#"{"result":0,"error":"Unknown API request"}"#.to_owned()),
        ("{}", r#"{"result":0,"error":"Unknown API request"}"#.to_owned()),
    ] {
        assert_eq!(text(&small, request), answer, "{request}");
    }
}

#[test]
fn calls_of_every_family_and_spelling() {
    let small = Small::default();
    let api2 = |version: &str, args: &str| {
        value(
            &small,
            &format!(
                r#"{{"module":"Email","reqtype":"exec","func":"passwdpop","apiversion":{version}{args}}}"#
            ),
        )
    };
    for version in ["\"2\"", "2"] {
        for args in [r#","args":{"password":"good"}"#, ",\"args\":null", ",\"args\":[]", ",\"args\":\"\"", ""]
        {
            let answer = api2(version, args);
            assert_eq!(answer["cpanelresult"]["data"], json!([{"reason":"","result":1}]), "{args}: {answer}");
        }
    }
    for version in ["\"uapi\"", "\"3\"", "3"] {
        let answer = api2(version, r#","args":{"password":"weak"}"#);
        assert_eq!((&answer["apiversion"], &answer["result"]["status"]), (&json!(3), &json!(0)), "{answer}");
    }
    assert_eq!(api2("\"1\"", r#","args":["weak"]"#)["event"]["result"], 0);
    assert_eq!(api2("\"2\"", r#","args":["s3cret"]"#)["cpanelresult"]["event"]["result"], 0);
    assert_eq!(api2("9", "")["error"], "Unknown API request");
    let unknown = value(&small, r#"{"module":"Email","func":"nosuch","apiversion":"2"}"#);
    assert_eq!(unknown["cpanelresult"]["error"], "Could not find function 'nosuch' in module 'Email'");
    small.calls.borrow_mut().clear();
    let echoed = value(&small, r#"{"module":"Email","func":"echo","apiversion":1,"args":"one"}"#);
    assert_eq!(echoed["data"]["result"], "arg-0=one");
    assert_eq!(*small.calls.borrow(), ["Email::echo(arg-0=one)"]);
}

#[test]
fn tags_come_back_raw_and_a_refusal_is_no_success() {
    let small = Small::with(&[("x", "<&>"), ("y", "kept")]);
    let result = |request: &str| value(&small, request)["data"]["result"].clone();
    assert_eq!(result("<cpanel print=\"$FORM{'x'}\">"), "<&>");
    assert_eq!(result("<?cp Email::list(%[br /],email) ?>"), "a+b@x<br /><?cp Email::list(%,email) ?><br />");
    assert_eq!(result("<cpanelif 1>yes<cpanelelse>no</cpanelif>"), "yes");
    assert_eq!(result(r#"{"module":"langprint","args":"<KEY> $user"}"#), "<KEY> $user");
    let printed = r#"{"module":"print","args":"$FORM{'x'} $FORM{'y'}","form":{"x":"$user"}}"#;
    assert_eq!(result(printed), "$user kept");
    let refused = value(&small, "<?cp Email::passwdpop(%,reason) password=\"weak\" ?>");
    assert_eq!((&refused["event"]["result"], &refused["error"]), (&json!(0), &refused["data"]["result"]));
    let wrong = value(&small, "<cpanel print=\"s3cret");
    assert_eq!(wrong["event"]["result"], 0);
    assert_eq!(wrong["error"], "1:15: The quotation mark \" is never closed");
}

#[test]
fn broken_requests_are_answered_without_quoting_them() {
    let small = Small::default();
    for request in [
        r#"{"module":"Email","args":{"password":"s3cret"#,
        r#"{"args":"s3cret"} s3cret"#,
        r#"{"module":"print","args":{"a":"s3cret","#,
        r#"{"module":"print","args":"x","form":["s3cret"]}"#,
        r#"{"reqtype":"if","args":"s3cret = s3cret"}"#,
        r#"{"reqtype":"if","args":"1>s3cret"}"#,
        r#"{"reqtype":"feature","args":""}"#,
        "<cpanelif a=s3cret>",
        "<cpanelaction>{\"s3cret\":",
        "<cpanelaction>",
    ] {
        let answer = value(&small, request);
        let why = if answer["error"].is_null() { &answer["cpanelresult"]["error"] } else { &answer["error"] };
        assert!(why.as_str().is_some_and(|why| !why.contains("s3cret")), "{request}: {answer}");
    }
}
