//! What mailboxes may have and what there is: the default and the largest quota, counts, and the use of
//! the account's own mailbox.

use crate::api::catalogue::{Answer, Equivalent, Function, Payload, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Row};
use crate::engine::local::context::Context;
use crate::engine::local::email::common::{MODULE, uapi};
use crate::engine::local::email::sizes::mebibytes;
use crate::engine::local::entry::{CatalogueEntry, Handler};
use crate::store::Quota;

/// A UAPI function without parameters whose payload is one value.
const fn value(
    func: &'static str,
    summary: &'static str,
    returns: &'static [Return],
    handler: Handler,
) -> CatalogueEntry {
    uapi(func, summary, &[], returns, handler)
}

const DEFAULT_SUMMARY: &str = "tells the quota of new mailboxes";
const LARGEST_SUMMARY: &str = "tells the largest quota that a mailbox may have";
const BYTES: &[Return] = &[Return::new("data", "bytes; 0 for no limit")];
const MEBIBYTES: &[Return] = &[Return::new("data", "MB; 0 for no limit")];

pub(super) const DEFAULT_API2: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "get_default_email_quota",
        summary: DEFAULT_SUMMARY,
        answer: Answer::Single,
        params: &[],
        returns: &[Return::new("get_default_email_quota", "MB; 0 for no limit")],
        uapi: Some(Equivalent::new("get_default_email_quota_mib", Payload::Named("get_default_email_quota"))),
    },
    handler: |context, _| Ok(row("get_default_email_quota", default_quota(context)?.mebibytes())),
};

pub(super) const LARGEST_API2: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "get_max_email_quota",
        summary: LARGEST_SUMMARY,
        answer: Answer::Single,
        params: &[],
        returns: &[Return::new("get_max_email_quota", "MB; 0 for no limit")],
        uapi: Some(Equivalent::new("get_max_email_quota_mib", Payload::Named("get_max_email_quota"))),
    },
    handler: |context, _| Ok(row("get_max_email_quota", context.account()?.limits.quota.mebibytes())),
};

pub(super) const DEFAULT_BYTES: CatalogueEntry =
    value("get_default_email_quota", DEFAULT_SUMMARY, BYTES, |context, _| {
        Ok(number(default_quota(context)?.bytes()))
    });

pub(super) const DEFAULT_MEBIBYTES: CatalogueEntry =
    value("get_default_email_quota_mib", DEFAULT_SUMMARY, MEBIBYTES, |context, _| {
        Ok(number(default_quota(context)?.mebibytes()))
    });

pub(super) const LARGEST_BYTES: CatalogueEntry =
    value("get_max_email_quota", LARGEST_SUMMARY, BYTES, |context, _| {
        Ok(number(context.account()?.limits.quota.bytes()))
    });

pub(super) const LARGEST_MEBIBYTES: CatalogueEntry =
    value("get_max_email_quota_mib", LARGEST_SUMMARY, MEBIBYTES, |context, _| {
        Ok(number(context.account()?.limits.quota.mebibytes()))
    });

pub(super) const COUNT: CatalogueEntry = value(
    "count_pops",
    "counts the mailboxes, without the account's own",
    &[Return::new("data", "how many there are")],
    |context, _| {
        let all = context.store.mailboxes(&context.account()?)?;
        Ok(Done::with(Data::Int(all.len() as i64)))
    },
);

const OWN_SUMMARY: &str = "tells what the account's own mailbox takes up";

pub(super) const OWN_USE: CatalogueEntry = value(
    "get_main_account_disk_usage",
    OWN_SUMMARY,
    &[Return::new("data", "MB with two decimals, the unit behind a no-break space")],
    |context, _| {
        let used = context.store.own_disk_use(&context.account()?)?;
        Ok(Done::with(Data::Text(format!("{}\u{a0}MB", mebibytes(used.bytes)))))
    },
);

pub(super) const OWN_USE_BYTES: CatalogueEntry =
    value("get_main_account_disk_usage_bytes", OWN_SUMMARY, &[Return::new("data", "bytes")], |context, _| {
        Ok(number(Some(context.store.own_disk_use(&context.account()?)?.bytes)))
    });

/// The configured quota of new mailboxes, or the account's largest if that is less.
fn default_quota(context: &Context<'_>) -> Result<Quota, NotDone> {
    Ok(context.account()?.limits.fitting(context.default_quota))
}

fn number(number: Option<u64>) -> Done {
    Done::with(Data::Int(number.unwrap_or(0).cast_signed()))
}

fn row(name: &'static str, number: Option<u64>) -> Done {
    Done::with(Data::Rows(vec![Row(vec![(name, Field::Int(number.unwrap_or(0).cast_signed()))])]))
}
