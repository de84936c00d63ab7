//! A table of servers: a call goes to the one that has its domain, and to no other.

use std::sync::Arc;
use std::time::Duration;

use crate::common::{must, program};
use crate::fleet::{Table, answer, domains, old, with_domains};
use crate::panel::{Gauge, Panel, Reply, Seen, TOKEN};
use liveapi_core::api::{Family, Outcome};
use liveapi_core::engine::{Client, Options};

fn asked(panel: &Panel, word: &str) -> usize {
    panel.seen().iter().filter(|seen| seen.line.contains(word)).count()
}

fn lists(panel: &Panel) -> usize {
    asked(panel, "get_domain_info") + asked(panel, "listaccts")
}

/// The same over whole processes, which ask anew, and in one process, which does not.
fn client(table: &Table, more: &str) -> Client {
    let text = std::fs::read_to_string(table.dir().join("liveapi.toml")).unwrap();
    let servers: toml::Table = text.parse().unwrap();
    let mut options = serde_json::to_value(servers).unwrap();
    for pair in more.split(' ').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap();
        options[name] = value.into();
    }
    Client::new(Options::from_json(&options.to_string()).unwrap()).unwrap()
}

fn echoed(client: &Client, domain: &str) -> Result<String, String> {
    let params = format!(r#"{{"domain":"{domain}","email":"user","password":"12345luggage"}}"#);
    match client.call_json(Family::Api2, "Email", "passwdpop", &params) {
        Ok(Outcome::Answered(answered)) => {
            let answer: serde_json::Value = serde_json::from_str(answered.json()).unwrap();
            Ok(answer["cpanelresult"]["data"][0]["echo"].as_str().unwrap().to_owned())
        }
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn a_call_goes_to_the_server_of_its_domain() {
    let one = with_domains("sva", &domains(&[("one.example", "bob"), ("addon.example", "bob")]));
    let two = with_domains("svb", &domains(&[("two.example", "eve"), ("xn--bcher-kva.example", "max")]));
    let three = old("svc", &domains(&[("three.example", "kim")]));
    let table = Table::new("svtab", &[("web1", &one), ("web2", &two), ("web3", &three)], "");
    for (domain, panel, echo) in [
        ("one.example", &one, "bob/user"),
        ("Addon.Example", &one, "bob/user"),
        ("two.example", &two, "eve/user"),
        ("bücher.example", &two, "max/user"),
        ("three.example", &three, "kim/user"),
    ] {
        let before: Vec<usize> = [&one, &two, &three].map(|panel| asked(panel, "json-api/cpanel")).to_vec();
        assert_eq!(table.passwdpop(&[], domain), echo, "{domain}");
        for (panel_of, before) in [&one, &two, &three].into_iter().zip(before) {
            let more = usize::from(std::ptr::eq(panel_of, panel));
            assert_eq!(asked(panel_of, "json-api/cpanel"), before + more, "{domain}");
        }
    }
    // The domain of an address, a position of API 1, WHM's own words, and a server by name.
    let answer =
        table.run("cpapi2", &["Email", "passwdpop", "email=user%40two.example", "password=12345luggage"]);
    assert_eq!(answer["cpanelresult"]["data"][0]["echo"], "eve/user@two.example", "{answer}");
    table.run("cpapi1", &["Email", "passwdpop", "user", "12345luggage", "0", "three.example"]);
    assert_eq!(three.seen().last().unwrap().field("cpanel_jsonapi_user"), Some("kim"));
    table.run("whmapi1", &["accountsummary", "user=eve"]);
    assert_eq!(two.seen().last().unwrap().line, "POST /json-api/accountsummary HTTP/1.1");
    table.run("whmapi1", &["--url=servers:web3", "version"]);
    assert_eq!(three.seen().last().unwrap().line, "POST /json-api/version HTTP/1.1");
    let columns = one.seen().into_iter().find(|seen| seen.line.contains("get_domain_info")).unwrap();
    assert_eq!(
        (columns.field("api.columns.a"), columns.field("api.columns.b")),
        (Some("domain"), Some("user"))
    );
}

#[test]
fn an_account_says_where_it_is_and_must_agree_with_the_domain() {
    let one = with_domains("svua", &domains(&[("one.example", "bob")]));
    let two = with_domains("svub", &domains(&[("two.example", "eve")]));
    let table = Table::new("svuta", &[("web1", &one), ("web2", &two)], "");
    assert_eq!(table.passwdpop(&["--user=eve"], "two.example"), "eve/user");
    // Which sub-domains an account has, its server knows.
    assert_eq!(table.passwdpop(&["--user=eve"], "sub.two.example"), "eve/user");
    let why = table.passwdpop(&["--user=eve"], "one.example");
    assert!(why.contains("belongs to bob on web1") && why.contains("“eve”"), "{why}");
    let why = table.passwdpop(&["--user=nobody-here"], "none.example");
    assert!(why.contains("none of the 2 servers has the domain none.example"), "{why}");
    let why = table.run("whmapi1", &["listaccts"])["metadata"]["reason"].to_string();
    assert!(why.contains("neither a domain nor an account") && why.contains("servers:NAME"), "{why}");
    assert_eq!(one.seen().iter().filter(|seen| !seen.line.contains("get_domain_info")).count(), 0);
}

#[test]
fn a_domain_on_two_servers_is_never_guessed() {
    let one = with_domains("svda", &domains(&[("both.example", "bob")]));
    let two = with_domains("svdb", &domains(&[("both.example", "eve")]));
    let table = Table::new("svdta", &[("web1", &one), ("web2", &two)], "");
    let why = table.passwdpop(&[], "both.example");
    assert!(why.contains("bob on web1") && why.contains("eve on web2"), "{why}");
    assert_eq!((asked(&one, "json-api/cpanel"), asked(&two, "json-api/cpanel")), (0, 0));
    assert_eq!(table.passwdpop(&["--user=eve"], "both.example"), "eve/user");
    assert_eq!(table.passwdpop(&["--user=bob", "--url=servers:web1"], "both.example"), "bob/user");
    let why = table.passwdpop(&["--url=servers:web9"], "both.example");
    assert!(why.contains("no “web9”") && why.contains("web1, web2"), "{why}");
}

#[test]
fn a_server_that_is_down_takes_nobody_else_along() {
    let one = with_domains("svxa", &domains(&[("one.example", "bob")]));
    let gone = with_domains("svxb", &domains(&[]));
    let table = Table::new("svxta", &[("web1", &one), ("web2", &gone)], "");
    let path = table.dir().join("liveapi.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(
        &path,
        text.replace(
            &format!("localhost:{}", gone.port),
            &format!("localhost:{}", crate::common::server::free_port()),
        ),
    )
    .unwrap();
    assert_eq!(table.passwdpop(&[], "one.example"), "bob/user");
    let why = table.passwdpop(&[], "two.example");
    assert!(
        why.contains("web2") && why.contains("nothing listens") && why.contains("could not be asked"),
        "{why}"
    );
    // One that refuses the login is not asked again for each domain that is nowhere.
    let refusing = Panel::start("svxr", |_| Reply::Http("403 Forbidden", "", String::new()));
    let table = Table::new("svxtb", &[("web1", &one), ("web2", &refusing)], "");
    let client = client(&table, "servers_cache_seconds=1");
    for _ in 0..3 {
        assert!(echoed(&client, "two.example").unwrap_err().contains("Manage API Tokens"));
    }
    assert_eq!(refusing.seen().len(), 1);
}

#[test]
fn servers_are_asked_at_the_same_time_and_their_word_is_kept_for_a_time() {
    let (first, second) = (domains(&[("one.example", "bob")]), domains(&[("two.example", "eve")]));
    let gauge = Gauge::default();
    let slow = |name: &str, rows: &crate::fleet::Domains| {
        let (rows, gauge) = (Arc::clone(rows), gauge.clone());
        Panel::start(name, move |seen: &Seen| {
            if seen.line.contains("get_domain_info") {
                gauge.work(Duration::from_millis(300));
            }
            answer(seen, &rows)
        })
    };
    let (one, two) = (slow("svca", &first), slow("svcb", &second));
    let table = Table::new("svcta", &[("web1", &one), ("web2", &two)], "");
    let asked_client = client(&table, "servers_cache_seconds=2");
    for _ in 0..5 {
        assert_eq!(echoed(&asked_client, "one.example").unwrap(), "bob/user");
        assert_eq!(echoed(&asked_client, "two.example").unwrap(), "eve/user");
    }
    assert_eq!((lists(&one), lists(&two), gauge.most()), (1, 1, 2));
    // Another client of this process knows as much; a domain that is nowhere asks once more only after a while.
    let other = client(&table, "servers_cache_seconds=2");
    assert!(echoed(&other, "new.example").unwrap_err().contains("none of the 2 servers"));
    assert_eq!((lists(&one), lists(&two)), (1, 1));
    std::thread::sleep(Duration::from_millis(2100));
    second.lock().unwrap().push(("new.example", "max"));
    assert_eq!(echoed(&other, "new.example").unwrap(), "max/user");
    assert_eq!((lists(&one), lists(&two)), (2, 2));
    // What makes domains lets its server be asked at once.
    first.lock().unwrap().push(("made.example", "bob"));
    let made = other.call_json(Family::Uapi, "SubDomain", "addsubdomain", r#"{"domain":"one.example"}"#);
    assert!(made.is_err(), "the double has no such function: {made:?}");
    assert_eq!(echoed(&other, "made.example").unwrap(), "bob/user");
    assert_eq!((lists(&one), lists(&two)), (3, 2));
}

#[test]
fn an_account_that_has_left_is_looked_for_again() {
    let (first, second) = (domains(&[("one.example", "bob")]), domains(&[]));
    let left = Arc::clone(&first);
    let one = Panel::start("svma", move |seen| {
        if left.lock().unwrap().is_empty() && seen.line.contains("json-api/cpanel") {
            return Reply::Text(r#"{"error":"User parameter is invalid or was not supplied"}"#.to_owned());
        }
        answer(seen, &left)
    });
    let two = with_domains("svmb", &second);
    let table = Table::new("svmta", &[("web1", &one), ("web2", &two)], "");
    let client = client(&table, "servers_cache_seconds=1");
    assert_eq!(echoed(&client, "one.example").unwrap(), "bob/user");
    second.lock().unwrap().extend(first.lock().unwrap().drain(..));
    let why = echoed(&client, "one.example").unwrap_err();
    assert!(why.contains("no account “bob”"), "{why}");
    std::thread::sleep(Duration::from_millis(1100));
    assert_eq!(echoed(&client, "one.example").unwrap(), "bob/user");
    assert_eq!(asked(&two, "json-api/cpanel"), 1);
}

#[test]
fn the_table_is_shown_without_its_tokens_and_mistakes_are_named() {
    let one = with_domains("svsa", &domains(&[("one.example", "bob")]));
    let table = Table::new("svsta", &[("web1", &one)], "timeout = 7");
    let path = table.dir().join("liveapi.toml");
    let good = std::fs::read_to_string(&path).unwrap();
    let token = good
        .replace(&format!("token_file = \"{}/token\"", one.dir.display()), &format!("token = \"{TOKEN}\""));
    std::fs::write(&path, &token).unwrap();
    let show = || {
        let output = table.command(program("liveapi")).args(["config", "show"]).output().unwrap();
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
    };
    let shown = show();
    assert!(
        shown.contains("servers.web1.url") && shown.contains("servers.web1.token") && !shown.contains(TOKEN),
        "{shown}"
    );
    assert!(shown.contains("servers_cache_seconds") && shown.contains(" 300 "), "{shown}");
    assert_eq!(table.passwdpop(&[], "one.example"), "bob/user");
    must(std::process::Command::new("chmod").arg("644").arg(&path));
    assert!(show().contains("chmod go="));
    must(std::process::Command::new("chmod").arg("600").arg(&path));
    for (wrong, words) in [
        (good.replace("ca_file", "cafile"), &["cafile", "“ca_file”", "servers.web1"][..]),
        (good.replace("[servers.web1]", "[servers.\"web 1\"]"), &["web 1", "letters"]),
        (good.replace("url = \"whm:", "user = \"whm:"), &["“user”", "unknown setting"]),
        (good.replace("url = \"whm:", "#"), &["web1", "no setting url"]),
        (good.replace("whm://root", "home://root"), &["web1", "home"]),
        (
            good.replace(&one.dir.join("token").display().to_string(), "/nonexistent"),
            &["web1", "/nonexistent"],
        ),
        ("url = \"servers:\"".to_owned(), &["no table of servers"]),
        ("url = \"servers:\"\nservers = \"x\"".to_owned(), &["servers", "[servers.NAME]"]),
        (good.replace("url = \"servers:\"", "url = \"servers:a/b\""), &["servers:web1"]),
    ] {
        std::fs::write(&path, &wrong).unwrap();
        let why = table.passwdpop(&[], "one.example");
        assert!(words.iter().all(|word| why.contains(word)), "{why}");
    }
}

#[test]
fn an_accounts_own_server_stands_in_the_table_too() {
    let one = Panel::start("svpa", |seen| {
        if seen.line.contains("list_domains") {
            Reply::Text(r#"{"status":1,"errors":null,"messages":null,"metadata":{},"data":{"main_domain":"one.example","addon_domains":["addon.example"],"parked_domains":[],"sub_domains":[]}}"#.to_owned())
        } else {
            crate::panel::echo(seen)
        }
    });
    let table = Table::new("svpta", &[("web1", &one)], "");
    let path = table.dir().join("liveapi.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("whm://root@", "cpanel://bob@")).unwrap();
    assert_eq!(table.passwdpop(&[], "addon.example"), "/user");
    assert!(one.seen().iter().all(|seen| seen.headers["authorization"].starts_with("cpanel bob:")));
    let why = table.passwdpop(&["--user=eve"], "addon.example");
    assert!(why.contains("belongs to bob"), "{why}");
}

#[test]
fn doctor_asks_each_server() {
    let one = Panel::start("svga", |_| {
        Reply::Text(
            r#"{"metadata":{"result":1,"reason":"OK","version":1},"data":{"version":"11.110.0.1"}}"#
                .to_owned(),
        )
    });
    let two = Panel::start("svgb", |_| Reply::Http("403 Forbidden", "", String::new()));
    let table = Table::new("svgta", &[("web1", &one), ("web2", &two)], "");
    let output = table.command(program("liveapi")).arg("doctor").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("web1, whm://root@localhost") && text.contains("answers version"), "{text}");
    assert!(text.contains("web2, whm://root@localhost") && text.contains("403"), "{text}");
    assert_eq!(output.status.code(), Some(1), "{text}");
}
