//! The command line in full: options in any place, every form of input and output, hints for what was
//! meant, and no secret in the list of processes.

use crate::common::entrance::feed;
use crate::common::{Store, json, program};
use serde_json::json;

fn prepared(name: &str) -> Store {
    let store = Store::with_account(name);
    store.add_mailbox("user", "Start-Password-1");
    store
}

/// Standard output and standard error of a run that must have called.
fn run(store: &Store, name: &str, args: &[&str]) -> (String, String) {
    let output = store.command(program(name)).args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, complaint) = (text(output.stdout), text(output.stderr));
    assert_eq!(output.status.code(), Some(0), "{args:?}: {complaint}");
    (out, complaint)
}

fn opens(store: &Store, password: &str) -> bool {
    let password = crate::common::arg("password", password);
    store.uapi("Email", "verify_password", &["email=user", &password])["result"]["data"] == 1
}

#[test]
fn options_stand_anywhere_and_in_both_forms() {
    let store = prepared("clopt");
    let url = format!("--url=home://{}", store.root.display());
    for args in [
        vec!["--user=bob", "--output=json", "Email", "listpopssingle"],
        vec!["--user", "bob", "Email", "listpopssingle", "--output", "json"],
        vec!["Email", "--user", "bob", "listpopssingle", "regex=user", "--output=json", &url],
    ] {
        let mut command = store.command(program("cpapi2"));
        command.env_remove("LIVEAPI_USER").args(&args);
        if args.last() == Some(&url.as_str()) {
            command.env("LIVEAPI_URL", "home:///nonexistent");
        }
        let answer = json(&command.output().unwrap());
        assert_eq!(answer["cpanelresult"]["data"][0]["email"], "user@example.com", "{args:?}");
    }
}

#[test]
fn every_form_of_output() {
    let store = prepared("clout");
    let call = |format: &str| run(&store, "cpapi2", &[format, "Email", "accountname", "account=a%26b"]).0;
    assert!(call("--output=yaml").starts_with("---\ncpanelresult:\n"));
    assert!(call("--output=jsonpretty").contains("\n  \"cpanelresult\": {\n"));
    let xml = call("--output=xml");
    assert!(xml.starts_with("<?xml version=\"1.0\"?>\n<cpanelresult>\n"), "{xml}");
    assert!(xml.contains("<account>a&amp;b@example.com</account>"), "{xml}");
    let uapi = run(&store, "uapi", &["--output=xml", "Email", "count_pops"]).0;
    assert!(
        uapi.contains("<result>\n  <apiversion>3</apiversion>") && uapi.contains("<data>1</data>"),
        "{uapi}"
    );
    let whm = run(&store, "whmapi1", &["--output=xml", "listaccts"]).0;
    assert!(whm.contains("<command>listaccts</command>") && whm.contains("<user>bob</user>"), "{whm}");
}

#[test]
fn api_1_takes_words_in_order_and_prints() {
    let store = prepared("clap1");
    // The documented lines.
    let line = ["--user=bob", "Email", "addpop", "new", "12345luggage", "500", "example.com"];
    assert_eq!(run(&store, "cpapi1", &line).0, "new@example.com\n");
    assert_eq!(run(&store, "cpapi1", &["Email", "getpopquota", "new", "example.com"]).0, "500\n");
    let named =
        ["Email", "passwdpop", "email=user", "password=Other%2BPassword-2", "quota=0", "domain=example.com"];
    assert_eq!(run(&store, "cpapi1", &named).0, "");
    assert!(opens(&store, "Other+Password-2"));
    // A value that looks like a name is a value as long as not all words are named.
    run(&store, "cpapi1", &["Email", "passwdpop", "user", "email=Password-3", "", "example.com"]);
    assert!(opens(&store, "email=Password-3"));
    run(&store, "cpapi1", &["Email", "passwdpop", "user", "Per%25cent+%40Password-4", "", "example.com"]);
    assert!(opens(&store, "Per%cent+@Password-4"), "values are percent-encoded here, too");
    let refused = run(&store, "cpapi1", &["Email", "delpop", "nosuch", "", "example.com"]).0;
    assert_eq!(refused, "You do not have an email account named “nosuch@example.com”.\n");
    let (out, _) = run(&store, "cpapi1", &["--output=json", "Email", "getpopquota", "nosuch", "example.com"]);
    assert!(out.contains("\"event\":{\"result\":0"), "{out}");
}

#[test]
fn secrets_come_by_standard_input_or_a_file() {
    let store = prepared("clsec");
    let call = |words: &[&str], input: &str| {
        let mut command = store.command(program("cpapi2"));
        feed(command.args(["--output=json", "Email", "passwdpop"]).args(words), input.as_bytes())
    };
    let to_user = ["domain=example.com", "email=user"];
    let with_password = [&to_user[..], &["--password-stdin"]].concat();
    assert!(call(&with_password, "From+Stdin%41\r\nsecond line\n").contains("\"result\":1}]"));
    assert!(opens(&store, "From+Stdin%41"));
    let object = r#"{"domain":"example.com","email":"user","password":"From JSON ä 1","x":null,"y":[1]}"#;
    for words in [&["--args-json", "-"][..], &["--input=json"][..]] {
        assert!(call(words, object).contains("\"result\":1}]"), "{words:?}");
        assert!(opens(&store, "From JSON ä 1"));
    }
    let file = store.dir.join("args.json");
    std::fs::write(&file, object.replace("ä 1", "file")).unwrap();
    let named = format!("--args-json={}", file.display());
    assert!(call(&[&named], "").contains("\"result\":1}]"));
    assert!(opens(&store, "From JSON file"));
    // Not every language keeps such a number.
    std::fs::write(&file, r#"{"domain":"example.com","email":"nosuch","password":9182736455091827364581}"#)
        .unwrap();
    let refused = call(&[&named, "email=user"], "");
    assert!(refused.contains("“password” cannot be used") && refused.contains("beyond 2^53"), "{refused}");
    assert!(opens(&store, "From JSON file"));
    // The command line counts more than the file, and a number is its text.
    std::fs::write(&file, r#"{"domain":"example.com","email":"nosuch","password":9182736455091}"#).unwrap();
    assert!(call(&[&named, "email=user"], "").contains("\"result\":1}]"));
    assert!(opens(&store, "9182736455091"));
}

#[test]
fn bad_input_is_told_with_its_place_and_without_its_content() {
    let store = prepared("clbad");
    let file = store.dir.join("args.json");
    std::fs::write(&file, "{\"password\":\"s3cret\",\n \"email\":}").unwrap();
    let broken = format!("--args-json={}", file.display());
    for (args, input, why) in [
        (vec!["--output=jsn", "Email", "listpops"], "", "did you mean json?"),
        (vec!["--output=text", "Email", "listpops"], "", "is for cpapi1"),
        (vec!["--input=xml", "Email", "listpops"], "", "use key-value or json"),
        (vec!["--usr=bob", "Email", "listpops"], "", "'--user'"),
        (vec![broken.as_str(), "Email", "listpops"], "", "is not JSON: line 2, column 10"),
        (vec!["--args-json=/nonexistent", "Email", "listpops"], "", "cannot be read"),
        (vec!["--input=json", "Email", "listpops"], "[\"s3cret\"]", "holds no JSON object of parameters"),
        (vec!["--input=json", "Email", "listpops"], "", "is not JSON: line 1, column 0"),
        (vec!["--args-json=x", "--input=json", "Email", "listpops"], "{}", "are both given"),
        (vec!["--args-json=-", "--password-stdin", "Email", "listpops"], "{}", "both want standard input"),
        (vec!["Email", "passwdpop", "password=%ff"], "", "is not UTF-8"),
        (vec!["Email", "listpopz", "--help"], "", "did you mean Email::listpops?"),
    ] {
        let mut command = store.command(program("cpapi2"));
        command.args(&args).stdin(std::process::Stdio::piped());
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut to_child = child.stdin.take().unwrap();
        let _ = std::io::Write::write_all(&mut to_child, input.as_bytes());
        drop(to_child);
        let output = child.wait_with_output().unwrap();
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}: {complaint}");
        assert!(complaint.contains(why) && !complaint.contains("s3cret"), "{args:?}: {complaint}");
        assert!(output.stdout.is_empty(), "{args:?}");
    }
}

#[test]
fn ten_mebibytes_of_standard_input_are_read_and_twenty_are_refused() {
    let store = prepared("clbig");
    let call = |mebibytes: usize| {
        let mut command = store.command(program("cpapi2"));
        command.args(["--output=json", "--strict-exit", "Email", "listpopssingle", "--input=json"]);
        command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
        let object = format!("{{\"foreign\":\"{}\"}}", "x".repeat(mebibytes << 20));
        let _ = std::io::Write::write_all(&mut child.stdin.take().unwrap(), object.as_bytes());
        child.wait_with_output().unwrap()
    };
    assert_eq!(json(&call(10))["cpanelresult"]["data"].as_array().unwrap().len(), 1);
    let refused = call(20);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("larger than 16777216 bytes"));
}

#[test]
fn an_unknown_function_is_answered_in_cpanels_words_and_hinted_at_beside() {
    let store = prepared("clunk");
    let (out, hint) = run(&store, "cpapi2", &["--output=json", "Email", "paswdpop"]);
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["cpanelresult"]["error"], "Could not find function 'paswdpop' in module 'Email'");
    assert_eq!(hint, "[cpapi2] Did you mean Email::passwdpop? --help lists all functions\n");
    let (_, hint) = run(&store, "uapi", &["email", "list_pops"]);
    assert!(hint.contains("Did you mean Email::list_pops?"), "{hint}");
    let (out, hint) = run(&store, "uapi", &["--output=json", "Zzz", "entirely_other"]);
    assert!(hint.is_empty(), "{hint}");
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["result"]["status"], json!(0));
}

#[test]
fn root_must_name_an_account_and_the_work_is_done_with_its_ids() {
    let store = prepared("clroot");
    if !crate::common::is_root() {
        return;
    }
    let output =
        store.command(program("uapi")).env_remove("LIVEAPI_USER").args(["Email", "list_pops"]).output();
    let output = output.unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    // Recorded, followed by the help.
    let first = "[uapi] This program must be passed the --user flag when run by root!\n\n";
    assert!(complaint.starts_with(first) && complaint.contains("Usage: uapi"), "{complaint}");
    run(&store, "uapi", &["--user=bob", "Email", "add_pop", "email=new", "password=Start-Password-1"]);
    let made = std::fs::metadata(store.root.join("bob/mail/example.com/new/cur")).unwrap();
    assert_eq!(std::os::unix::fs::MetadataExt::uid(&made), store.owner());
    assert_ne!(store.owner(), 0);
}
