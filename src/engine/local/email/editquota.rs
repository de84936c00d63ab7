//! The limit of a mailbox: API 2 `editquota`, UAPI `edit_pop_quota` and `get_pop_quota`, API 1
//! `getpopquota`.

use super::{Context, DOMAIN, EMAIL, Entry, MODULE, NOTHING, Params, REASON, RESULT, UAPI_DOMAIN};
use crate::api::catalogue::{Answer, Equivalent, Function, Kind, Param, Return};
use crate::api::{Data, Done, Family, NotDone};
use crate::store::Quota;

const SUMMARY: &str = "changes the limit of a mailbox";
const MEANING: &str = "the limit in MB; 0 or unlimited for none";
const BYTES_PER_MEBIBYTE: u64 = 1024 * 1024;

pub(super) const API2: Entry = Entry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "editquota",
        summary: SUMMARY,
        answer: Answer::Single,
        params: &[DOMAIN, EMAIL, Param::required("quota", Kind::Mebibytes, MEANING)],
        returns: &[REASON, RESULT],
        uapi: Some(Equivalent { func: "edit_pop_quota", renamed: &[] }),
    },
    handler: |context, params| edit(context, params).map(|()| super::api2_success()),
};

pub(super) const UAPI: Entry = Entry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "edit_pop_quota",
        summary: SUMMARY,
        answer: Answer::Single,
        params: &[EMAIL, UAPI_DOMAIN, Param::required("quota", Kind::Mebibytes, MEANING)],
        returns: &[NOTHING],
        uapi: None,
    },
    handler: |context, params| edit(context, params).map(|()| Done::default()),
};

pub(super) const GET_UAPI: Entry = Entry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "get_pop_quota",
        summary: "tells the limit of a mailbox",
        answer: Answer::Single,
        params: &[EMAIL, UAPI_DOMAIN, Param::optional("as_bytes", Kind::Flag, "1 for bytes instead of MB")],
        returns: &[Return::new("data", "the limit in MB, or in bytes; 0 for none")],
        uapi: None,
    },
    handler: |context, params| {
        let bytes = get(context, params)?.bytes().unwrap_or(0);
        let number = if params.flag("as_bytes")? { bytes } else { bytes / BYTES_PER_MEBIBYTE };
        Ok(Done::with(Data::Int(number.cast_signed())))
    },
};

pub(super) const GET_API1: Entry = Entry {
    function: Function {
        family: Family::Api1,
        module: MODULE,
        func: "getpopquota",
        summary: "tells the limit of a mailbox",
        answer: Answer::Single,
        params: &[EMAIL, UAPI_DOMAIN],
        returns: &[Return::new("result", "the limit in MB, or “unlimited”, printed")],
        uapi: Some(Equivalent { func: "get_pop_quota", renamed: &[] }),
    },
    handler: |context, params| {
        let limit = get(context, params)?.bytes().map(|bytes| (bytes / BYTES_PER_MEBIBYTE).to_string());
        Ok(Done::with(Data::Text(limit.unwrap_or_else(|| "unlimited".to_owned()))))
    },
};

fn edit(context: &Context<'_>, params: &Params<'_>) -> Result<(), NotDone> {
    let account = context.account()?;
    let address = super::existing_address(params, &account)?;
    let quota = Quota::from_mebibytes(params.required("quota")?)?;
    context.store.set_quota(&account, &address, quota)
}

fn get(context: &Context<'_>, params: &Params<'_>) -> Result<Quota, NotDone> {
    let account = context.account()?;
    let address = super::existing_address(params, &account)?;
    context.store.quota(&account, &address)
}
