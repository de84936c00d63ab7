//! Deleting a mailbox: API 2 `delpop`, UAPI `delete_pop`, API 1 `delpop`.

use crate::api::Params;
use crate::api::catalogue::{Answer, Equivalent, Function, Param, ParamKind, Payload, Return, Value};
use crate::api::{Data, Done, Family, NotDone, Row};
use crate::engine::local::context::Context;
use crate::engine::local::email::common::{
    DOMAIN, EMAIL, MODULE, NOTHING, REASON, RESULT, UAPI_DOMAIN, existing_address,
};
use crate::engine::local::entry::CatalogueEntry;
use crate::engine::local::prepared_change::PreparedChange;
use crate::store::Change;

const SUMMARY: &str = "deletes a mailbox with its mail";
/// Recorded: the only one of its family with a text on success, and with `rawout`.
const DELETED: &[(&str, Value)] =
    &[("reason", Value::Text("OK")), ("rawout", Value::Text("\n\n")), ("result", Value::Int(1))];
const FLAGS: Param =
    Param::optional("flags", ParamKind::Text, "“passwd” keeps the mail and deletes the login only");

pub(super) const API2: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "delpop",
        summary: SUMMARY,
        answer: Answer::Single,
        params: &[DOMAIN, EMAIL],
        returns: &[
            REASON,
            Return::new("rawout", "remarks of other parts of the system; two line feeds"),
            RESULT,
        ],
        uapi: Some(Equivalent::new("delete_pop", Payload::Success(DELETED))),
    },
    handler: |context, params| api2(context, params)?.make(context),
};

pub(super) const UAPI: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "delete_pop",
        summary: SUMMARY,
        answer: Answer::Single,
        params: &[
            EMAIL,
            UAPI_DOMAIN,
            FLAGS,
            Param::optional("skip_quota", ParamKind::Flag, "without effect: the quota goes with the mailbox"),
        ],
        returns: &[NOTHING],
        uapi: None,
    },
    handler: |context, params| flagged(context, params)?.make(context),
};

pub(super) const API1: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api1,
        module: MODULE,
        func: "delpop",
        summary: SUMMARY,
        answer: Answer::Single,
        params: &[EMAIL, FLAGS, UAPI_DOMAIN],
        returns: &[],
        uapi: Some(Equivalent::printed("delete_pop")),
    },
    handler: |context, params| flagged(context, params)?.make(context),
};

/// API 2's, up to the change.
pub(super) fn api2<'p>(context: &Context<'_>, params: &Params<'p>) -> Result<PreparedChange<'p>, NotDone> {
    prepare(context, params, false, || Done::with(Data::Rows(vec![Row::constant(DELETED)])))
}

/// UAPI's and API 1's, up to the change.
pub(super) fn flagged<'p>(context: &Context<'_>, params: &Params<'p>) -> Result<PreparedChange<'p>, NotDone> {
    prepare(context, params, params.optional("flags")? == Some("passwd"), Done::default)
}

fn prepare<'p>(
    context: &Context<'_>,
    params: &Params<'p>,
    keep_mail: bool,
    answer: fn() -> Done,
) -> Result<PreparedChange<'p>, NotDone> {
    let account = context.account()?;
    let address = existing_address(params, &account)?;
    Ok(PreparedChange::new(account, address, Change::Delete { keep_mail }, move |_, _| answer()))
}
