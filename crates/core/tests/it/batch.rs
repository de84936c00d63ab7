//! Many calls as one: order, calls in flight, and what is never sent.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::common::Store;
use crate::fleet::{answer, domains};
use crate::panel::{Gauge, PASSWORD, Panel, Reply, Seen, TOKEN, echo};
use liveapi_core::engine::answer_list;
use liveapi_core::engine::{Client, Options};
use serde_json::{Value, json};

/// Settings by which a client finds a server.
fn settings(panel: &Panel) -> Value {
    let path = |name: &str| panel.dir.join(name).display().to_string();
    json!({"url": panel.url("whm"), "token_file": path("token"), "ca_file": path("ca.pem")})
}

fn one(panel: &Panel) -> Client {
    let mut options = settings(panel);
    options["user"] = "bob".into();
    Client::new(Options::from_json(&options.to_string()).unwrap()).unwrap()
}

fn many(panels: &[(&str, &Panel)]) -> Client {
    let table: Value = panels.iter().map(|(name, panel)| ((*name).to_owned(), settings(panel))).collect();
    let options = json!({"url": "servers:", "servers": table});
    Client::new(Options::from_json(&options.to_string()).unwrap()).unwrap()
}

fn item(func: &str, domain: &str, email: &str) -> Value {
    json!({"id": email, "module": "Email", "func": func, "params": {"domain": domain, "email": email, "password": PASSWORD}})
}

fn rows(client: &Client, items: &[Value], options: Value) -> Vec<Value> {
    let answer = answer_list(client, &Value::from(items).to_string(), &options.to_string()).unwrap();
    assert!(!answer.contains(TOKEN) && !answer.contains(PASSWORD), "{answer}");
    let rows: Vec<Value> = serde_json::from_str(&answer).unwrap();
    assert_eq!(rows.len(), items.len());
    for (number, row) in (1..).zip(&rows) {
        assert_eq!(row["item"], number, "{row}");
    }
    rows
}

/// How often each address was asked for.
fn times(panel: &Panel) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    for seen in panel.seen().iter().filter(|seen| seen.line.contains("json-api/cpanel")) {
        *times.entry(seen.field("email").unwrap().to_owned()).or_default() += 1;
    }
    times
}

fn statuses(rows: &[Value]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for row in rows {
        *counts.entry(row["status"].as_str().unwrap()).or_default() += 1;
    }
    counts
}

/// A server with one domain that takes its time, less for later items, so that answers overtake each other.
fn slow(name: &str, domain: &'static str, account: &'static str, gauge: &Gauge) -> Panel {
    let (gauge, rows) = (gauge.clone(), domains(&[(domain, account)]));
    Panel::start(name, move |seen| {
        if seen.line.contains("json-api/cpanel") {
            let number: u64 = seen.field("email").unwrap()[1..].parse().unwrap();
            gauge.work(Duration::from_millis(20 + 20 * (number % 3)));
        }
        answer(seen, &rows)
    })
}

#[test]
fn as_many_as_wanted_are_in_flight_to_each_server_and_order_is_kept() {
    let gauges = [Gauge::default(), Gauge::default()];
    let panels =
        [slow("bta", "one.example", "bob", &gauges[0]), slow("btb", "two.example", "eve", &gauges[1])];
    let client = many(&[("web1", &panels[0]), ("web2", &panels[1])]);
    let items: Vec<Value> = (0..300)
        .map(|number| {
            let domain = if number % 3 == 0 { "two.example" } else { "one.example" };
            item("addpop", domain, &format!("u{number}"))
        })
        .collect();
    let rows = rows(&client, &items, json!({"in_flight": 7}));
    for (number, row) in rows.iter().enumerate() {
        let (server, account) = if number % 3 == 0 { ("web2", "eve") } else { ("web1", "bob") };
        assert_eq!((&row["id"], &row["server"]), (&json!(format!("u{number}")), &json!(server)));
        assert_eq!((&row["status"], &row["code"]), (&json!("done"), &json!(0)));
        let echo = &row["answer"]["cpanelresult"]["data"][0]["echo"];
        assert_eq!(echo, &json!(format!("{account}/u{number}")));
    }
    for (panel, gauge) in panels.iter().zip(&gauges) {
        assert_eq!(gauge.most(), 7);
        assert!(panel.connections() <= 9, "{}", panel.connections());
        assert!(times(panel).values().all(|times| *times == 1));
    }
    assert_eq!(times(&panels[0]).len() + times(&panels[1]).len(), 300);
}

#[test]
fn each_row_holds_what_the_single_call_answers() {
    let store = Store::with_account("btst");
    store.add_mailbox("user", "Start-Password-1");
    let options = json!({"url": format!("home://{}", store.root.display()), "user": "bob", "virtual_user": crate::common::UNPRIVILEGED});
    let client = Client::new(Options::from_json(&options.to_string()).unwrap()).unwrap();
    let items = [
        item("passwdpop", "example.com", "user"),
        item("passwdpop", "example.com", "nobody-here"),
        json!({"module": "Email", "func": "nosuch"}),
        json!({"family": "whm", "func": "listaccts"}),
        json!({"apiversion": 3, "module": "Email", "func": "list_pops", "user": "bob"}),
        json!({"family": "api1", "module": "Email", "func": "passwdpop", "params": ["user", PASSWORD, "0", "example.com"]}),
        json!({"family": "uapi", "module": "Email", "func": "list_pops", "user": "eve"}),
    ];
    let rows = rows(&client, &items, json!({}));
    let words: Vec<&str> = rows.iter().map(|row| row["status"].as_str().unwrap()).collect();
    assert_eq!(words, ["done", "refused", "refused", "done", "done", "done", "failed"]);
    assert_eq!(rows[6]["code"], 21);
    let single = |program: &str, words: &[&str]| store.run(program, words);
    assert_eq!(
        rows[1]["answer"],
        single(
            "cpapi2",
            &["Email", "passwdpop", "domain=example.com", "email=nobody-here", "password=12345luggage"]
        )
    );
    assert_eq!(rows[2]["answer"], single("cpapi2", &["Email", "nosuch"]));
    assert_eq!(rows[3]["answer"]["data"]["acct"][0]["user"], "bob");
    assert_eq!(rows[4]["answer"], single("uapi", &["Email", "list_pops"]));
}

#[test]
fn no_item_is_sent_twice_whatever_connections_do() {
    let count = Arc::new(AtomicUsize::new(0));
    let panel = Panel::start("btcut", move |seen: &Seen| match count.fetch_add(1, Ordering::SeqCst) % 5 {
        1 => Reply::Close,
        2 => Reply::Last(Box::new(echo(seen))),
        3 => Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{".to_vec()),
        _ => echo(seen),
    });
    let client = one(&panel);
    let items: Vec<Value> =
        (0..200).map(|number| item("addforward", "example.com", &format!("u{number}"))).collect();
    let made = rows(&client, &items, json!({"in_flight": 16}));
    let (times, counts) = (times(&panel), statuses(&made));
    assert!(times.values().all(|times| *times == 1), "{times:?}");
    assert_eq!(counts["done"] + counts["unknown"], 200, "{counts:?}");
    for (number, row) in made.iter().enumerate() {
        // What went out on a connection that was about to end has never come to the server, which nobody can know.
        let done = row["status"] == "done";
        assert!(!done || times.contains_key(&format!("u{number}")), "{row}");
        assert_eq!(row["code"], if done { 0 } else { 65 }, "{row}");
    }
    // What does no harm goes out again once, as a single call would.
    let panel = Panel::start("btcus", |_| Reply::Close);
    let items: Vec<Value> =
        (0..20).map(|number| item("passwdpop", "example.com", &format!("u{number}"))).collect();
    let made = rows(&one(&panel), &items, json!({}));
    assert_eq!(statuses(&made)["failed"], 20);
    assert!(self::times(&panel).values().all(|times| *times == 2));
}

#[test]
fn equal_items_are_items_of_their_own() {
    let panel = Panel::start("bteq", echo);
    let items = vec![item("addpop", "example.com", "u1"); 5];
    assert_eq!(statuses(&rows(&one(&panel), &items, json!({})))["done"], 5);
    assert_eq!(times(&panel)["u1"], 5);
}

#[test]
fn a_refused_login_stops_what_goes_to_that_server() {
    let (first, second) = (domains(&[("one.example", "bob")]), domains(&[("two.example", "eve")]));
    let good = crate::fleet::with_domains("btok", &first);
    let bad = Panel::start("btno", move |seen| {
        if seen.line.contains("json-api/cpanel") {
            Reply::Http("403 Forbidden Access denied", "", String::new())
        } else {
            answer(seen, &second)
        }
    });
    let client = many(&[("web1", &good), ("web2", &bad)]);
    let domain = |number: usize| if number.is_multiple_of(2) { "one.example" } else { "two.example" };
    let items: Vec<Value> =
        (0..100).map(|number| item("passwdpop", domain(number), &format!("u{number}"))).collect();
    let made = rows(&client, &items, json!({"in_flight": 32}));
    assert_eq!(times(&bad).values().sum::<usize>(), 1, "the first call goes alone");
    assert_eq!(statuses(&made), BTreeMap::from([("done", 50), ("failed", 1), ("unsent", 49)]));
    let row = &made[99];
    assert_eq!((&row["server"], &row["code"]), (&json!("web2"), &json!(63)));
    let why = row["answer"]["cpanelresult"]["error"].as_str().unwrap();
    assert!(
        why.contains("was not sent") && why.contains("refused item 2") && why.contains("lock out"),
        "{why}"
    );
    // Also in the middle, when several are in flight.
    let count = AtomicUsize::new(0);
    let panel = Panel::start("btmid", move |seen| {
        if count.fetch_add(1, Ordering::SeqCst) < 20 {
            echo(seen)
        } else {
            Reply::Late(Duration::from_millis(20), Box::new(Reply::Http("403 Forbidden", "", String::new())))
        }
    });
    let items: Vec<Value> =
        (0..200).map(|number| item("passwdpop", "e.example", &format!("u{number}"))).collect();
    let made = rows(&one(&panel), &items, json!({"in_flight": 8}));
    let counts = statuses(&made);
    assert!(
        counts["done"] == 20
            && counts["failed"] <= 8
            && counts["done"] + counts["failed"] + counts["unsent"] == 200,
        "{counts:?}"
    );
}

#[test]
fn a_failing_item_stops_others_only_if_asked() {
    let refuse = |seen: &Seen| {
        if seen.field("email") == Some("u5") {
            Reply::Text(r#"{"cpanelresult":{"apiversion":2,"func":"passwdpop","module":"Email","error":"no","data":[{"result":0,"reason":"no"}],"event":{"result":1}}}"#.to_owned())
        } else {
            echo(seen)
        }
    };
    let items: Vec<Value> =
        (0..50).map(|number| item("passwdpop", "example.com", &format!("u{number}"))).collect();
    let panel = Panel::start("btgo", refuse);
    assert_eq!(
        statuses(&rows(&one(&panel), &items, json!({}))),
        BTreeMap::from([("done", 49), ("refused", 1)])
    );
    let panel = Panel::start("btsto", refuse);
    let made = rows(&one(&panel), &items, json!({"stop_on_error": true, "in_flight": 2}));
    let counts = statuses(&made);
    assert!(counts["unsent"] >= 40 && panel.seen().len() <= 9, "{counts:?}");
    assert_eq!((&made[49]["status"], &made[49]["code"]), (&json!("unsent"), &json!(70)));
    let why = made[49]["answer"]["cpanelresult"]["error"].as_str().unwrap();
    assert!(why.contains("stop_on_error"), "{why}");
    // And after a time.
    let panel = Panel::start("btsec", |seen| Reply::Late(Duration::from_millis(100), Box::new(echo(seen))));
    let start = Instant::now();
    let made = rows(&one(&panel), &items, json!({"seconds": 1, "in_flight": 1}));
    assert!(start.elapsed() < Duration::from_secs(3));
    let counts = statuses(&made);
    assert!(
        counts["done"] >= 5 && counts["unsent"] >= 35 && panel.seen().len() == counts["done"],
        "{counts:?}"
    );
}

#[test]
fn a_batch_that_cannot_be_read_sends_nothing() {
    let panel = Panel::start("btbad", echo);
    let client = one(&panel);
    let good = item("passwdpop", "example.com", "u1").to_string();
    for (items, options, words) in [
        (format!("[{good},{{\"module\":\"Email\"}}]"), "{}", &["Item 2", "no function", "nothing was"][..]),
        (format!("[{good},7]"), "{}", &["Item 2", "JSON object"]),
        (format!("[{good}"), "{}", &["not valid JSON", "line 1"]),
        (good.clone(), "{}", &["JSON list"]),
        (format!("[{good}]"), r#"{"in_flght":3}"#, &["in_flight"]),
        (format!("[{}]", good.replace("\"id\"", "\"server\"")), "{}", &["Item 1", "no table of servers"]),
    ] {
        let why = answer_list(&client, &items, options).unwrap_err().to_string();
        assert!(words.iter().all(|word| why.contains(word)) && !why.contains(PASSWORD), "{why}");
    }
    assert!(panel.seen().is_empty());
    assert_eq!(answer_list(&client, "[]", "{}").unwrap(), "[]");
    // What a visitor may not send fails alone.
    let mut sly = item("passwdpop", "example.com", "u2");
    sly["params"]["cpanel_jsonapi_user"] = "eve".into();
    let made = rows(&client, &[sly, item("passwdpop", "example.com", "u3")], json!({}));
    assert_eq!(statuses(&made), BTreeMap::from([("done", 1), ("failed", 1)]));
    assert!(made[0]["answer"]["cpanelresult"]["error"].as_str().unwrap().contains("nothing was sent"));
}

#[test]
fn servers_that_are_slow_or_gone_hold_nobody_up() {
    let (first, second) = (domains(&[("one.example", "bob")]), domains(&[("two.example", "eve")]));
    let fast = crate::fleet::with_domains("btfas", &first);
    let late = Panel::start("btlat", move |seen| {
        if seen.line.contains("json-api/cpanel") {
            std::thread::sleep(Duration::from_millis(400));
        }
        answer(seen, &second)
    });
    let client = many(&[("web1", &fast), ("web2", &late)]);
    let items: Vec<Value> = (0..120)
        .map(|number| {
            item("passwdpop", if number < 4 { "two.example" } else { "one.example" }, &format!("u{number}"))
        })
        .collect();
    let made = rows(&client, &items, json!({"in_flight": 4}));
    assert_eq!(statuses(&made)["done"], 120);
    // While the first four were waited for, the other server worked on.
    let at = |panel: &Panel| panel.seen().len();
    assert_eq!((at(&fast), at(&late)), (1 + 116, 1 + 4));
    let mut nowhere = vec![item("passwdpop", "none.example", "u1"), item("passwdpop", "one.example", "u2")];
    nowhere[1]["server"] = "web2".into();
    nowhere[1]["user"] = "eve".into();
    let made = rows(&client, &nowhere, json!({}));
    assert_eq!(
        (&made[0]["status"], &made[0]["code"], &made[0]["server"]),
        (&json!("failed"), &json!(21), &Value::Null)
    );
    assert_eq!((&made[1]["status"], &made[1]["server"]), (&json!("done"), &json!("web2")));
}
