//! The limit of a mailbox: API 2 `editquota`, UAPI `edit_pop_quota` and `get_pop_quota`, API 1
//! `getpopquota`.

use crate::api::Params;
use crate::api::catalogue::{Answer, DONE, Equivalent, Function, Param, ParamKind, Payload, Return};
use crate::api::{Data, Done, Family, NotDone, limit_text};
use crate::engine::local::context::Context;
use crate::engine::local::email::common::{
    DOMAIN, EMAIL, MODULE, NOTHING, REASON, RESULT, UAPI_DOMAIN, api2_success, existing_address,
};
use crate::engine::local::entry::CatalogueEntry;
use crate::engine::local::prepared_change::PreparedChange;
use crate::store::{Account, Address, Change, Quota};

const SUMMARY: &str = "changes the limit of a mailbox";
const MEANING: &str = "the limit in MB; 0 or unlimited for none";

pub(super) const API2: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "editquota",
        summary: SUMMARY,
        answer: Answer::Single,
        params: &[DOMAIN, EMAIL, Param::required("quota", ParamKind::Mebibytes, MEANING)],
        returns: &[REASON, RESULT],
        uapi: Some(Equivalent::new("edit_pop_quota", Payload::Success(DONE))),
    },
    handler: |context, params| api2(context, params)?.make(context),
};

pub(super) const UAPI: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "edit_pop_quota",
        summary: SUMMARY,
        answer: Answer::Single,
        params: &[
            EMAIL,
            UAPI_DOMAIN,
            Param::optional(
                "quota",
                ParamKind::Mebibytes,
                "the limit in MB; 0 or unlimited for none; default: that of the configuration; lowered to the account's",
            ),
        ],
        returns: &[NOTHING],
        uapi: None,
    },
    handler: |context, params| uapi(context, params)?.make(context),
};

pub(super) const GET_UAPI: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "get_pop_quota",
        summary: "tells the limit of a mailbox",
        answer: Answer::Single,
        params: &[
            EMAIL,
            UAPI_DOMAIN,
            Param::optional("as_bytes", ParamKind::Flag, "1 for bytes instead of MB"),
        ],
        returns: &[Return::new("data", "the limit in MB, or in bytes; 0 for none")],
        uapi: None,
    },
    handler: |context, params| {
        let quota = get(context, params)?;
        let number = if params.flag("as_bytes")? { quota.bytes() } else { quota.mebibytes() };
        Ok(Done::with(Data::Int(number.unwrap_or(0).cast_signed())))
    },
};

pub(super) const GET_API1: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api1,
        module: MODULE,
        func: "getpopquota",
        summary: "tells the limit of a mailbox",
        answer: Answer::Single,
        params: &[EMAIL, UAPI_DOMAIN],
        returns: &[Return::new("result", "the limit in MB, or “unlimited”, printed")],
        uapi: Some(Equivalent::printed("get_pop_quota")),
    },
    handler: |context, params| {
        let limit = get(context, params)?.mebibytes().map(|limit| limit.to_string());
        Ok(Done::with(Data::Text(limit_text(limit))))
    },
};

/// API 2's, up to the change.
pub(super) fn api2<'p>(context: &Context<'_>, params: &Params<'p>) -> Result<PreparedChange<'p>, NotDone> {
    let (account, address, quota) = given(context, params)?;
    account.limits.check_quota(quota)?;
    Ok(PreparedChange::new(account, address, Change::SetQuota(quota), |_, _| api2_success()))
}

/// UAPI's, up to the change. Documented: what is too much is lowered to what the account may give.
pub(super) fn uapi<'p>(context: &Context<'_>, params: &Params<'p>) -> Result<PreparedChange<'p>, NotDone> {
    let (account, address, quota) = given(context, params)?;
    let fitting = account.limits.fitting(quota);
    let mut warnings = Vec::new();
    if fitting != quota {
        let largest = fitting.mebibytes().unwrap_or(0);
        warnings.push(format!("The quota is {largest} MB, the most that the account may give."));
    }
    let answer = |_: &Address, _| Done { warnings, ..Done::default() };
    Ok(PreparedChange::new(account, address, Change::SetQuota(fitting), answer))
}

fn given(context: &Context<'_>, params: &Params<'_>) -> Result<(Account, Address, Quota), NotDone> {
    let account = context.account()?;
    let address = existing_address(params, &account)?;
    let quota = params.optional("quota")?.map(Quota::from_mebibytes).transpose()?;
    Ok((account, address, quota.unwrap_or(context.default_quota)))
}

fn get(context: &Context<'_>, params: &Params<'_>) -> Result<Quota, NotDone> {
    let account = context.account()?;
    let address = existing_address(params, &account)?;
    context.store.quota(&account, &address)
}
