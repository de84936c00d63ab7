//! The module `PasswdStrength`: how strong a password is, and how strong it must be.

use crate::api::Params;
use crate::api::catalogue::{Answer, Equivalent, Function, Param, ParamKind, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Refusal, Row};
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;
use crate::store::strength;

const MODULE: &str = "PasswdStrength";
const STRENGTH: Return = Return::new("strength", "0 to 100");

/// All functions of this module.
pub(super) static ENTRIES: &[CatalogueEntry] = &[
    CatalogueEntry {
        function: Function {
            family: Family::Api2,
            module: MODULE,
            func: "get_password_strength",
            summary: "rates a password",
            answer: Answer::Single,
            params: &[Param::required("password", ParamKind::Secret, "the password")],
            returns: &[STRENGTH],
            uapi: None,
        },
        handler: rate,
    },
    CatalogueEntry {
        function: Function {
            family: Family::Api2,
            module: MODULE,
            func: "get_required_strength",
            summary: "tells how strong passwords must be",
            answer: Answer::Single,
            params: &[APP],
            returns: &[STRENGTH],
            uapi: Some(Equivalent::rows("get_required_strength")),
        },
        handler: |context, params| Ok(Done::with(Data::Rows(vec![required(context, params)?]))),
    },
    CatalogueEntry {
        function: Function {
            family: Family::Uapi,
            module: MODULE,
            func: "get_required_strength",
            summary: "tells how strong passwords must be",
            answer: Answer::Single,
            params: &[APP],
            returns: &[STRENGTH],
            uapi: None,
        },
        handler: |context, params| Ok(Done::with(Data::Object(required(context, params)?))),
    },
];

const APP: Param =
    Param::required("app", ParamKind::Text, "what the password is for: pop (mailboxes) or virtual");

fn rate(_: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let strength = strength::strength(params.required("password")?.as_bytes());
    // Recorded: this one is a text.
    Ok(Done::with(Data::Rows(vec![Row(vec![("strength", Field::Text(strength.to_string()))])])))
}

fn required(context: &Context<'_>, params: &Params<'_>) -> Result<Row, NotDone> {
    match params.required("app")? {
        "pop" | "virtual" => Ok(Row(vec![("strength", Field::Int(context.required_strength.into()))])),
        other => {
            let why = format!("“{}” has no passwords in this store; ask for pop", other.escape_debug());
            Err(Refusal::BadValue { param: "app", why }.into())
        }
    }
}
