//! Modifiers on a list as `listpopswithdisk` gives it: what they do together, and when they do nothing.

mod refusals;
mod rules;

use super::apply;
use crate::api::catalogue::{Answer, Function, Return};
use crate::api::{Args, Data, Done, Family, Field, Outcome, Refusal, Row, envelope};

const fn function(family: Family, func: &'static str, list: bool) -> Function {
    const RETURNS: &[Return] = &[Return::new("email, diskquota", ""), Return::new("ip", "")];
    let answer = if list { Answer::List } else { Answer::Single };
    Function { family, module: "Email", func, summary: "", answer, params: &[], returns: RETURNS, uapi: None }
}

static API2: Function = function(Family::Api2, "listpopswithdisk", true);
static UAPI: Function = function(Family::Uapi, "list_pops_with_disk", true);

fn rows() -> Vec<Row> {
    let row = |email: &str, quota: Field, ip: &str, mtime: i64| {
        Row(vec![
            ("email", Field::Text(email.to_owned())),
            ("diskquota", quota),
            ("ip", Field::Text(ip.to_owned())),
            ("mtime", Field::Int(mtime)),
        ])
    };
    let text = |text: &str| Field::Text(text.to_owned());
    vec![
        row("b@example.com", text("1000.00"), "10.0.0.2", 5),
        row("A@example.com", text("unlimited"), "9.9.9.9", -7),
        row("c@Example.ORG", Field::Int(250), "10.0.0.10", 5),
        row("d@example.com", Field::Int(0), "nothing", 5),
        row("é@example.com", Field::Null, "", 40),
    ]
}

fn done(function: &Function, args: &str) -> Result<Done, Refusal> {
    let args = Args::from_json_object(args).unwrap();
    apply(function, &args, Done::with(Data::Rows(rows())))
}

/// The local parts that are left, in their order.
fn left(function: &Function, args: &str) -> String {
    let done = done(function, args).unwrap_or_else(|refusal| panic!("{args}: {refusal}"));
    let Data::Rows(rows) = done.data else { panic!("{args}") };
    rows.iter().map(|row| format!("{:?}", row.get("email").unwrap()).chars().nth(6).unwrap()).collect()
}

#[test]
fn switches() {
    const ALL: &str = "bAcdé";
    for (function, args, expected) in [
        (&API2, r#"{"api2_filter":0,"api2_filter_column":"email","api2_filter_term":"c@"}"#, ALL),
        (&API2, r#"{"api2_filter":"no","api2_filter_column_0":"nosuch","api2_filter_column":""}"#, ALL),
        (&API2, r#"{"api2_filter":"yes","api2_filter_column_0":"email","api2_filter_term_0":"c@"}"#, "c"),
        (&API2, r#"{"api2_filter":true,"api2_filter_column":"email","api2_filter_term":"c@"}"#, "c"),
        (&API2, r#"{"api2_sort":true,"api2_sort_column":"email","api2_nosuch":1}"#, "Abcdé"),
        (&API2, r#"{"api.filter":1,"api.filter_column":"email","api.filter_term":"c@"}"#, ALL),
        (&UAPI, r#"{"api2_filter":1,"api2_filter_column":"email","api2_filter_term":"c@"}"#, ALL),
        (&UAPI, r#"{"api.filter_column":"","api.sort_column":"email"}"#, ALL),
        (&UAPI, r#"{"api.filter":1,"api.filter_column":"email","api.filter_term":"c@"}"#, "c"),
        (&UAPI, r#"{"api.filter_column_0":"email","api.filter_term_0":"c@"}"#, "c"),
        (&UAPI, r#"{"api.filter":0,"api.filter_column_0":"email","api.filter_term_0":"c@"}"#, ALL),
        (&UAPI, r#"{"api.sort_column_0":"email","api.sort_reverse_0":1,"api.paginate_size":1}"#, "édcbA"),
        (&UAPI, r#"{"api.analytics":1,"api.filter.enable":1,"api.filter_column_0":null}"#, ALL),
    ] {
        assert_eq!(left(function, args), expected, "{args}");
    }
}

/// A filter that does not count would make the call act on others; order, pages and columns would not.
#[test]
fn without_its_switch_a_filter_is_refused_and_the_rest_is_told() {
    for (function, args, param) in [
        (&API2, r#"{"api2_filter_column":"email","api2_filter_term":"c@"}"#, "api2_filter_column"),
        (&API2, r#"{"api2_filter_term_3":"c@"}"#, "api2_filter_term"),
        (&API2, r#"{"api2_filter":2,"api2_filter_column":"email"}"#, "api2_filter"),
        (&API2, r#"{"api2_sort":"down","api2_sort_column":"email"}"#, "api2_sort"),
        (&UAPI, r#"{"api.filter_column":"email","api.filter_term":"c@"}"#, "api.filter_column"),
        (&UAPI, r#"{"api.filter":"si","api.filter_column_0":"email"}"#, "api.filter"),
        (&UAPI, r#"{"api.paginate":"2","api.paginate_size":1}"#, "api.paginate"),
    ] {
        let refusal = done(function, args).err().unwrap_or_else(|| panic!("{args}")).to_string();
        assert!(refusal.starts_with(&format!("The parameter “{param}” cannot be used: ")), "{refusal}");
    }
    let told = |function, args| done(function, args).unwrap().warnings;
    assert_eq!(
        told(&API2, r#"{"api2_sort_column":"email","api2_paginate_size":1,"api2_columns_2":"email"}"#),
        [
            "The parameter “api2_sort_column” was not used: it counts only with api2_sort=1.",
            "The parameter “api2_paginate_size” was not used: it counts only with api2_paginate=1.",
            "The parameter “api2_columns_2” was not used: it counts only with api2_columns=1.",
        ]
    );
    assert_eq!(
        told(&UAPI, r#"{"api.sort_column_0":"email","api.paginate":0,"api.paginate_size":1}"#),
        [""; 0]
    );
}

#[test]
fn everything_at_once_in_the_documented_order() {
    let answer = |function: &Function, args: &str| {
        let done = done(function, args).unwrap();
        let text = envelope::write(function.family, function.module, function.func, &Ok(Outcome::Done(done)));
        String::from_utf8(text).unwrap()
    };
    assert_eq!(
        answer(
            &API2,
            r#"{"api2_filter":1,"api2_filter_column":"mtime","api2_filter_type":"eq","api2_filter_term":5,"api2_sort":1,"api2_sort_column":"ip","api2_sort_method":"ipv4","api2_sort_reverse":1,"api2_paginate":1,"api2_paginate_start":2,"api2_paginate_size":2,"api2_columns":1,"api2_columns_1":"diskquota","api2_columns_2":"email"}"#
        ),
        r#"{"cpanelresult":{"apiversion":2,"func":"listpopswithdisk","data":[{"email":"b@example.com","diskquota":"1000.00"},{"email":"d@example.com","diskquota":0}],"paginate":{"total_pages":2,"total_results":3,"current_page":1,"results_per_page":2,"start_result":"2"},"event":{"result":1},"module":"Email"}}"#
    );
    assert_eq!(
        answer(
            &UAPI,
            r#"{"api.filter_column_0":"email","api.filter_term_0":"c@","api.paginate":1,"api.columns_0":"ip"}"#
        ),
        r#"{"apiversion":3,"func":"list_pops_with_disk","module":"Email","result":{"status":1,"errors":null,"warnings":null,"messages":null,"metadata":{"paginate":{"total_pages":1,"total_results":1,"current_page":1,"results_per_page":100,"start_result":1},"filter":{"records_before_filter":5}},"data":[{"ip":"10.0.0.10"}]}}"#
    );
}

#[test]
fn only_lists_of_the_two_families_are_touched() {
    let args =
        r#"{"api2_filter":1,"api2_filter_column":"nosuch","api.filter":1,"api.filter_column":"nosuch"}"#;
    for (family, func, list) in [
        (Family::Api2, "addforward", false),
        (Family::Uapi, "add_forwarder", false),
        (Family::Whm, "listaccts", true),
        (Family::Api1, "listpops", true),
    ] {
        assert_eq!(left(&function(family, func, list), args), "bAcdé", "{func}");
    }
    let nothing = apply(&API2, &Args::from_json_object(args).unwrap(), Done::default()).unwrap();
    assert!(matches!(nothing.data, Data::Nothing), "an answer without rows");
}
