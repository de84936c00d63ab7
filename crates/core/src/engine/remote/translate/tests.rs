//! Calls and answers of a function that there is nowhere.

use serde_json::{Value, json};

use crate::api::catalogue::{
    Added, Answer, Equivalent, FlagFilter, Function, Param, ParamKind, Payload, Return,
};
use crate::api::{Answered, Args, Call, Family, Outcome, Refusal};
use crate::engine::remote::translate::twin::Twin;
use crate::engine::remote::transport::form_body::FormBody;

const UAPI: Equivalent = Equivalent {
    renamed: &[("old", "new")],
    added: &[("user", Added::Account), ("fixed", Added::Text("7"))],
    filters: &[FlagFilter { flag: "near", column: "percent", above: "94" }],
    ..Equivalent::new("g", Payload::Rows(&["size"]))
};
const HERE: Function = Function {
    family: Family::Api2,
    module: "M",
    func: "f",
    summary: "",
    answer: Answer::List,
    params: &[Param::required("old", ParamKind::Text, ""), Param::optional("only", ParamKind::Flag, "")],
    returns: &[Return::new("name, size", ""), Return::new("time", "")],
    uapi: None,
};
static LIST: Function = Function { uapi: Some(UAPI), ..HERE };
static LONELY: Function = HERE;
static THERE: Function = Function {
    family: Family::Uapi,
    func: "g",
    params: &[Param::required("new", ParamKind::Text, "")],
    ..HERE
};

fn lookup(family: Family, _: &str, func: &str) -> Option<&'static Function> {
    (family == Family::Uapi && func == "g").then_some(&THERE)
}

fn form(json: &str) -> String {
    let mut form = FormBody::new();
    let args = Args::from_json_object(json).unwrap();
    Twin::of(&LIST, lookup).unwrap().push(&mut form, Some("bob"), &args).unwrap();
    String::from_utf8(form.finish().to_vec()).unwrap()
}

#[test]
fn parameters_take_their_names_there() {
    for (json, sent) in [
        (r#"{"old":"x","z":"1"}"#, "new=x&z=1&user=bob&fixed=7"),
        (r#"{"old":"x","user":"eve"}"#, "new=x&user=eve&fixed=7"),
        // Rules without their switch do not count in API 2, and would in UAPI.
        (
            r#"{"old":"x","api2_filter_column_0":"name","api2_sort_column_1":"n","api2_columns_0":"n"}"#,
            "new=x&user=bob&fixed=7",
        ),
        (
            r#"{"old":"x","api2_sort":1,"api2_sort_column":"name"}"#,
            "new=x&api.sort=1&api.sort_column=name&user=bob&fixed=7",
        ),
        (
            r#"{"old":"x","api2_sort":"yes","api2_sort_column":"name"}"#,
            "new=x&api.sort_column=name&api.sort=1&user=bob&fixed=7",
        ),
        (
            r#"{"old":"x","near":1}"#,
            "new=x&user=bob&fixed=7&api.filter=1&api.filter_column=percent&api.filter_type=gt&api.filter_term=94",
        ),
        (r#"{"old":"x","near":0}"#, "new=x&user=bob&fixed=7"),
        (
            r#"{"old":"x","near":1,"api2_filter":1,"api2_filter_column_4":"name"}"#,
            "new=x&api.filter=1&api.filter_column_4=name&user=bob&fixed=7&api.filter_column_5=percent&api.filter_type_5=gt&api.filter_term_5=94",
        ),
    ] {
        assert_eq!(form(json), sent, "{json}");
    }
}

fn check(json: &str) -> Result<Option<Refusal>, String> {
    let call =
        Call { family: Family::Api2, module: "M", func: "f", args: Args::from_json_object(json).unwrap() };
    Twin::of(&LIST, lookup).unwrap().check(&call).map_err(|error| error.to_string())
}

#[test]
fn what_api_2_refuses_and_what_uapi_lacks_is_not_sent() {
    assert_eq!(check(r#"{"old":"x","only":0}"#), Ok(None));
    assert_eq!(check("{}"), Ok(Some(Refusal::Missing("old"))));
    let why = check(r#"{"old":"s3cret","only":1}"#).unwrap_err();
    assert!(why.contains("only") && why.contains("UAPI's g") && !why.contains("s3cret"), "{why}");
    assert!(Twin::of(&LONELY, lookup).map(|_| ()).unwrap_err().contains("no function"));
}

fn back(result: Value) -> Value {
    let call = Call { family: Family::Api2, module: "M", func: "f", args: Args::default() };
    let answered = Answered::new(json!({"result": result}).to_string());
    match Twin::of(&LIST, lookup).unwrap().back(&call, Outcome::Answered(answered)) {
        Outcome::Answered(answered) => serde_json::from_str(answered.json()).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn rows_have_the_fields_and_kinds_of_api_2() {
    let rows = json!([{"name":"a","size":0.5,"time":7,"more":1},{"name":"b","size":"1"}]);
    let page = json!({"start_result": 1, "total_results": 2});
    assert_eq!(
        back(json!({"status":1,"data":rows,"metadata":{"paginate":page}})),
        json!({"cpanelresult":{"apiversion":2,"func":"f","module":"M","event":{"result":1},
            "data":[{"name":"a","size":"0.5","time":7},{"name":"b","size":"1"}],
            "paginate":{"start_result":"1","total_results":2}}})
    );
    assert_eq!(back(json!({"status":1,"data":null}))["cpanelresult"]["data"], json!([]));
    assert_eq!(
        back(json!({"status":"1","data":{"name":"a"}}))["cpanelresult"]["data"],
        json!([{"name":"a"}])
    );
}

#[test]
fn refusals_speak_of_api_2s_names() {
    let why = "The parameter “new” and \"new\", “api.sort_method”";
    let said = "The parameter “old” and \"old\", “api2_sort_method”";
    assert_eq!(
        back(json!({"status":0,"errors":[why],"data":null}))["cpanelresult"],
        json!({"apiversion":2,"func":"f","module":"M","event":{"result":1},"error":said,"data":[{"reason":said,"result":0}]})
    );
}
