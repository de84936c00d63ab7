//! Looking at folders of mail: API 2 `browseboxes` and `getabsbrowsedir`, UAPI `browse_mailbox`.

use crate::api::Params;
use crate::api::catalogue::{Answer, Equivalent, Function, Param, ParamKind, Payload, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Row};
use crate::engine::local::context::Context;
use crate::engine::local::email::common::MODULE;
use crate::engine::local::entry::CatalogueEntry;
use crate::store::{Account, Address, Domain, FolderEntry};

const ACCOUNT: Param =
    Param::optional("account", ParamKind::Mailbox, "a mailbox; the account's name or nothing: its own mail");
const DIR: Param = Param::optional(
    "dir",
    ParamKind::Text,
    "a folder there, a domain of the account, or mail or default (the default) for the top",
);
const BROWSE_SUMMARY: &str = "lists what is in a folder of mail";
const BROWSE_PARAMS: &[Param] = &[
    ACCOUNT,
    DIR,
    Param::optional("showdotfiles", ParamKind::Flag, "1 shows names that begin with a dot, too"),
];
const BROWSE_RETURNS: &[Return] = &[
    Return::new("file, path, fullpath, relpath", "the name, its folder, both, and the part below the mail"),
    Return::new("type", "dir or file"),
    Return::new("ismailbox, isleaf", "1 if it is a Maildir, 1 if it has no folders of its own"),
    Return::new("depth", "how many folders below the home directory it is"),
    Return::new("mtime", "when it last changed, seconds since 1970"),
];

pub(super) const BROWSE_API2: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "browseboxes",
        summary: BROWSE_SUMMARY,
        answer: Answer::Single,
        params: BROWSE_PARAMS,
        returns: BROWSE_RETURNS,
        uapi: Some(Equivalent::new("browse_mailbox", Payload::Rows(&["mtime"]))),
    },
    handler: |context, params| {
        let rows = browse(context, params)?;
        // Recorded: the time is a text here.
        let as_text = |mut row: Row| {
            for (name, field) in &mut row.0 {
                if let ("mtime", Field::Int(time)) = (*name, &*field) {
                    *field = Field::Text(time.to_string());
                }
            }
            row
        };
        Ok(Done::with(Data::Rows(rows.into_iter().map(as_text).collect())))
    },
};

pub(super) const BROWSE_UAPI: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "browse_mailbox",
        summary: BROWSE_SUMMARY,
        answer: Answer::Single,
        params: BROWSE_PARAMS,
        returns: BROWSE_RETURNS,
        uapi: None,
    },
    handler: |context, params| Ok(Done::with(Data::Rows(browse(context, params)?))),
};

pub(super) const PLACE_API2: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "getabsbrowsedir",
        summary: "tells the absolute path of a folder of mail",
        answer: Answer::Single,
        params: &[ACCOUNT, DIR],
        returns: &[Return::new("absdir", "the path")],
        uapi: None,
    },
    handler: |context, params| {
        let account = context.account()?;
        let place = absolute(&account, &place(context, params, &account)?);
        Ok(Done::with(Data::Rows(vec![Row(vec![("absdir", Field::Text(place))])])))
    },
};

/// The folder that a call means, below the account's mail; without a slash at either end.
fn place(context: &Context<'_>, params: &Params<'_>, account: &Account) -> Result<String, NotDone> {
    let base = match params.optional("account")? {
        None => String::new(),
        Some(name) if name == account.name.as_str() => String::new(),
        Some(name) => {
            let domain = (!name.contains('@')).then_some(account.domain.as_str());
            let address = Address::existing(name, domain)?;
            // Refuses a mailbox that does not exist; folders alone make none.
            context.store.quota(account, &address)?;
            format!("{}/{}", address.domain, address.local)
        }
    };
    let dir = params.optional("dir")?.unwrap_or("mail").trim_matches('/');
    if matches!(dir, "mail" | "default" | "") {
        return Ok(base);
    }
    let domain = Domain::parse(dir).ok();
    let domains = context.store.domains(account)?;
    if let Some(domain) = domain.filter(|domain| domains.iter().any(|hosted| hosted.name == *domain)) {
        return Ok(domain.to_string());
    }
    Ok(format!("{base}/{dir}").trim_matches('/').to_owned())
}

fn absolute(account: &Account, place: &str) -> String {
    format!("{}/mail/{place}", account.home).trim_end_matches('/').to_owned()
}

fn browse(context: &Context<'_>, params: &Params<'_>) -> Result<Vec<Row>, NotDone> {
    let account = context.account()?;
    let place = place(context, params, &account)?;
    let all = params.flag("showdotfiles")?;
    let entries = context.store.browse(&account, &place)?.unwrap_or_default();
    let shown = entries.iter().filter(|entry| all || !entry.name.starts_with('.'));
    Ok(shown.map(|entry| row(&account, &place, entry)).collect())
}

fn row(account: &Account, place: &str, entry: &FolderEntry) -> Row {
    let path = absolute(account, place);
    let below_mail = format!("{place}/{}", entry.name);
    let below_mail = below_mail.trim_start_matches('/');
    let text = |text: String| Field::Text(text);
    Row(vec![
        ("file", text(entry.name.clone())),
        ("path", text(path.clone())),
        ("fullpath", text(format!("{path}/{}", entry.name))),
        ("relpath", text(format!("/{below_mail}"))),
        ("type", text(if entry.is_folder { "dir" } else { "file" }.to_owned())),
        ("ismailbox", Field::Int(entry.is_mailbox.into())),
        ("isleaf", Field::Int(entry.is_leaf.into())),
        // Recorded: 2 for a domain, which is ~/mail/DOMAIN.
        ("depth", Field::Int(below_mail.split('/').count() as i64 + 1)),
        ("mtime", Field::Int(entry.changed)),
    ])
}
