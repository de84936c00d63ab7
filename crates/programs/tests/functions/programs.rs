//! The programs as scripts run them: the documented line, complaints, exit status, configuration.

use crate::common::{Store, json, program};

#[test]
fn the_documented_line_works_verbatim() {
    let store = Store::empty("line");
    store.whm("createacct", &["username=username", "domain=example.com"]);
    let line = "cpapi2 --user=username Email addpop domain=example.com email=user password=Start-Password-1";
    let documented =
        "cpapi2 --user=username Email passwdpop domain=example.com email=user password=12345luggage";
    for line in [line, documented] {
        let mut words = line.split(' ');
        let mut command = store.command(program(words.next().unwrap()));
        let output = command.env_remove("LIVEAPI_USER").args(words).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.starts_with("---\ncpanelresult:\n"), "{text}");
        assert!(text.contains("  data:\n  - reason: ''\n    result: 1\n"), "{text}");
    }
    let answer = store.run(
        "uapi",
        &["--user=username", "Email", "verify_password", "email=user@example.com", "password=12345luggage"],
    );
    assert_eq!(answer["result"]["data"], 1, "{answer}");
}

#[test]
fn the_programs_complain_on_standard_error_with_status_1() {
    let store = Store::with_account("cli");
    for (name, args, why) in [
        ("cpapi2", vec!["--nosuch"], "--nosuch"),
        ("cpapi2", vec!["--output=toml", "Email", "listpops"], "There are yaml, json, jsonpretty, xml"),
        ("cpapi2", vec!["Email"], "a module and a function"),
        ("whmapi1", vec![], "a function"),
        ("cpapi2", vec!["Email", "passwdpop", "s3cret"], "key=value"),
        ("cpapi2", vec!["Email", "passwdpop", "password=@/nonexistent/s3cret"], "names a file"),
        ("cpapi2", vec!["--user=nosuch", "Email", "listpops"], "There is no account “nosuch”"),
        ("uapi", vec!["Email", "nosuch", "--help"], "There is no function Email::nosuch"),
    ] {
        let output = store.command(program(name)).args(&args).output().unwrap();
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}: {complaint}");
        assert!(output.stdout.is_empty(), "{args:?}");
        assert!(
            complaint.starts_with(&format!("[{name}] ")) && complaint.contains(why),
            "{args:?}: {complaint}"
        );
        assert!(!complaint.contains("s3cret"), "{complaint}");
    }
    for (variable, value, why) in [
        ("LIVEAPI_URL", "mysql://u@h/x", "no engine for mysql:"),
        ("LIVEAPI_URL", "unix:///run/liveapi", "The setting user is “bob”"),
        ("LIVEAPI_URL", "whm://root@example.com", "no API token"),
        ("LIVEAPI_URL", "home://relative", "three slashes"),
        ("LIVEAPI_CONFIG", "/nonexistent/liveapi.toml", "LIVEAPI_CONFIG"),
        ("LIVEAPI_REQUIRED_STRENGTH", "101", "0 to 100"),
    ] {
        let output = store
            .command(program("cpapi2"))
            .env(variable, value)
            .args(["Email", "listpops"])
            .output()
            .unwrap();
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && complaint.contains(why), "{variable}: {complaint}");
    }
}

#[test]
fn the_configuration_file_is_read_and_checked() {
    let store = Store::with_account("conf");
    let file = store.dir.join("liveapi.toml");
    std::fs::write(&file, format!("url = 'home://{}'\nuser = 'bob'\n", store.root.display())).unwrap();
    let call = || {
        let mut command = store.command(program("uapi"));
        command.env_remove("LIVEAPI_URL").env_remove("LIVEAPI_USER").env("LIVEAPI_CONFIG", &file);
        command.args(["--output=json", "Email", "list_pops"]).output().unwrap()
    };
    assert_eq!(json(&call())["result"]["status"], 1);
    std::fs::write(&file, "usr = 'bob'\n").unwrap();
    let complaint = String::from_utf8(call().stderr).unwrap();
    assert!(complaint.contains("usr") && complaint.contains("did you mean “user”"), "{complaint}");
}

#[test]
fn strict_exit_tells_a_refusal_by_status() {
    let store = Store::with_account("stri");
    let status = |args: &[&str]| {
        let args = [&["--strict-exit", "--output=json", "Email"], args].concat();
        store.command(program("cpapi2")).args(args).output().unwrap().status.code()
    };
    assert_eq!(status(&["listpops"]), Some(0));
    assert_eq!(status(&["delpop", "domain=example.com", "email=nosuch"]), Some(2));
    assert_eq!(status(&["nosuch"]), Some(2));
}

#[test]
fn a_password_can_come_from_standard_input() {
    let store = Store::with_account("stdi");
    let mut command = store.command(program("cpapi2"));
    command.args([
        "--output=json",
        "Email",
        "addpop",
        "domain=example.com",
        "email=user",
        "password=@/dev/stdin",
    ]);
    let answer = crate::common::entrance::feed(&mut command, b"From%41Stdin-1 \n");
    assert!(answer.contains("\"result\":1}]"), "{answer}");
    let answer =
        store.uapi("Email", "verify_password", &["email=user@example.com", "password=From%2541Stdin-1%20"]);
    assert_eq!(answer["result"]["data"], 1, "{answer}");
}
