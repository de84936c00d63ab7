//! What comes back: the envelopes of the families, and the answers that are none.

use liveapi_core::api::Family;
use serde_json::{Value, json};

/// Statuses of answers that are no call's, and when they come.
const REFUSALS: [(&str, &str, &str); 9] = [
    ("400", "BadRequest", "The request cannot be read, or a parameter that says what to call is missing."),
    (
        "401",
        "NoLogin",
        "Nobody is logged in: the credentials are missing or wrong, or the session has ended.",
    ),
    ("403", "NotAllowed", "The one who is logged in may not do this, or the account is suspended."),
    ("404", "NothingThere", "There is nothing at this address."),
    ("408", "TooSlow", "The request did not arrive in time."),
    ("413", "TooLong", "The request is longer than the daemon takes."),
    ("422", "Refused", "The function refuses; only with `strict_http_status`."),
    ("429", "LockedOut", "Too many logins failed; Retry-After says for how long."),
    (
        "503",
        "NotNow",
        "The daemon has no room for the request, or, with `strict_http_status`, the work failed.",
    ),
];

/// The schemas of the envelopes.
pub(super) fn schemas() -> Value {
    let reasons = json!({"type": ["array", "null"], "items": {"type": "string"}});
    json!({
        "Uapi": {
            "type": "object",
            "description": "UAPI's result: `status` is 1 for a success, and 0 for a refusal or failure, whose reasons are in `errors`.",
            "required": ["status", "errors", "data"],
            "properties": {
                "status": {"type": "integer", "enum": [0, 1]},
                "errors": reasons,
                "messages": reasons,
                "warnings": reasons,
                "metadata": {"type": "object"},
                "data": {},
            },
        },
        "Cpanel": {
            "type": "object",
            "description": "API 1 and API 2: `cpanelresult.error` is there for a refusal or failure only. UAPI's functions have `result`.",
            "properties": {
                "cpanelresult": {
                    "type": "object",
                    "properties": {
                        "apiversion": {"type": "integer"},
                        "module": {"type": "string"},
                        "func": {"type": "string"},
                        "error": {"type": "string"},
                        "event": {"type": "object"},
                        "data": {},
                    },
                },
                "errors": {"type": "array", "items": {"type": "string"}},
                "result": {"$ref": "#/components/schemas/Uapi"},
            },
            "anyOf": [
                {"required": ["cpanelresult"]},
                {"required": ["result"]},
                {"$ref": "#/components/schemas/BadUser"},
            ],
        },
        "BadUser": {
            "type": "object",
            "description": "The account that the call is for was not named, or there is none of that name.",
            "required": ["data", "error"],
            "properties": {"data": {"type": "object"}, "error": {"type": "string"}, "type": {"const": "text"}},
        },
        "Whm": {
            "anyOf": [{"$ref": "#/components/schemas/Whm1"}, {"$ref": "#/components/schemas/Whm0"}],
        },
        "Whm0": {
            "type": "object",
            "description": "WHM API 0, which answers a request without api.version: each function has a shape of its own.",
            "not": {"required": ["metadata"]},
        },
        "Whm1": {
            "type": "object",
            "description": "WHM API 1: `metadata.result` is 1 for a success, and 0 for a refusal or failure, whose `reason` is beside it.",
            "required": ["metadata"],
            "properties": {
                "metadata": {
                    "type": "object",
                    "required": ["result", "reason"],
                    "properties": {
                        "command": {"type": "string"},
                        "reason": {"type": "string"},
                        "result": {"type": "integer", "enum": [0, 1]},
                        "version": {"type": "integer"},
                    },
                },
                "data": {},
            },
        },
        "Refusal": {
            "type": "object",
            "description": "The reason stands in every place where a client of cPanel's servers looks for it.",
        },
    })
}

/// The refusals, which stand once in the document.
pub(super) fn responses() -> Value {
    let refusal = |(_, name, description): &(&str, &str, &str)| {
        let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}});
        ((*name).to_owned(), json!({"description": description, "content": content}))
    };
    Value::Object(REFUSALS.iter().map(refusal).collect())
}

/// All answers of a function of that family; `of` says what its data holds.
pub(super) fn of(family: Family, of: &str) -> Value {
    let schema = match family {
        Family::Uapi => "Uapi",
        Family::Api1 | Family::Api2 => "Cpanel",
        Family::Whm | Family::Whm0 => "Whm",
    };
    let content = json!({"application/json": {"schema": {"$ref": format!("#/components/schemas/{schema}")}}});
    let mut all = json!({"200": {"description": of, "content": content}});
    for (status, name, _) in REFUSALS {
        all[status] = json!({"$ref": format!("#/components/responses/{name}")});
    }
    all
}
