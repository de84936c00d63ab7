//! Input modifiers through the programs, on a real store: filter, sort, paginate, columns.

use crate::common::{Store, json, program, refusal};
use liveapi_core::api::Family;
use liveapi_core::api::catalogue::Answer;
use liveapi_core::engine::local::functions;
use serde_json::{Value, json};

fn store(name: &str) -> Store {
    let store = Store::with_account(name);
    for local in ["carol", "alice", "dave"] {
        store.add_mailbox(local, "Start-Password-1");
    }
    store
}

fn emails(data: &Value) -> Vec<&str> {
    data.as_array().unwrap().iter().map(|row| row["email"].as_str().unwrap()).collect()
}

#[test]
fn the_documented_block_stands_beside_the_data() {
    let store = Store::with_account("mdoc");
    let answer = store.api2("Email", "listpops", &["api2_paginate=1", "api2_paginate_size=100"]);
    assert_eq!(
        answer,
        json!({"cpanelresult":{"apiversion":2,"func":"listpops","module":"Email","event":{"result":1},
            "data":[{"email":"bob","login":"Main Account","suspended_incoming":0,"suspended_login":0}],
            "paginate":{"total_pages":1,"total_results":1,"current_page":1,"results_per_page":100,"start_result":"1"}}})
    );
}

#[test]
fn the_documented_example_finds_small_quotas() {
    let store = Store::with_account("mqta");
    let filter = |kind: &'static str| {
        ["domain=example.com", "api2_filter=1", "api2_filter_column=diskquota", "api2_filter_term=350", kind]
    };
    let call = |kind| store.api2("Email", "listpopswithdisk", &filter(kind))["cpanelresult"]["data"].clone();
    assert_eq!(call("api2_filter_type=lt_handle_unlimited"), json!([]), "also of an empty list");
    for (email, quota) in
        [("email=small", "quota=100"), ("email=large", "quota=1000"), ("email=free", "quota=0")]
    {
        store.api2("Email", "addpop", &["domain=example.com", email, quota, "password=Start-Password-1"]);
    }
    for (kind, found) in [
        ("api2_filter_type=lt_handle_unlimited", vec!["small@example.com"]),
        ("api2_filter_type=gt_handle_unlimited", vec!["free@example.com", "large@example.com"]),
        ("api2_filter_type=gt", vec!["large@example.com"]),
    ] {
        let data = call(kind);
        let mut emails = emails(&data);
        emails.sort_unstable();
        assert_eq!(emails, found, "{kind}");
    }
}

#[test]
fn api2_listpops() {
    let store = store("mapi");
    let call = |args: &[&str]| store.api2("Email", "listpops", args)["cpanelresult"].clone();
    let sort = ["api2_sort=1", "api2_sort_column=email", "api2_sort_reverse=1"];
    assert_eq!(
        emails(&call(&sort)["data"]),
        ["dave@example.com", "carol@example.com", "bob", "alice@example.com"]
    );
    let filter = [
        "api2_filter=1",
        "api2_filter_column=login",
        "api2_filter_type=ends",
        "api2_filter_term=EXAMPLE.COM",
    ];
    let page = ["api2_paginate=1", "api2_paginate_start=2", "api2_paginate_size=1"];
    let columns = ["api2_columns=1", "api2_columns_0=email"];
    let answer = call(&[&filter[..], &sort, &page, &columns].concat());
    assert_eq!(answer["data"], json!([{"email": "carol@example.com"}]));
    assert_eq!(
        answer["paginate"],
        json!({"total_pages":3,"total_results":3,"current_page":2,"results_per_page":1,"start_result":"2"})
    );
    // The function's own parameters work as ever.
    let answer = call(&["regex=^[ab]", "api2_sort=1", "api2_sort_column_0=email", "api2_sort_reverse_0=1"]);
    assert_eq!(emails(&answer["data"]), ["bob", "alice@example.com"]);
    // Golden sample G9: an empty list is an answer.
    let none = call(&["api2_filter=1", "api2_filter_column=email", "api2_filter_term=nosuch"]);
    assert_eq!(
        none,
        json!({"data":[],"event":{"result":1},"func":"listpops","apiversion":2,"module":"Email"})
    );
}

#[test]
fn uapi_list_pops() {
    let store = store("muap");
    let call = |args: &[&str]| store.uapi("Email", "list_pops", args)["result"].clone();
    let answer = call(&[
        "skip_main=1",
        "api.filter_column_0=email",
        "api.filter_type_0=matches",
        "api.filter_term_0=^[a-c]",
        "api.sort=1",
        "api.sort_column_0=email",
        "api.paginate=1",
        "api.paginate_start=2",
        "api.paginate_size=5",
    ]);
    assert_eq!(emails(&answer["data"]), ["carol@example.com"]);
    assert_eq!(
        answer["metadata"],
        json!({"transformed":1,"filter":{"records_before_filter":3},
            "paginate":{"total_pages":1,"total_results":2,"current_page":1,"results_per_page":5,"start_result":2}})
    );
    assert_eq!(call(&["api.paginate=1", "api.paginate_start=-1"])["data"].as_array().unwrap().len(), 4);
    assert_eq!(call(&["api.columns=1", "api.columns_1=login"])["data"][0].as_object().unwrap().len(), 1);
}

#[test]
fn what_is_switched_off_changes_no_byte() {
    let store = store("moff");
    for (name, func, args) in [
        (
            "cpapi2",
            "listpops",
            &[
                "api2_filter=0",
                "api2_filter_column=nosuch",
                "api2_paginate=0",
                "api2_paginate_size=1",
                "api2_columns=no",
                "api2_columns_0=email",
            ][..],
        ),
        (
            "uapi",
            "list_pops",
            &[
                "api.filter=0",
                "api.filter_type=nosuch",
                "api.paginate=0",
                "api.paginate_size=0",
                "api.sort=0",
            ],
        ),
    ] {
        let print = |args: &[&str]| {
            let mut command = store.command(program(name));
            command.args(["--output=json", "Email", func]).args(args).output().unwrap().stdout
        };
        assert_eq!(print(args), print(&[]), "{name}");
    }
}

#[test]
fn refusals_name_the_parameter_and_what_it_takes() {
    let store = Store::with_account("mref");
    let answer = store.api2(
        "Email",
        "listpops",
        &["api2_filter=1", "api2_filter_column=email", "api2_filter_type=is"],
    );
    let why = "The parameter “api2_filter_type” cannot be used: “is” is not known; use contains, begins, ends, matches, eq, ne, lt, gt, lt_handle_unlimited, gt_handle_unlimited, defined, undefined.";
    assert_eq!(
        answer,
        json!({"cpanelresult":{"apiversion":2,"func":"listpops","module":"Email","error":why,"data":[{"reason":why,"result":0}],"event":{"result":1}}})
    );
    let answer = store.uapi("Email", "list_pops", &["api.sort=1", "api.sort_column=quota"]);
    assert_eq!(answer["result"]["status"], 0, "{answer}");
    let error = answer["result"]["errors"][0].as_str().unwrap();
    assert!(error.contains("use email, login, suspended_incoming, suspended_login"), "{error}");
}

#[test]
fn an_action_with_a_filter_is_refused_and_not_done() {
    let store = store("mact");
    let filter = ["api2_filter=1", "api2_filter_column=nosuch", "api2_filter_type=nosuch"];
    let mut command = store.command(program("cpapi2"));
    command.args(["--output=json", "Email", "delpop", "domain=example.com", "email=dave"]).args(filter);
    let answer = json(&command.output().unwrap());
    assert!(refusal(&answer).contains("“api2_filter” cannot be used: delpop does not know it"), "{answer}");
    let left =
        || store.uapi("Email", "list_pops", &["skip_main=1"])["result"]["data"].as_array().unwrap().len();
    assert_eq!(left(), 3);
    let deleted = store.api2("Email", "delpop", &["domain=example.com", "email=dave", "api2_paginate=1"]);
    let told = &deleted["cpanelresult"]["warnings"][0];
    assert!(told.as_str().unwrap().contains("“api2_paginate” was not used"), "{deleted}");
    assert_eq!(deleted["cpanelresult"]["data"], json!([{"reason":"OK","rawout":"\n\n","result":1}]));
    assert_eq!(left(), 2);
}

/// What is marked as a list must not be an action; and what cPanel calls a list is marked as one.
#[test]
fn lists_are_marked_and_are_no_actions() {
    let lists: Vec<_> = functions()
        .filter(|function| matches!(function.family, Family::Api2 | Family::Uapi))
        .inspect(|function| {
            let is_list = function.answer == Answer::List;
            // These give one object.
            let named = function.func.starts_with("list")
                && function.module != "DomainInfo"
                && function.func != "list_system_filter_info";
            assert!(is_list || !named, "{} is a list", function.func);
            let verbs =
                ["add", "change", "del", "edit", "passwd", "remove", "set", "store", "suspend", "unsuspend"];
            let acts = verbs.iter().any(|verb| function.func.starts_with(verb));
            assert!(!is_list || !acts, "{} is an action", function.func);
        })
        .filter(|function| function.answer == Answer::List)
        .collect();
    assert!(lists.len() >= 2);
    // A list that never has a row cannot be taken for the answer of an action.
    for function in lists.into_iter().filter(|function| !function.summary.contains(" none")) {
        for name in ["result", "reason", "data"] {
            assert!(function.returns.iter().all(|known| known.name != name), "{}: {name}", function.func);
        }
    }
}
