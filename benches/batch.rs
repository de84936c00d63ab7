//! A batch against the same calls one after the other, on a server that takes 20 ms for each.
//!
//! The server is the tests' own, with TLS, on loopback. The single calls have every advantage that they have in a
//! program: one client, one connection that stays open.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark reports to its terminal and stops at the first surprise"
)]

#[path = "common/mod.rs"]
mod bench;
#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/common/panel.rs"]
#[allow(dead_code, unreachable_pub, reason = "the tests use the rest")]
mod panel;

use std::time::Duration;

use bench::{nanoseconds, print_row, take_turns};
use liveapi_core::api::{Family, Outcome};
use liveapi_core::engine::answer_list;
use liveapi_core::engine::{Client, Options};
use panel::{Panel, Reply, echo};

const CALLS: usize = 1000;
const ROUNDS: usize = 3;
/// What the server takes for a call.
const TIME: Duration = Duration::from_millis(20);
const PARAMS: &str = r#"{"domain":"example.com","email":"user","password":"Bench-Secret-15"}"#;

fn main() {
    if std::env::var_os("BENCH_STORES").is_none() {
        println!("nothing to measure; start it through benches/run.sh");
        return;
    }
    let panel = Panel::start("bench", |seen| Reply::Late(TIME, Box::new(echo(seen))));
    let path = |name: &str| panel.dir.join(name).display().to_string();
    let options = serde_json::json!({
        "url": panel.url("whm"), "user": "bob", "token_file": path("token"), "ca_file": path("ca.pem"),
    });
    let options = Options::from_json(&options.to_string()).expect("options");
    let client = Client::new(options).expect("a client");
    let single = || {
        let (took, ()) = nanoseconds(|| {
            for _ in 0..CALLS {
                let answer = client.call_json(Family::Api2, "Email", "passwdpop", PARAMS);
                assert!(matches!(answer, Ok(Outcome::Answered(_))), "{answer:?}");
            }
        });
        took
    };
    let item = format!(r#"{{"module":"Email","func":"passwdpop","params":{PARAMS}}}"#);
    let items = format!("[{}]", vec![item; CALLS].join(","));
    let batch = |in_flight: usize| {
        let options = format!(r#"{{"in_flight":{in_flight}}}"#);
        let (took, rows) = nanoseconds(|| answer_list(&client, &items, &options).expect("rows"));
        assert_eq!(rows.matches("\"status\":\"done\"").count(), CALLS);
        took
    };
    let [ours, peer] = take_turns(ROUNDS, [&mut || batch(32), &mut { single }]);
    print_row("batch-single", ours, peer);
    // What no client can be faster than: 32 at a time, each 20 ms.
    let least = TIME.as_secs_f64() * 1e9 * (CALLS as f64 / 32.0).ceil();
    print_row("batch-least", ours, least);
}
