//! The same calls, requests and pages on the embedded store and through a LiveAPI socket of ours on such a store: the
//! answers agree.

use std::process::Command;
use std::sync::Arc;

use crate::backed::{API1, API2, API2_ONLY, UAPI, comparable};
use crate::common::entrance::{every_method, feed};
use crate::common::{Store, json, must, program, repository};
use crate::served::Served;
use liveapi_core::api::{Family, Outcome};
use liveapi_core::engine::{Client, Options};
use liveapi_core::tags::Variables;
use liveapi_programs::live::Service;
use serde_json::{Map, Value};

fn agree(name: &str, program_name: &str, calls: &[&[&str]]) {
    let (here, there) = (Store::with_account(&format!("{name}h")), Store::with_account(&format!("{name}t")));
    let served = Served::on(&there);
    for words in calls {
        let expected = here.run(program_name, words);
        let mut command = served.command(program(program_name));
        let answer = json(&command.arg("--output=json").args(*words).output().unwrap());
        assert_eq!(comparable(&there, answer), comparable(&here, expected), "{words:?}");
    }
    // Equal answers alone would not show a password that became another one on its way.
    assert!(crate::backed::keeps_the_password(&here) && crate::backed::keeps_the_password(&there));
}

#[test]
fn api_2() {
    agree("sag2", "cpapi2", &[API2, API2_ONLY].concat());
}

#[test]
fn uapi() {
    agree("sag3", "uapi", UAPI);
}

#[test]
fn api_1() {
    agree("sag1", "cpapi1", API1);
}

/// Passwords that careless framing, escaping or counting changes.
const PASSWORDS: [&str; 6] = [
    "12345luggage",
    "p&a%s+s \"q\" \\ é<b>#/",
    "</cpanelaction>-1</cpanelresult>",
    "\u{1f600} \u{fffd}\u{2028} Zürich",
    "$user 'x' `y` $(z) {\"a\":[1]}",
    "1234567890123456789012345678901234567890.0e7",
];

#[test]
fn passwords_from_every_language() {
    let store = Store::with_account("sagpw");
    store.add_mailbox("user", "Start-Password-1");
    let served = Served::on(&store);
    let opens = |password: &str| {
        let words = ["email=user@example.com", &crate::common::arg("password", password)];
        store.uapi("Email", "verify_password", &words)["result"]["data"] == 1
    };
    let c = crate::common::entrance::build_c_example(&store);
    let set = |interpreter: &str, script: &str, args: &[&str], password: &str| {
        let mut command = served.command(interpreter);
        command.arg(repository().join(script)).args(args);
        feed(&mut command, serde_json::json!([["user", password]]).to_string().as_bytes())
    };
    for password in PASSWORDS {
        for host in ["C", "php", "perl", "cpapi2"] {
            // Each begins with another one, so that a success that did nothing is seen.
            store.api2("Email", "passwdpop", &["domain=example.com", "email=user", "password=Other-Pass-99"]);
            let answer = match host {
                "php" => set("php", "tests/php/set.php", &[], password),
                "perl" => set("perl", "tests/perl/set.pl", &["characters"], password),
                "C" => feed(served.command(&c).arg("user@example.com"), password.as_bytes()),
                _ => {
                    let mut command = served.command(program("cpapi2"));
                    command.args([
                        "Email",
                        "passwdpop",
                        "domain=example.com",
                        "email=user",
                        "--password-stdin",
                    ]);
                    feed(&mut command, password.as_bytes())
                }
            };
            assert!(opens(password), "{host} {password}: {answer}");
        }
    }
}

/// What every method returns, but what is of the object itself.
fn methods(command: Command, store: &Store, language: &str, part: &str) -> Map<String, Value> {
    let output = every_method(command, &store.dir.join(format!("{language}{part}")), language);
    let mut returned = json(&output).as_object().unwrap().clone();
    // A hash of Perl has no order, and the log names what was in one.
    returned.remove("log");
    returned
}

#[test]
fn every_method_of_both_classes() {
    let store = Store::with_account("sagme");
    store.add_mailbox("user", "Start-Password-1");
    let served = Served::on(&store);
    for language in ["php", "perl"] {
        let here = methods(store.command(language), &store, language, "h");
        let there = methods(served.command(language), &store, language, "t");
        assert_eq!(there["cpanelprint"], "example.com", "{language}");
        assert!(there["header"].as_str().unwrap().contains("Mail &amp; more"), "{language}");
        assert_eq!(here, there, "{language}");
    }
}

#[test]
fn pages_with_tags() {
    let store = Store::with_account("sagta");
    store.add_mailbox("user", "Start-Password-1");
    store.add_mailbox("a&b", "Other-Pass-1");
    let served = Served::on(&store);
    let file = store.dir.join("page.html");
    for page in [
        "<ul><?cp Email::listpops( [li]%: %[/li], *num, email ) || 'none' ?></ul>",
        "<cpanel print=\"$domain of $user, $nosuch\">",
        "<cpanelif $user==bob>yes<cpanelelse>no</cpanelif><cpanelfeature popaccts>mail</cpanelfeature>",
        "<cpanel setvar=\"a=$user\"><cpanel print=\"$a $FORM{'email'}\">",
        "<cpanel Email=\"getpopquota('user','example.com')\">",
        "<?cp Email::passwdpop( %, reason ) domain=\"example.com\", email=\"$FORM{'email'}\", password=\"a\" ?>",
    ] {
        std::fs::write(&file, page).unwrap();
        let rendered = |mut command: Command| {
            let output = must(command.args(["render", "--form=email=user"]).arg(&file));
            String::from_utf8(output.stdout).unwrap()
        };
        let here = rendered(store.command(program("liveapi")));
        assert!(!here.is_empty(), "{page}");
        assert_eq!(rendered(served.command(program("liveapi"))), here, "{page}");
    }
}

#[test]
fn the_page_on_sockets_is_true() {
    let store = Store::with_account("sagdo");
    store.add_mailbox("user", "Start-Password-1");
    let served = Served::on(&store);
    let page = std::fs::read_to_string(repository().join("docs/reference/socket.md")).unwrap();
    let block = |language: &str| {
        let fence = format!("```{language}\n");
        let rest = page.split(&fence).nth(1).unwrap();
        rest[..rest.find("```").unwrap()].to_owned()
    };
    let opens = |password: &str| {
        let words = ["email=user@example.com", &crate::common::arg("password", password)];
        store.uapi("Email", "verify_password", &words)["result"]["data"] == 1
    };
    let programs = program("cpapi2").parent().unwrap().display().to_string();
    let mut command = served.command("bash");
    command.args(["-euc", &block("sh").replace("unix:///run/panel/page.sock", &served.url())]);
    command.env_remove("CPANEL_CONNECT_SOCKET").env_remove("CPANEL_PHPCONNECT_SOCKET");
    command.env("PATH", format!("{programs}:{}", std::env::var("PATH").unwrap()));
    let text = String::from_utf8(must(&mut command).stdout).unwrap();
    assert!(text.contains("result: 1") && text.contains("email: user@example.com"), "{text}");
    assert!(opens("12345luggage"));
    store.api2("Email", "passwdpop", &["domain=example.com", "email=user", "password=Other-Pass-99"]);
    let require = format!("require '{}/bindings/php/cpanel.php';", repository().display());
    must(served.command("php").args(["-r", &format!("{require}{}", block("php"))]));
    assert!(opens("12345luggage"));
}

/// Answers everything with a list of 20,000 mailboxes.
struct Long;

impl Service for Long {
    fn answer(&self, _: &str, _: &Variables) -> Vec<u8> {
        let row = r#"{"email":"somebody-with-a-long-name@a-long-name.example.com","login":"x"}"#;
        let rows = vec![row; 20_000].join(",");
        format!(r#"{{"cpanelresult":{{"apiversion":2,"func":"listpops","module":"Email","data":[{rows}],"event":{{"result":1}}}}}}"#).into_bytes()
    }
}

#[test]
fn long_answers() {
    let store = Store::with_account("saglo");
    let served = Served::by(&store, Arc::new(Long));
    let options = Options { url: Some(served.url()), ..Options::default() };
    let client = Client::new(options).unwrap();
    for _ in 0..3 {
        let outcome = client.call_json(Family::Api2, "Email", "listpops", "{}").unwrap();
        let Outcome::Answered(answered) = outcome else { panic!("{outcome:?}") };
        assert!(answered.json().len() > 1 << 20, "{}", answered.json().len());
        assert_eq!(answered.json().as_bytes(), Long.answer("", &Variables::default()));
    }
}
