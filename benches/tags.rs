//! A page with twenty tags against PHP rendering the same page with the class CPANEL.
//!
//! `BENCH_TAGS_PHP` is PHP's script, which renders its page so many times and prints the nanoseconds of one;
//! `BENCH_PHP` is PHP. The page has 10 KiB, mostly text, and asks for variables, conditions, a feature, and a
//! function without I/O, five of each.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark reports to its terminal and stops at the first surprise"
)]

mod common;

use std::process::Command;

use common::{nanoseconds, print_row, take_turns};
use liveapi_core::engine::{Client, Options};
use liveapi_core::tags::{ClientWorld, Form, render};

const ROUNDS: usize = 31;
const PAGES: usize = 50;

fn main() {
    let (Some(php), Some(script)) = (std::env::var_os("BENCH_PHP"), std::env::var_os("BENCH_TAGS_PHP"))
    else {
        println!("nothing to measure; start it through benches/run.sh");
        return;
    };
    let client = Client::new(Options::default()).expect("a client");
    let form = Form::default();
    let world = ClientWorld { client: &client, form: &form };
    let page = page();
    let rendered = render(page.as_bytes(), &world).expect("a page").bytes;
    assert!(String::from_utf8_lossy(&rendered).contains("user bob, strength 50, yes, yes."));
    let ours = || {
        let (took, pages) = nanoseconds(|| {
            (0..PAGES).map(|_| render(page.as_bytes(), &world).expect("a page").bytes.len()).sum::<usize>()
        });
        assert_eq!(pages, rendered.len() * PAGES);
        took / PAGES as f64
    };
    let peer = || {
        let output = Command::new(&php).args(["-d", "ffi.enable=1"]).arg(&script).output().expect("PHP");
        String::from_utf8_lossy(&output.stdout).trim().parse().expect("nanoseconds")
    };
    let [ours, peer] = take_turns(ROUNDS, [&mut { ours }, &mut { peer }]);
    print_row("tags-php", ours, peer);
}

fn page() -> String {
    let text = "Mailboxes of this account, what they take up, and how to change their passwords. ".repeat(25);
    let tags = "user <cpanel print=\"$user\">, strength <?cp PasswdStrength::get_required_strength(%, strength) app=\"pop\" ?>, \
                <cpanelif $user==bob>yes</cpanelif>, <cpanelfeature popaccts>yes</cpanelfeature>.\n";
    format!("{text}<p>{tags}</p>\n").repeat(5)
}
