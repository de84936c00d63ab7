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
    all(Family::Api2, "appstrengths"),
    all(Family::Api2, "all_required_strengths"),
    all(Family::Uapi, "all_required_strengths"),
];

/// What there are passwords for: mailboxes, and accounts.
const APPS: [&str; 4] = ["pop", "virtual", "createacct", "passwd"];

const ALL_RETURNS: &[Return] = &[Return::new("app", "what the password is for"), STRENGTH];

const fn all(family: Family, func: &'static str) -> CatalogueEntry {
    CatalogueEntry {
        function: Function {
            family,
            module: MODULE,
            func,
            summary: "lists how strong passwords must be",
            answer: Answer::List,
            params: &[],
            returns: ALL_RETURNS,
            uapi: None,
        },
        handler: |context, _| {
            let strength = || Field::Int(context.required_strength.into());
            let row = |app: &str| Row(vec![("app", Field::Text(app.to_owned())), ("strength", strength())]);
            Ok(Done::with(Data::Rows(APPS.map(row).into())))
        },
    }
}

const APP: Param = Param::required(
    "app",
    ParamKind::Text,
    "what the password is for: pop or virtual (mailboxes), createacct or passwd (accounts)",
);

fn rate(_: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let strength = strength::strength(params.required("password")?.as_bytes());
    // Recorded: this one is a text.
    Ok(Done::with(Data::Rows(vec![Row(vec![("strength", Field::Text(strength.to_string()))])])))
}

fn required(context: &Context<'_>, params: &Params<'_>) -> Result<Row, NotDone> {
    match params.required("app")? {
        app if APPS.contains(&app) => {
            Ok(Row(vec![("strength", Field::Int(context.required_strength.into()))]))
        }
        other => {
            let why = format!("“{}” has no passwords in this store; ask for pop", other.escape_debug());
            Err(Refusal::BadValue { param: "app", why }.into())
        }
    }
}
