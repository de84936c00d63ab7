//! Parameters of functions, as schemas.

use liveapi_core::api::Family;
use liveapi_core::api::catalogue::{Answer, Function, Param, ParamKind};
use serde_json::{Map, Value, json};

/// The modifiers of UAPI's lists: their names behind `api.`, and what each is.
const MODIFIERS: [(&str, &str); 10] = [
    ("filter", "1 to keep the rows that fit the next three"),
    ("filter_column", "the column that the filter looks at"),
    ("filter_type", "how it compares: contains, eq, begins, ends, lt, gt, …"),
    ("filter_term", "what it compares with"),
    ("sort", "1 to sort the rows"),
    ("sort_column", "the column to sort by"),
    ("sort_reverse", "1 for the other direction"),
    ("paginate", "1 for a part of the rows"),
    ("paginate_start", "the first row of that part, counted from 1"),
    ("paginate_size", "how many rows it has"),
];

/// The modifiers, which stand once in the document.
pub(super) fn modifiers() -> Value {
    let all = MODIFIERS.iter().map(|(name, meaning)| {
        let parameter = json!({
            "name": format!("api.{name}"),
            "in": "query",
            "description": meaning,
            "schema": {"type": "string"},
        });
        (component(name), parameter)
    });
    Value::Object(all.collect())
}

fn component(modifier: &str) -> String {
    format!("list_{modifier}")
}

/// The parameters of a function in the query.
pub(super) fn in_query(function: &Function) -> Vec<Value> {
    let mut all: Vec<Value> = function
        .params
        .iter()
        .map(|param| {
            json!({
                "name": param.name,
                "in": "query",
                "required": is_required(param),
                "description": described(param),
                "schema": schema(param.kind),
            })
        })
        .collect();
    if function.family == Family::Uapi && function.answer == Answer::List {
        let modifiers = MODIFIERS.iter();
        all.extend(
            modifiers
                .map(|(name, _)| json!({"$ref": format!("#/components/parameters/{}", component(name))})),
        );
    }
    all
}

/// The parameters of a function as the properties of a form, and which of them it wants.
pub(super) fn as_properties(function: &Function) -> (Map<String, Value>, Vec<&'static str>) {
    let property = |param: &Param| {
        let mut schema = schema(param.kind);
        schema["description"] = described(param).into();
        (param.name.to_owned(), schema)
    };
    let required = function.params.iter().filter(|param| is_required(param)).map(|param| param.name);
    (function.params.iter().map(property).collect(), required.collect())
}

/// Whether a client must send it. An empty one is refused by name, and the answer says so.
fn is_required(param: &Param) -> bool {
    param.required
}

fn described(param: &Param) -> String {
    match param.kind {
        ParamKind::Secret => {
            format!("{}. Send it in a body: addresses stand in the logs of proxies", param.meaning)
        }
        _ => param.meaning.to_owned(),
    }
}

/// What a value looks like. All are texts on the way; what is no number or flag is refused with a reason.
fn schema(kind: ParamKind) -> Value {
    match kind {
        ParamKind::Secret => json!({"type": "string", "format": "password"}),
        ParamKind::Flag => json!({"type": "string", "enum": ["0", "1"]}),
        ParamKind::Mebibytes | ParamKind::Number => {
            json!({"type": "string", "pattern": "^([0-9]{1,9}|unlimited)$"})
        }
        ParamKind::Domain | ParamKind::Mailbox | ParamKind::Text => json!({"type": "string"}),
    }
}
