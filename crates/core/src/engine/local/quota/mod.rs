//! The module `Quota`: what the account takes up.

use crate::api::Params;
use crate::api::catalogue::{Answer, Function, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Row};
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;

/// All functions of this module.
pub(super) static ENTRIES: &[CatalogueEntry] = &[CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: "Quota",
        func: "get_quota_info",
        summary: "tells what the account's home takes up",
        answer: Answer::Single,
        params: &[],
        returns: &[
            Return::new(
                "megabytes_used, inodes_used",
                "what its files take up, and how many names there are",
            ),
            Return::new(
                "megabyte_limit, megabytes_remain, inode_limit, inodes_remain",
                "0: this store limits mailboxes, not homes",
            ),
            Return::new("under_megabyte_limit, under_inode_limit, under_quota_overall", "1"),
        ],
        uapi: None,
    },
    handler: info,
}];

fn info(context: &Context<'_>, _: &Params<'_>) -> Result<Done, NotDone> {
    let used = context.store.home_use(&context.account()?)?;
    let hundredths = (used.bytes as f64 * 100.0 / (1024.0 * 1024.0)).round();
    Ok(Done::with(Data::Object(Row(vec![
        ("megabytes_used", Field::Float(hundredths / 100.0)),
        ("megabyte_limit", Field::Int(0)),
        ("megabytes_remain", Field::Int(0)),
        ("inodes_used", Field::Int(used.entries.cast_signed())),
        ("inode_limit", Field::Int(0)),
        ("inodes_remain", Field::Int(0)),
        ("under_megabyte_limit", Field::Int(1)),
        ("under_inode_limit", Field::Int(1)),
        ("under_quota_overall", Field::Int(1)),
    ]))))
}
