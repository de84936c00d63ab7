//! Functions of `Email` that the embedded store does not do: mailing lists, filters, MX
//! records, archives and the like. Each says so; none answers success without doing the thing.

use crate::api::Params;
use crate::api::catalogue::{Answer, Equivalent, Function};
use crate::api::{Done, Family, NotDone, Refusal};
use crate::engine::local::context::Context;
use crate::engine::local::email::common::MODULE;
use crate::engine::local::entry::CatalogueEntry;

const fn entry(
    family: Family,
    func: &'static str,
    summary: &'static str,
    uapi: Option<Equivalent>,
) -> CatalogueEntry {
    // What cPanel calls a list begins so, and takes modifiers, which are then refused with the rest.
    let is_list = matches!(func.as_bytes(), [b'l', b'i', b's', b't', ..]);
    CatalogueEntry {
        function: Function {
            family,
            module: MODULE,
            func,
            summary,
            answer: if is_list { Answer::List } else { Answer::Single },
            params: &[],
            returns: &[],
            uapi,
        },
        handler: refuse,
    }
}

const fn api2(func: &'static str, summary: &'static str) -> CatalogueEntry {
    entry(Family::Api2, func, summary, None)
}

/// One whose answer is known to be UAPI's in API 2's shape, for servers without API 2.
const fn same(func: &'static str, summary: &'static str, uapi: Equivalent) -> CatalogueEntry {
    entry(Family::Api2, func, summary, Some(uapi))
}

/// The same where a list has the same parameters and rows.
const fn list(func: &'static str, summary: &'static str, uapi: &'static str) -> CatalogueEntry {
    same(func, summary, Equivalent::rows(uapi))
}

/// The same for MX records, whose parameters have other names.
const fn mx(func: &'static str, uapi: &'static str) -> CatalogueEntry {
    same(func, MX, Equivalent { renamed: MX_NAMES, ..Equivalent::rows(uapi) })
}

const fn uapi(func: &'static str, summary: &'static str) -> CatalogueEntry {
    entry(Family::Uapi, func, summary, None)
}

const fn api1(func: &'static str, summary: &'static str) -> CatalogueEntry {
    entry(Family::Api1, func, summary, None)
}

fn refuse(_: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    Err(Refusal::NotInStore(params.summary()).into())
}

const ARCHIVES: &str = "archives of mail";
const CLIENTS: &str = "settings for mail programs";
const FILTERS: &str = "filters";
const LISTS: &str = "mailing lists";
const MX: &str = "MX records";
const QUEUE: &str = "messages in the mail server's queue";
const SESSIONS: &str = "sessions of the mail server";
const SIGNING: &str = "signatures of outgoing mail";
const SPAM: &str = "spam filtering";
const AUTOCREATE: &str = "mailboxes that are created by mail";
const SEARCH: &str = "indexes for searching";
const TRACE: &str = "tracing of deliveries";

const MX_NAMES: &[(&str, &str)] = &[
    ("exchange", "exchanger"),
    ("newmx", "exchanger"),
    ("preference", "priority"),
    ("oldexchange", "oldexchanger"),
    ("oldmx", "oldexchanger"),
    ("oldpreference", "oldpriority"),
];

pub(super) static ENTRIES: &[CatalogueEntry] = &[
    api1("addlist", LISTS),
    api1("dellist", LISTS),
    api1("passwdlist", LISTS),
    api1("addmx", MX),
    api1("changemx", MX),
    api1("delmx", MX),
    api1("setmxcheck", MX),
    api1("deletefilter", FILTERS),
    api1("storefilter", FILTERS),
    api1("enablespamassassin", SPAM),
    api1("disablespamassassin", SPAM),
    mx("addmx", "add_mx"),
    mx("changemx", "change_mx"),
    api2("clearpopcache", "caches of mailboxes"),
    api2("deletefilter", FILTERS),
    mx("delmx", "delete_mx"),
    api2("disablefilter", FILTERS),
    api2("enablefilter", FILTERS),
    api2("filteractions", FILTERS),
    api2("filtername", FILTERS),
    api2("filterrules", FILTERS),
    api2("get_email_signing", SIGNING),
    list("loadfilter", FILTERS, "get_filter"),
    api2("reorderfilters", FILTERS),
    list("setalwaysaccept", MX, "set_always_accept"),
    api2("set_archiving_configuration", ARCHIVES),
    api2("set_archiving_default_configuration", ARCHIVES),
    api2("set_email_signing", SIGNING),
    list("setmxcheck", MX, "set_always_accept"),
    api2("storefilter", FILTERS),
    api2("tracefilter", FILTERS),
    uapi("add_list", LISTS),
    uapi("add_mailman_delegates", LISTS),
    uapi("add_mx", MX),
    uapi("add_spam_filter", SPAM),
    uapi("change_mx", MX),
    uapi("check_fastmail", CLIENTS),
    uapi("delete_filter", FILTERS),
    uapi("delete_held_messages", QUEUE),
    uapi("delete_list", LISTS),
    uapi("delete_mx", MX),
    uapi("disable_filter", FILTERS),
    uapi("disable_mailbox_autocreate", AUTOCREATE),
    uapi("disable_spam_assassin", SPAM),
    uapi("disable_spam_autodelete", SPAM),
    uapi("disable_spam_box", SPAM),
    uapi("dispatch_client_settings", CLIENTS),
    uapi("enable_filter", FILTERS),
    uapi("enable_mailbox_autocreate", AUTOCREATE),
    uapi("enable_spam_assassin", SPAM),
    uapi("enable_spam_box", SPAM),
    uapi("export_lists", LISTS),
    uapi("fts_rescan_mailbox", SEARCH),
    uapi("generate_mailman_otp", LISTS),
    uapi("get_client_settings", CLIENTS),
    uapi("get_filter", FILTERS),
    uapi("get_held_message_count", QUEUE),
    uapi("get_mailman_delegates", LISTS),
    uapi("get_webmail_settings", CLIENTS),
    uapi("has_plaintext_authentication", CLIENTS),
    uapi("passwd_list", LISTS),
    uapi("remove_mailman_delegates", LISTS),
    uapi("reorder_filters", FILTERS),
    uapi("set_always_accept", MX),
    uapi("set_list_privacy_options", LISTS),
    uapi("set_manual_mx_redirects", MX),
    uapi("stats_db_status", TRACE),
    uapi("store_filter", FILTERS),
    uapi("terminate_mailbox_sessions", SESSIONS),
    uapi("trace_delivery", TRACE),
    uapi("trace_filter", FILTERS),
    uapi("unset_manual_mx_redirects", MX),
];
