//! Reads of what a mail host has none of: each answers that there are none, so that portals and scripts that look
//! at everything go on. What would make one of these things is refused.

use crate::api::catalogue::{Equivalent, Function, Param, ParamKind, Payload, Return};
use crate::api::{Data, Done, Family, Field, Row};
use crate::engine::local::entry::{CatalogueEntry, Handler};

const EMAIL: &str = "Email";

/// A list with nothing in it, in either family.
const fn empty(
    family: Family,
    module: &'static str,
    func: &'static str,
    summary: &'static str,
    params: &'static [Param],
) -> CatalogueEntry {
    let nothing: Handler = |context, _| {
        context.account()?;
        Ok(Done::with(Data::Rows(Vec::new())))
    };
    CatalogueEntry::new((family, module), func, summary, EMPTY, nothing).taking(params).listing()
}

/// The same of API 2, with the UAPI function that a server is asked instead.
const fn twin(
    module: &'static str,
    func: &'static str,
    summary: &'static str,
    params: &'static [Param],
    uapi: (&'static str, &'static [Return]),
) -> CatalogueEntry {
    let CatalogueEntry { function, handler } =
        empty(Family::Api2, module, func, summary, params).with_twin(Equivalent::rows(uapi.0));
    CatalogueEntry { function: Function { returns: uapi.1, ..function }, handler }
}

/// A count of nothing, or a plain no.
const fn zero(
    module: &'static str,
    func: &'static str,
    summary: &'static str,
    params: &'static [Param],
) -> CatalogueEntry {
    let none: Handler = |context, _| {
        context.account()?;
        Ok(Done::with(Data::Int(0)))
    };
    CatalogueEntry::new((Family::Uapi, module), func, summary, ZERO, none).taking(params)
}

/// What rows of a server hold, which is asked the twin.
const FILTER: &[Return] = &[Return::new("filtername, enabled, unescaped, rules, actions", "of none")];
const LIST: &[Return] = &[Return::new(
    "list, listid, listadmin, desthost, diskused, humandiskused, accesstype, advertised, archive_private, subscribe_policy",
    "of none",
)];
const BACKUP: &[Return] = &[Return::new("domain", "of none")];
const EMPTY: &[Return] = &[Return::new("data", "an empty list")];
const ZERO: &[Return] = &[Return::new("data", "0")];
const ACCOUNT: &[Param] = &[Param::optional("account", ParamKind::Text, "without effect: there are none")];
const DOMAIN: &[Param] = &[
    Param::optional("domain", ParamKind::Domain, "without effect: there are none"),
    Param::optional("regex", ParamKind::Text, "without effect: there are none"),
];
const REGEX: &[Param] = &[Param::optional("regex", ParamKind::Text, "without effect: there are none")];
const DELEGATE: &[Param] =
    &[Param::optional("delegate", ParamKind::Text, "without effect: there are no mailing lists")];
const ADDRESS: &[Param] = &[Param::optional("email", ParamKind::Mailbox, "without effect: it is never done")];

const ARCHIVES: &str = "lists what mail is archived: there is none";
const FILTERS: &str = "lists filters: there are none";
const LISTS: &str = "lists mailing lists: there are none";
const BACKUPS: &str = "lists backups: there are none";
const CRON: &str = "lists timed commands: there are none";
const DATABASES: &str = "lists databases: there are none";
const DATABASE_USERS: &str = "lists users of databases: there are none";
const FTP: &str = "lists FTP accounts: there are none";
const SUBDOMAINS: &str = "lists subdomains: there are none";
const SPAM_RETURNS: &[Return] = &[
    Return::new("spam_enabled, spam_box_enabled, spam_auto_delete, spam_status_changeable", "0"),
    Return::new("cpuser_spam_auto_delete, rewrites_subjects, spam_as_acl", "0"),
    Return::new("spam_auto_delete_score, cpuser_spam_auto_delete_score", "null"),
];

/// All of these functions.
pub(super) static ENTRIES: &[CatalogueEntry] = &[
    twin(EMAIL, "filterlist", FILTERS, ACCOUNT, ("list_filters", FILTER)),
    twin(EMAIL, "listfilters", FILTERS, ACCOUNT, ("list_filters", FILTER)),
    twin(EMAIL, "listlists", LISTS, DOMAIN, ("list_lists", LIST)),
    twin(EMAIL, "listaliasbackups", BACKUPS, &[], ("list_forwarders_backups", BACKUP)),
    twin(EMAIL, "listfilterbackups", BACKUPS, &[], ("list_filters_backups", BACKUP)),
    empty(Family::Api2, EMAIL, "list_system_filter_info", FILTERS, &[]),
    empty(Family::Api2, EMAIL, "get_archiving_types", ARCHIVES, &[]),
    empty(Family::Api2, EMAIL, "get_archiving_configuration", ARCHIVES, DOMAIN),
    empty(Family::Api2, EMAIL, "get_archiving_default_configuration", ARCHIVES, DOMAIN),
    empty(Family::Uapi, EMAIL, "list_filters", FILTERS, ACCOUNT),
    empty(Family::Uapi, EMAIL, "list_lists", LISTS, DOMAIN),
    empty(Family::Uapi, EMAIL, "list_forwarders_backups", BACKUPS, &[]),
    empty(Family::Uapi, EMAIL, "list_filters_backups", BACKUPS, &[]),
    zero(EMAIL, "count_filters", "counts filters: there are none", &[]),
    zero(EMAIL, "count_lists", "counts mailing lists: there are none", &[]),
    zero(EMAIL, "get_lists_total_disk_usage", "counts what mailing lists take up: there are none", &[]),
    zero(EMAIL, DELEGATED_NAME, DELEGATED, DELEGATE),
    DELEGATED_API2,
    zero(EMAIL, "get_mailbox_autocreate", "tells whether mail creates the mailbox: it never does", ADDRESS),
    SYSTEM_FILTERS,
    SPAM,
    empty(Family::Api2, "Cron", "fetchcron", CRON, &[]),
    empty(Family::Api2, "Cron", "listcron", CRON, &[]),
    empty(Family::Api2, "SubDomain", "listsubdomains", SUBDOMAINS, REGEX),
    empty(Family::Api2, "MysqlFE", "listdbs", DATABASES, REGEX),
    empty(Family::Api2, "MysqlFE", "listusers", DATABASE_USERS, &[]),
    empty(Family::Api2, "Postgres", "listdbs", DATABASES, &[]),
    empty(Family::Api2, "Postgres", "listusers", DATABASE_USERS, &[]),
    empty(Family::Api2, "Ftp", "listftp", FTP, &[]),
    empty(Family::Api2, "Ftp", "listftpwithdisk", FTP, &[]),
    empty(Family::Uapi, "Ftp", "list_ftp", FTP, &[]),
    empty(Family::Uapi, "Ftp", "list_ftp_with_disk", FTP, &[]),
    empty(Family::Uapi, "Mysql", "list_databases", DATABASES, &[]),
    empty(Family::Uapi, "Mysql", "list_users", DATABASE_USERS, &[]),
    empty(Family::Uapi, "Postgresql", "list_databases", DATABASES, &[]),
    empty(Family::Uapi, "Postgresql", "list_users", DATABASE_USERS, &[]),
    empty(Family::Uapi, "Backup", "list_backups", BACKUPS, &[]),
    empty(Family::Uapi, "Mime", "list_redirects", "lists redirections of web pages: there are none", &[]),
];

const SYSTEM_FILTERS: CatalogueEntry = CatalogueEntry::new(
    (Family::Uapi, EMAIL),
    "list_system_filter_info",
    "lists the server's own filters: there are none",
    &[Return::new("filter_info", "an empty list")],
    |context, _| {
        context.account()?;
        Ok(Done::with(Data::Object(Row(vec![("filter_info", Field::Rows(Vec::new()))]))))
    },
);

const SPAM: CatalogueEntry = CatalogueEntry::new(
    (Family::Uapi, EMAIL),
    "get_spam_settings",
    "tells what is done with spam: nothing",
    SPAM_RETURNS,
    |context, _| {
        context.account()?;
        let no = [
            "spam_enabled",
            "spam_box_enabled",
            "spam_auto_delete",
            "spam_status_changeable",
            "cpuser_spam_auto_delete",
            "rewrites_subjects",
            "spam_as_acl",
        ];
        let mut row: Vec<_> = no.into_iter().map(|name| (name, Field::Int(0))).collect();
        row.extend(
            ["spam_auto_delete_score", "cpuser_spam_auto_delete_score"].map(|name| (name, Field::Null)),
        );
        Ok(Done::with(Data::Object(Row(row))))
    },
)
.taking(ACCOUNT);

const DELEGATED_NAME: &str = "has_delegated_mailman_lists";
const DELEGATED: &str = "says whether lists were given to another user: there are none";

const DELEGATED_API2: CatalogueEntry = CatalogueEntry::new(
    (Family::Api2, EMAIL),
    DELEGATED_NAME,
    DELEGATED,
    &[Return::new(DELEGATED_NAME, "0")],
    |context, _| {
        context.account()?;
        Ok(Done::with(Data::Rows(vec![Row(vec![(DELEGATED_NAME, Field::Int(0))])])))
    },
)
.taking(DELEGATE)
.with_twin(Equivalent::new(DELEGATED_NAME, Payload::Named(DELEGATED_NAME)));
