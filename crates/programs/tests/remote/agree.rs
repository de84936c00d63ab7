//! One table of calls on the embedded engine and on a server that has the same functions: the answers agree.

use crate::backed::{API1, API2, API2_ONLY, UAPI, comparable};
use crate::common::{Store, json, program};
use crate::panel::Panel;
use liveapi_core::api::Family;
use liveapi_core::engine::local::functions;

/// Runs calls of a program on both engines; `scheme` is the way to the server.
fn agree(name: &str, scheme: &str, program_name: &str, calls: &[&[&str]]) {
    let (here, there) = (Store::with_account(&format!("{name}h")), Store::with_account(&format!("{name}t")));
    let panel = Panel::start(&format!("{name}p"), crate::backed::server(&there, None));
    for words in calls {
        let expected = here.run(program_name, words);
        let mut command = panel.command(program(program_name));
        if scheme == "cpanel" {
            command.env("LIVEAPI_URL", panel.url("cpanel")).env_remove("LIVEAPI_USER");
        }
        let answer = json(&command.arg("--output=json").args(*words).output().unwrap());
        assert_eq!(comparable(&there, answer), comparable(&here, expected), "{scheme} {words:?}");
    }
    assert_eq!(panel.seen().len(), calls.len(), "each call is one request");
    // Equal answers alone would not show a password that became another one on its way.
    let kept = calls.iter().any(|words| words.iter().any(|word| word.contains("kept")));
    assert_eq!(
        (crate::backed::keeps_the_password(&here), crate::backed::keeps_the_password(&there)),
        (kept, kept)
    );
}

#[test]
fn api_2() {
    let calls = [API2, API2_ONLY].concat();
    agree("agr2w", "whm", "cpapi2", &calls);
    agree("agr2c", "cpanel", "cpapi2", &calls);
}

#[test]
fn uapi() {
    agree("agr3w", "whm", "uapi", UAPI);
    agree("agr3c", "cpanel", "uapi", UAPI);
}

#[test]
fn api_1() {
    agree("agr1w", "whm", "cpapi1", API1);
}

#[test]
fn whm() {
    let calls: &[&[&str]] = &[
        &["createacct", "username=eve", "domain=other.example"],
        &["createacct", "username=eve", "domain=other.example"],
        &["accountsummary", "user=eve"],
        &["modifyacct", "user=eve", "MAXPOP=3"],
        &["removeacct", "username=eve"],
        &["removeacct", "username=eve"],
        &["nosuch"],
    ];
    agree("agrwhm", "whm", "whmapi1", calls);
}

#[test]
fn the_tables_have_every_function_of_the_mailbox_family() {
    let named = |table: &[&[&str]], module: &str, func: &str| {
        table.iter().any(|words| words[0] == module && words[1] == func)
    };
    let mut missing = Vec::new();
    for function in functions().filter(|function| function.module == "Email" && !function.returns.is_empty())
    {
        let func = function.func;
        let found = match function.family {
            Family::Api2 => named(API2, "Email", func) || named(API2_ONLY, "Email", func),
            Family::Uapi => named(UAPI, "Email", func),
            Family::Api1 => named(API1, "Email", func),
            Family::Whm | Family::Whm0 => true,
        };
        if !found {
            missing.push((function.family, func));
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}
