//! What calls answer, through the programs: shapes, refusals, texts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{Store, json, program};
use serde_json::json;

fn refusal(answer: &serde_json::Value) -> &str {
    let inner = &answer["cpanelresult"];
    assert_eq!(inner["event"], json!({"result": 1}), "{answer}");
    assert_eq!(inner["data"][0]["result"], 0, "{answer}");
    assert_eq!(inner["error"], inner["data"][0]["reason"], "{answer}");
    inner["error"].as_str().unwrap()
}

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
fn the_mailbox_family_answers_as_cpanel_does() {
    let store = Store::with_account("fami");
    let added = store.uapi("Email", "add_pop", &["email=one", "password=Start-Password-1", "quota=10"]);
    assert_eq!(added["result"]["data"], "one+example.com", "{added}");
    let again =
        store.api2("Email", "addpop", &["domain=example.com", "email=one", "password=Start-Password-1"]);
    assert_eq!(refusal(&again), "The account one@example.com already exists!");
    assert_eq!(std::fs::read_to_string(store.file("quota")).unwrap(), "one:10485760\n");
    let listed = store.api2("Email", "listpops", &[]);
    assert_eq!(
        listed["cpanelresult"]["data"],
        json!([
            {"email":"one@example.com","login":"one@example.com","suspended_incoming":0,"suspended_login":0},
            {"email":"bob","login":"Main Account","suspended_incoming":0,"suspended_login":0}
        ])
    );
    assert_eq!(store.api2("Email", "listpops", &["regex=nomatch"])["cpanelresult"]["data"], json!([]));
    let listed = store.uapi("Email", "list_pops", &["skip_main=1", "regex=/^o.e@/"]);
    assert_eq!(listed["result"]["metadata"], json!({"transformed":1}));
    assert_eq!(listed["result"]["data"][0]["email"], "one@example.com");
    let checked = store.uapi("Email", "verify_password", &["email=one@example.com", "password=wrong"]);
    assert_eq!((&checked["result"]["status"], &checked["result"]["data"]), (&json!(1), &json!(0)));
    let kept = store.uapi("Email", "delete_pop", &["email=one@example.com", "flags=passwd"]);
    assert_eq!(kept["result"]["status"], 1, "{kept}");
    assert!(store.root.join("bob/mail/example.com/one/cur").exists(), "the mail is kept");
    let gone = store.api2("Email", "delpop", &["domain=example.com", "email=one"]);
    assert_eq!(refusal(&gone), "You do not have an email account named “one@example.com”.");
    for file in ["passwd", "shadow", "quota"] {
        assert_eq!(std::fs::read_to_string(store.file(file)).unwrap(), "", "{file}");
    }
    std::fs::write(store.root.join("bob/mail/example.com/one/cur/1"), "mail").unwrap();
    let orphan =
        store.api2("Email", "addpop", &["domain=example.com", "email=one", "password=Start-Password-1"]);
    assert!(refusal(&orphan).contains("mail of a former mailbox is still in"), "{orphan}");
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

#[test]
fn accounts_come_and_go() {
    let store = Store::with_account("acct");
    for (args, why) in [
        (["username=bob", "domain=other.example"], "The account “bob” already exists."),
        (
            ["username=eve", "domain=example.com"],
            "The domain “example.com” already belongs to the account “bob”.",
        ),
        (["username=Eve", "domain=other.example"], "lower-case letters and digits"),
        (["username=eve", "domain=nodots"], "is not a domain name"),
        (["username=eve", "x=1"], "\"domain\" is a required argument."),
    ] {
        let answer = store.whm("createacct", &args);
        assert_eq!(answer["metadata"]["result"], 0, "{answer}");
        assert!(answer["metadata"]["reason"].as_str().unwrap().contains(why), "{answer}");
    }
    let with_password = store.whm("createacct", &["username=eve", "domain=other.example", "password=s3cret"]);
    assert!(
        with_password["metadata"]["reason"].as_str().unwrap().contains("leave it out"),
        "{with_password}"
    );
    store.whm("createacct", &["username=eve", "domain=bücher.example"]);
    let names = |answer: &serde_json::Value| {
        let rows = answer["data"]["acct"].as_array().unwrap().clone();
        rows.iter()
            .map(|row| format!("{} {}", row["user"].as_str().unwrap(), row["domain"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&store.whm("listaccts", &[])), ["bob example.com", "eve xn--bcher-kva.example"]);
    assert_eq!(
        names(&store.whm("listaccts", &["searchtype=user", "search=^e"])),
        ["eve xn--bcher-kva.example"]
    );
    store.add_mailbox("user", "Start-Password-1");
    assert_eq!(store.whm("removeacct", &["username=bob"])["metadata"]["result"], 1);
    assert_eq!(names(&store.whm("listaccts", &[])), ["eve xn--bcher-kva.example"]);
    assert!(!store.root.join("bob").exists());
    assert!(!common::exists(&store.root.join(".liveapi/domains/example.com")));
    assert_eq!(
        store.whm("removeacct", &["username=bob"])["metadata"]["reason"],
        "The account “bob” does not exist."
    );
    assert_eq!(store.whm("createacct", &["username=bob", "domain=example.com"])["metadata"]["result"], 1);
}

#[test]
fn quotas_are_changed_and_told() {
    let store = Store::with_account("quot");
    store.add_mailbox("one", "Start-Password-1");
    let told = |args: &[&str]| store.uapi("Email", "get_pop_quota", args)["result"]["data"].clone();
    assert_eq!(told(&["email=one@example.com"]), 0);
    let changed = store.api2("Email", "editquota", &["domain=example.com", "email=one", "quota=500"]);
    assert_eq!(changed["cpanelresult"]["data"], json!([{"reason":"","result":1}]), "{changed}");
    assert_eq!(std::fs::read_to_string(store.file("quota")).unwrap(), "one:524288000\n");
    assert_eq!((told(&["email=one"]), told(&["email=one", "as_bytes=1"])), (json!(500), json!(524_288_000)));
    let changed =
        store.uapi("Email", "edit_pop_quota", &["email=one", "domain=example.com", "quota=unlimited"]);
    assert_eq!(changed["result"]["status"], 1, "{changed}");
    assert_eq!(std::fs::read_to_string(store.file("quota")).unwrap(), "");
    for (args, why) in [
        (["domain=example.com", "email=one", "quota="], "\"quota\" is a required argument."),
        (["domain=example.com", "email=one", "quota=ten"], "is not a whole number of megabytes"),
        (["domain=example.com", "email=nosuch", "quota=5"], "You do not have an email account named"),
    ] {
        assert!(refusal(&store.api2("Email", "editquota", &args)).contains(why), "{args:?}");
    }
}

#[test]
fn mailboxes_with_their_use_and_limit() {
    let store = Store::with_account("disk");
    store.add_mailbox("small", "Start-Password-1");
    store.add_mailbox("big", "Start-Password-1");
    store.api2("Email", "editquota", &["domain=example.com", "email=big", "quota=1"]);
    let maildir = store.root.join("bob/mail/example.com/big");
    std::fs::write(maildir.join("cur/1,S=1000000:2,S"), "named with its size").unwrap();
    let listed = store.api2("Email", "listpopswithdisk", &["regex=^big"]);
    let row = &listed["cpanelresult"]["data"][0];
    for (name, value) in [
        ("user", json!("big")),
        ("email", json!("big@example.com")),
        ("_diskused", json!(1_000_000)),
        ("diskused", json!("0.95")),
        ("humandiskused", json!("976.56\u{a0}KB")),
        ("_diskquota", json!("1048576")),
        ("diskquota", json!("1")),
        ("humandiskquota", json!("1\u{a0}MB")),
        ("diskusedpercent", json!(95)),
        ("diskusedpercent20", json!(100)),
    ] {
        assert_eq!(row[name], value, "{name}: {listed}");
    }
    let near = store.api2("Email", "listpopswithdisk", &["nearquotaonly=1"]);
    assert_eq!(near["cpanelresult"]["data"].as_array().unwrap().len(), 1, "{near}");
    let small = store.uapi("Email", "list_pops_with_disk", &["domain=example.com", "regex=small"]);
    let row = &small["result"]["data"][0];
    assert_eq!(
        (&row["diskquota"], &row["_diskquota"], &row["humandiskused"]),
        (&json!("unlimited"), &json!("0"), &json!("None"))
    );
    // Where Maildir++ software keeps the sum, that counts.
    std::fs::write(maildir.join("maildirsize"), "1048576S\n524288 3\n").unwrap();
    if common::is_root() {
        common::must(
            std::process::Command::new("chown").arg(common::UNPRIVILEGED).arg(maildir.join("maildirsize")),
        );
    }
    let used = store.api2("Email", "getdiskusage", &["domain=example.com", "user=big"]);
    let expected = json!([{"diskused":"0.50","domain":"example.com","login":"big@example.com","user":"big"}]);
    assert_eq!(used["cpanelresult"]["data"], expected);
    let missing = store.uapi("Email", "get_disk_usage", &["domain=example.com", "user=nosuch"]);
    assert!(missing["result"]["errors"][0].as_str().unwrap().contains("nosuch@example.com"), "{missing}");
}

#[test]
fn lists_without_the_main_account_and_of_domains() {
    let store = Store::with_account("list");
    store.add_mailbox("one", "Start-Password-1");
    let single = store.api2("Email", "listpopssingle", &[]);
    assert_eq!(single["cpanelresult"]["data"].as_array().unwrap().len(), 1, "{single}");
    let domains = store.api2("Email", "listmaildomains", &[]);
    assert_eq!(domains["cpanelresult"]["data"], json!([{"domain":"example.com"}]));
    assert_eq!(store.api2("Email", "listmaildomains", &["skipmain=1"])["cpanelresult"]["data"], json!([]));
    let domains = store.uapi("Email", "list_mail_domains", &[]);
    assert_eq!(domains["result"]["data"], json!([{"domain":"example.com"}]));
}

#[test]
fn a_suspended_account_keeps_its_passwords() {
    let store = Store::with_account("sacc");
    store.add_mailbox("user", "Start-Password-1");
    let before = std::fs::read(store.file("shadow")).unwrap();
    assert_eq!(store.whm("suspendacct", &["user=bob"])["metadata"]["result"], 1);
    assert_eq!(store.whm("accountsummary", &["user=bob"])["data"]["acct"][0]["suspended"], 1);
    let answer =
        store.api2("Email", "passwdpop", &["domain=example.com", "email=user", "password=Other-Password-1"]);
    assert!(refusal(&answer).contains("is suspended"), "{answer}");
    assert!(std::fs::read_to_string(store.file("shadow")).unwrap().starts_with("user:*LOCKED*$6$"));
    assert_eq!(store.whm("unsuspendacct", &["user=bob"])["metadata"]["result"], 1);
    assert_eq!(std::fs::read(store.file("shadow")).unwrap(), before, "every byte is as it was");
    for func in ["suspendacct", "unsuspendacct", "accountsummary"] {
        let answer = store.whm(func, &["user=nosuch"]);
        assert_eq!(answer["metadata"]["reason"], "The account “nosuch” does not exist.");
    }
}

#[test]
fn the_programs_complain_on_standard_error_with_status_1() {
    let store = Store::with_account("cli");
    for (name, args, why) in [
        ("cpapi2", vec!["--nosuch"], "--nosuch"),
        ("cpapi2", vec!["--output=toml", "Email", "listpops"], "yaml, json or jsonpretty"),
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
        ("LIVEAPI_URL", "whm://root@example.com", "no engine for whm:"),
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
    let answer = common::entrance::feed(&mut command, b"From%41Stdin-1 \n");
    assert!(answer.contains("\"result\":1}]"), "{answer}");
    let answer =
        store.uapi("Email", "verify_password", &["email=user@example.com", "password=From%2541Stdin-1%20"]);
    assert_eq!(answer["result"]["data"], 1, "{answer}");
}
