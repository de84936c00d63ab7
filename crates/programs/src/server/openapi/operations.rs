//! Addresses, and what can be done at each.

use liveapi_core::api::Family;
use liveapi_core::api::catalogue::{Function, Return};
use serde_json::{Value, json};

use super::super::origin::ServiceKind;
use super::super::own;
use super::{answers, parameters};

/// The address of a function that has one on that port, and its operations.
pub(super) fn of_function(function: &Function, service: ServiceKind) -> Option<(String, Value)> {
    let Function { family, module, func, .. } = *function;
    let is_whm = service == ServiceKind::Whm;
    let address = match family {
        Family::Uapi if !is_whm => format!("/execute/{module}/{func}"),
        Family::Whm if is_whm => format!("/json-api/{func}"),
        _ => return None,
    };
    let tag = if is_whm { "WHM" } else { module };
    // WHM's way to API 1 and API 2 answers in their shape.
    let shape = if is_whm && func == "cpanel" { Family::Api2 } else { family };
    let operation = |method: &str| {
        json!({
            "operationId": format!("{method}_{tag}_{func}"),
            "tags": [tag],
            "summary": function.summary,
            "parameters": version(family),
            "responses": answers::of(shape, &returned(function)),
        })
    };
    let mut get = operation("get");
    let in_query = parameters::in_query(function);
    get["parameters"].as_array_mut()?.extend(in_query);
    let mut post = operation("post");
    post["requestBody"] = body(form(function, &[]));
    Some((address, json!({"get": get, "post": post})))
}

/// WHM's functions answer in the shape of API 1 only if they are asked for it.
fn version(family: Family) -> Value {
    match family {
        Family::Whm => json!([{
            "name": "api.version",
            "in": "query",
            "required": true,
            "description": "1: the answer has the shape of WHM API 1",
            "schema": {"type": "string", "const": "1"},
        }]),
        _ => json!([]),
    }
}

/// The one address of families whose functions are named by parameters.
pub(super) fn of_all(families: &[Family]) -> Value {
    let functions = own::functions().filter(|function| families.contains(&function.family));
    let forms: Vec<Value> = functions
        .map(|function| {
            let version = if function.family == Family::Api1 { "1" } else { "2" };
            let control = [
                ("cpanel_jsonapi_apiversion", version),
                ("cpanel_jsonapi_module", function.module),
                ("cpanel_jsonapi_func", function.func),
            ];
            let mut form = form(function, &control);
            form["title"] = format!("API {version}: {}::{}", function.module, function.func).into();
            form["description"] = format!("{}. Returns {}", function.summary, returned(function)).into();
            form
        })
        .collect();
    json!({
        "post": {
            "operationId": "post_cpanel",
            "tags": ["API 1 and API 2"],
            "summary": "calls a function of API 1 or API 2; the form says which",
            "requestBody": body(json!({"oneOf": forms})),
            "responses": answers::of(Family::Api2, "the answer in the shape of the function's API"),
        },
    })
}

/// A form with the parameters of a function, and others that are always the same.
fn form(function: &Function, control: &[(&str, &str)]) -> Value {
    let (mut properties, mut required) = parameters::as_properties(function);
    for (name, value) in control {
        properties.insert((*name).to_owned(), json!({"type": "string", "const": value}));
    }
    required.extend(control.iter().map(|(name, _)| *name));
    let mut form = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        form["required"] = required.into();
    }
    form
}

fn body(schema: Value) -> Value {
    json!({"content": {"application/x-www-form-urlencoded": {"schema": schema}}})
}

fn returned(function: &Function) -> String {
    let field = |field: &Return| format!("`{}`: {}", field.name, field.meaning);
    let fields: Vec<_> = function.returns.iter().map(field).collect();
    if fields.is_empty() { "nothing but whether it was done".to_owned() } else { fields.join("; ") }
}
