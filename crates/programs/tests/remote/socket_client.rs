//! Calls over a panel's LiveAPI socket: what is sent, byte for byte, and what comes back.

use std::process::Output;
use std::time::Duration;

use crate::common::{json, must, program, scratch};
use crate::page::{DONE, HANDSHAKE, JSON_MODE, Page, Reply, SHUTDOWN, UNKNOWN, framed, text, whole};
use serde_json::{Value, json as value};

/// What the documentation's call is sent as by cPanel's own class; the recorded bytes.
const PASSWDPOP: &str = "175\n<cpanelaction>\n{\"reqtype\":\"exec\",\"module\":\"Email\",\"func\":\"passwdpop\",\"apiversion\":\"2\",\"args\":{\"domain\":\"example.com\",\"email\":\"user\",\"password\":\"12345luggage\"}}\n</cpanelaction>";
const PASSWD_POP: &str = "179\n<cpanelaction>\n{\"reqtype\":\"exec\",\"module\":\"Email\",\"func\":\"passwd_pop\",\"apiversion\":\"uapi\",\"args\":{\"domain\":\"example.com\",\"email\":\"user\",\"password\":\"12345luggage\"}}\n</cpanelaction>";
const WORDS: [&str; 3] = ["domain=example.com", "email=user", "password=12345luggage"];

fn run(page: &Page, name: &str, words: &[&str]) -> Output {
    page.command(program(name)).arg("--output=json").args(words).output().unwrap()
}

/// The answer to the documentation's call, and nothing of its password in it.
fn passwdpop(page: &Page) -> Value {
    let output = run(page, "cpapi2", &[&["Email", "passwdpop"][..], &WORDS].concat());
    let said = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned();
    assert!(!said.contains("12345luggage"), "{said}");
    json(&output)
}

fn frames(page: &Page) -> Vec<String> {
    page.seen().into_iter().map(|seen| seen.frame).collect()
}

#[test]
fn the_recorded_conversation() {
    let uapi = r#"{"module":"Email","func":"passwd_pop","apiversion":3,"result":{"status":1,"errors":null,"messages":null,"data":null,"metadata":{}}}"#;
    let page =
        Page::start("sctalk", move |seen| text(if seen.frame.contains("passwd_pop") { uapi } else { DONE }));
    assert_eq!(passwdpop(&page), serde_json::from_str::<Value>(DONE).unwrap());
    let answer = json(&run(&page, "uapi", &[&["Email", "passwd_pop"][..], &WORDS].concat()));
    assert_eq!(
        answer,
        value!({"apiversion":3,"func":"passwd_pop","module":"Email","result":{"status":1,"errors":null,"warnings":null,"messages":null,"data":null,"metadata":{}}})
    );
    let each = |call| [HANDSHAKE, call, SHUTDOWN].map(str::to_owned);
    assert_eq!(frames(&page), [each(PASSWDPOP), each(PASSWD_POP)].concat());
}

#[test]
fn other_families_and_what_a_socket_cannot_do() {
    let page = Page::start("scfam", |_| {
        text(
            r#"{"apiversion":"1","type":"event","module":"Email","func":"passwdpop","source":"module","data":{"result":"made"},"event":{"result":1}}"#,
        )
    });
    for words in [
        &["Email", "passwdpop", "user", "12345luggage", "0", "example.com"][..],
        &["Email", "passwdpop", "email=user", "password=12345luggage", "domain=example.com"],
    ] {
        assert_eq!(json(&run(&page, "cpapi1", words))["data"]["result"], "made");
    }
    let asked = page.asked();
    assert_eq!(asked[0].json()["args"], value!(["user", "12345luggage", "0", "example.com"]));
    assert_eq!(asked[1].json()["args"], value!(["user", "12345luggage", null, "example.com"]));
    assert_eq!(asked[0].json()["apiversion"], "1");
    // What cannot be done is said, and nothing is sent.
    let why = json(&run(&page, "whmapi1", &["listaccts"]))["metadata"]["reason"].to_string();
    assert!(why.contains("It cannot call WHM API") && why.contains("whm://root@"), "{why}");
    let user = run(&page, "cpapi2", &["--user=eve", "Email", "listpops"]);
    let why = String::from_utf8(user.stderr).unwrap();
    assert!(why.contains("“eve”") && why.contains("the account of its page and no other"), "{why}");
    let unknown = json(&run(&page, "cpapi2", &["Email", "no/name"]));
    assert!(unknown["cpanelresult"]["error"].as_str().unwrap().starts_with("Could not find function"));
    assert_eq!((page.asked().len(), page.connections()), (2, 2));
}

#[test]
fn passwords_arrive_as_they_were_given() {
    let page = Page::start("scpass", |_| text(DONE));
    let passwords = [
        "p&a%s+s \"q\" é<b>#/",
        "</cpanelaction>\\",
        "</cpanelresult>",
        "\u{1f600}\u{fffd}\u{2028} ",
        "' $user $(x)",
        "{\"a\":1}",
        "12345678901234567890",
        "0012",
    ];
    for password in passwords {
        let mut command = page.command(program("cpapi2"));
        command.args(["--raw", "--output=json", "Email", "passwdpop"]);
        let answer = json(&command.arg(format!("password={password}")).output().unwrap());
        assert_eq!(answer["cpanelresult"]["data"][0]["result"], 1);
    }
    let arrived: Vec<Value> =
        page.asked().iter().map(|seen| seen.json()["args"]["password"].clone()).collect();
    assert_eq!(arrived, passwords);
    assert!(
        page.seen().iter().all(|seen| seen.frame.is_ascii()),
        "lengths are the same however they are counted"
    );
}

#[test]
fn answers_in_every_form_that_panels_send() {
    let warning = "<error>A warning occurred while processing this directive.</error>";
    let xml = "<apiversion>2</apiversion><data><reason></reason><result>1</result></data><event><result>1</result></event><func>passwdpop</func><module>Email</module>";
    let pieces = |bytes: String, size| Reply::Pieces(bytes.into_bytes(), size);
    for (number, reply) in [
        text(DONE),
        pieces(framed(DONE), 1),
        pieces(framed(DONE), 7),
        // cPanel's `if` and `feature` have a line feed there.
        text(format!("{DONE}\n")),
        whole(framed(&format!("{DONE}\r\n")).replace('\n', "\r\n").replace("\r\r", "\r")),
        whole(format!("<cpanelresult>{DONE}</cpanelresult>\n")),
        // Nobody but us gets this one: without the line feed others wait for ever.
        whole(format!("<cpanelresult>{DONE}</cpanelresult>")),
        Reply::Last(format!("<cpanelresult>{DONE}</cpanelresult>").into_bytes()),
        whole(format!("<?xml version=\"1.0\" ?><cpanelresult>{warning}{DONE}</cpanelresult>\n")),
        text(format!("{warning}\n{DONE}")),
        text(format!("<note>1 > 0</note>{DONE}")),
        text(xml),
        pieces(framed(&xml.replace("><", ">\n  <").replace("<reason>\n  </reason>", "<reason></reason>")), 5),
        Reply::Late(Duration::from_millis(300), Box::new(text(DONE))),
    ]
    .into_iter()
    .enumerate()
    {
        let page = Page::start(&format!("scform{number}"), move |_| reply.clone());
        assert_eq!(passwdpop(&page), serde_json::from_str::<Value>(DONE).unwrap(), "{number}");
    }
}

#[test]
fn a_panel_that_knows_no_json_is_understood() {
    let page = Page::strict("scold", 9, |seen| match seen.frame.as_str() {
        HANDSHAKE => text("<error>Unknown element</error>"),
        SHUTDOWN => Reply::Close,
        frame if frame.contains("listpops") => text(
            "<data><email>a&amp;b@example.com</email></data><data><email>c@example.com</email></data><event><result>1</result></event>",
        ),
        frame if frame.contains("\"uapi\"") => text(
            "<apiversion>3</apiversion><func>f</func><module>Email</module><result><status>0</status><errors>no</errors></result>",
        ),
        _ => text(
            "<error>too weak</error><data><reason>too weak</reason><result>0</result></data><event><result>1</result></event>",
        ),
    });
    let rows = &json(&run(&page, "cpapi2", &["Email", "listpops"]))["cpanelresult"]["data"];
    assert_eq!(*rows, value!([{"email":"a&b@example.com"},{"email":"c@example.com"}]));
    let refused = &passwdpop(&page)["cpanelresult"];
    assert_eq!(
        (&refused["error"], &refused["data"]),
        (&value!("too weak"), &value!([{"reason":"too weak","result":0}]))
    );
    assert_eq!(json(&run(&page, "uapi", &["Email", "passwd_pop"]))["result"]["status"], 0);
}

#[test]
fn refusals_pass_as_the_panel_sent_them() {
    let weak = value!({"cpanelresult":{"func":"passwdpop","apiversion":2,"module":"Email","error":"too weak","data":[{"result":0,"reason":"too weak"}],"event":{"result":1}}});
    let unknown = value!({"cpanelresult":{"apiversion":2,"error":"Could not find function 'passwdpop' in module 'Email'","func":"passwdpop","module":"Email"}});
    for (name, answer) in [("scref1", weak), ("scref2", unknown)] {
        let sent = answer.to_string();
        let page = Page::start(name, move |_| text(sent.clone()));
        assert_eq!(passwdpop(&page), answer);
    }
    let page = Page::start("scref3", |_| text(UNKNOWN));
    let inner = &passwdpop(&page)["cpanelresult"];
    let why = inner["error"].as_str().unwrap();
    assert!(
        why.contains("was refused: the panel says: “Unknown API request”") && why.contains("page.sock"),
        "{why}"
    );
    assert_eq!((&inner["data"][0]["result"], &inner["event"]["result"]), (&value!(0), &value!(0)));
    // A panel that repeats the password is not repeated.
    let page = Page::start("scref4", |_| text(r#"{"result":0,"error":"bad 12345luggage"}"#));
    let why = passwdpop(&page)["cpanelresult"]["error"].to_string();
    assert!(why.contains("was refused: the panel’s message is withheld"), "{why}");
}

#[test]
fn nothing_after_an_answer_is_taken_for_the_next() {
    let rows = |email: &str| {
        format!(
            r#"{{"cpanelresult":{{"data":[{{"email":"{email}"}}],"event":{{"result":1}},"apiversion":2,"func":"listpops","module":"Email"}}}}"#
        )
    };
    let stray = framed(&rows("stray"));
    // With the answer, soon after it, or only white space.
    let page = Page::start("scstray", move |seen| {
        let email = seen.json()["args"]["regex"].as_str().unwrap().to_owned();
        let answer = framed(&rows(&email));
        match seen.connection {
            1 | 2 => whole([&*answer, &*stray].concat()),
            3 | 4 => Reply::Twice(
                Box::new(whole(answer)),
                Duration::from_millis(50),
                Box::new(whole(stray.clone())),
            ),
            _ => whole([&*answer, "\n \n"].concat()),
        }
    });
    let client = client(&page);
    for email in ["a", "b", "c", "d", "e", "f"] {
        let params = value!({"regex": email}).to_string();
        let outcome =
            client.call_json(liveapi_core::api::Family::Api2, "Email", "listpops", &params).unwrap();
        let liveapi_core::api::Outcome::Answered(answered) = outcome else { panic!("{outcome:?}") };
        assert!(answered.json().contains(&format!(r#""email":"{email}""#)), "{email}: {}", answered.json());
        // What comes late has come before the next call.
        std::thread::sleep(Duration::from_millis(150));
    }
    let connections: Vec<usize> = page.asked().iter().map(|seen| seen.connection).collect();
    assert_eq!(connections, [1, 2, 3, 4, 5, 5]);
}

fn client(page: &Page) -> liveapi_core::engine::Client {
    let options = liveapi_core::engine::Options { url: Some(page.url()), ..Default::default() };
    liveapi_core::engine::Client::new(options).unwrap()
}

#[test]
fn where_the_socket_comes_from() {
    let (first, second) = (Page::start("scwhere1", |_| text(DONE)), Page::start("scwhere2", |_| text(DONE)));
    let origin = |variables: &[(&str, &str)]| {
        let mut command = first.command(program("liveapi"));
        command.env_remove("CPANEL_CONNECT_SOCKET").args(["config", "show", "--output=json"]);
        let settings = json(&must(command.envs(variables.iter().copied())));
        let url = settings.as_array().unwrap().iter().find(|row| row["key"] == "url").unwrap().clone();
        (url["value"].as_str().unwrap().to_owned(), url["origin"].as_str().unwrap().to_owned())
    };
    let (one, two) = (first.path().display().to_string(), second.path().display().to_string());
    let [php, other, old] =
        ["CPANEL_PHPCONNECT_SOCKET", "CPANEL_CONNECT_SOCKET", "CPANEL_PHPCONNECT_SOCKETFILE"];
    let of = |name| format!("environment variable {name}");
    for (variables, url, from) in [
        (&[(php, &*one), (other, &*two)][..], first.url(), of(php)),
        (&[(other, &*two), (old, &*one)], second.url(), of(other)),
        (&[(php, ""), (old, &*one)], first.url(), of(old)),
        (&[(php, &*one), ("LIVEAPI_URL", "home:///srv/x")], "home:///srv/x".to_owned(), of("LIVEAPI_URL")),
    ] {
        assert_eq!(origin(variables), (url, from));
    }
    assert!(origin(&[]).0.starts_with("home:///"));
    // The URL by which it is named, and a path that no panel gives.
    let mut command = first.command(program("cpapi2"));
    let named = command.env("LIVEAPI_URL", second.url()).args(["--output=json", "Email", "passwdpop"]);
    assert_eq!(json(&named.output().unwrap())["cpanelresult"]["data"][0]["result"], 1);
    assert_eq!((first.connections(), second.connections()), (0, 1));
    let mut command = first.command(program("cpapi2"));
    let relative = command.env("CPANEL_CONNECT_SOCKET", "page.sock").args(["Email", "listpops"]);
    let why = String::from_utf8(relative.output().unwrap().stderr).unwrap();
    assert!(why.contains("CPANEL_CONNECT_SOCKET must name a LiveAPI socket by an absolute path"), "{why}");
}

#[test]
fn a_page_is_its_panels_whatever_the_machines_file_says() {
    let page = Page::start("scfile", |_| text(DONE));
    let file = page.path().with_file_name("liveapi.toml");
    std::fs::write(&file, "url = \"home:///srv/x\"\nuser = \"eve\"\ntimeout = 7\n").unwrap();
    let mut command = page.command(program("cpapi2"));
    let answer = command.env("LIVEAPI_CONFIG", &file).args(["--output=json", "Email", "passwdpop"]).output();
    assert_eq!(json(&answer.unwrap())["cpanelresult"]["data"][0]["result"], 1);
    let shown = |variables: &[(&str, String)], removed: &[&str]| {
        let mut command = page.command(program("liveapi"));
        command.env("LIVEAPI_CONFIG", &file).args(["config", "show", "--output=json"]);
        for name in removed {
            command.env_remove(name);
        }
        let rows = json(&must(command.envs(variables.iter().map(|(name, value)| (*name, value)))));
        ["url", "user", "timeout"].map(|key| {
            let row = rows.as_array().unwrap().iter().find(|row| row["key"] == key).unwrap();
            row["value"].as_str().unwrap_or_default().to_owned()
        })
    };
    assert_eq!(shown(&[], &[]), [page.url(), String::new(), "7".to_owned()]);
    // Outside of a page, and where somebody says so closer to the call, the file counts as ever.
    let of_file = ["home:///srv/x", "eve", "7"].map(str::to_owned);
    assert_eq!(shown(&[], &["CPANEL_CONNECT_SOCKET"]), of_file);
    let [url, user, _] = shown(&[("LIVEAPI_URL", "home:///srv/y".to_owned())], &[]);
    assert_eq!((url.as_str(), user.as_str()), ("home:///srv/y", "eve"));
}

#[test]
fn the_doctor_asks_the_panel() {
    let uapi = r#"{"module":"DomainInfo","func":"list_domains","apiversion":3,"result":{"status":1,"errors":null,"data":{}}}"#;
    let page = Page::start("scdoc", move |_| text(uapi));
    let doctor = |page: &Page| {
        let mut command = page.command(program("liveapi"));
        String::from_utf8(command.arg("doctor").output().unwrap().stdout).unwrap()
    };
    let said = doctor(&page);
    let place = format!("{} (CPANEL_CONNECT_SOCKET)", page.url());
    assert!(said.contains(&format!("ok     server: {place}: answers list_domains")), "{said}");
    assert!(
        said.contains(&format!("url: {} (environment variable CPANEL_CONNECT_SOCKET)", page.url())),
        "{said}"
    );
    std::fs::remove_file(page.path()).unwrap();
    let said = doctor(&page);
    assert!(
        said.contains("wrong  server") && said.contains("No connection to the cPanel engine exists"),
        "{said}"
    );
}

#[test]
fn a_batch_makes_its_calls_one_after_the_other() {
    let page = Page::start("scbat", |seen| {
        let email = seen.json()["args"]["email"].as_str().unwrap_or_default().to_owned();
        text(DONE.replace("\"reason\":\"\"", &format!("\"reason\":\"{email}\"")))
    });
    let file = page.dir.join("calls");
    let item = |email: &str, more: &str| {
        format!(
            r#"{{"module":"Email","func":"passwdpop","params":{{"email":"{email}","password":"x"}}{more}}}"#
        )
    };
    let lines = [item("a", ""), item("b", ""), item("c", r#","user":"eve""#), item("d", "")].join("\n");
    std::fs::write(&file, lines).unwrap();
    let mut command = page.command(program("cpapi2"));
    let output = command.arg("--batch").arg(&file).output().unwrap();
    let rows: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|row| serde_json::from_str(row).unwrap())
        .collect();
    let status: Vec<&str> = rows.iter().map(|row| row["status"].as_str().unwrap()).collect();
    assert_eq!(status, ["done", "done", "failed", "done"], "{rows:?}");
    assert_eq!(rows[3]["answer"]["cpanelresult"]["data"][0]["reason"], "d");
    assert_eq!((page.connections(), page.asked().len()), (1, 3));
}

#[test]
fn programs_for_the_store_say_that_there_is_none() {
    let page = Page::start("scstore", |_| text(DONE));
    let home = scratch("schome");
    let mut command = page.command(program("liveapi"));
    let output = command.arg("import").arg(&home).output().unwrap();
    let why = String::from_utf8(output.stderr).unwrap();
    assert!(why.contains("the panel at unix:///") && why.contains("home:///path"), "{why}");
    assert_eq!(JSON_MODE, framed(r#"{"data":{"result":"json"}}"#));
    std::fs::remove_dir_all(home).unwrap();
}
