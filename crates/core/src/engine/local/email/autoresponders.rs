//! Autoresponders: UAPI `add_auto_responder`, `delete_auto_responder`, `get_auto_responder`, `list_auto_responders`,
//! `count_auto_responders`, and the same in API 2 and API 1.

use crate::api::Params;
use crate::api::catalogue::{DONE, Equivalent, Param, ParamKind, Payload, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Refusal, Row};
use crate::engine::local::context::Context;
use crate::engine::local::email::common::{
    DOMAIN, MODULE, NOTHING, REASON, REGEX, RESULT, UAPI_DOMAIN, api2_success, existing_address, new_address,
    uapi,
};
use crate::engine::local::entry::{CatalogueEntry, Handler};
use crate::store::{Account, Autoresponder, Domain, UTF8};

/// Hours between two answers where a call does not say, as cPanel's own page offers.
const INTERVAL: u32 = 8;

const EMAIL: Param = Param::required("email", ParamKind::Mailbox, "the address: local part or all of it");
const FROM: Param = Param::optional("from", ParamKind::Text, "the name that is shown before the address");
const SUBJECT: Param =
    Param::optional("subject", ParamKind::Text, "the subject; %subject% is that of the message");
const BODY: Param = Param::required(
    "body",
    ParamKind::Text,
    "the text; %subject%, %from% and %email% are the message's subject, its sender's name and address",
);
const IS_HTML: Param = Param::optional("is_html", ParamKind::Flag, "1 if the text is HTML");
const CHARSET: Param = Param::optional("charset", ParamKind::Text, "the character set; default: utf-8");
const EVERY: Param = Param::optional(
    "interval",
    ParamKind::Text,
    "hours in which nobody is answered twice; 0 answers each message; default: 8",
);
const START: Param =
    Param::optional("start", ParamKind::Text, "from when, seconds since 1970; default: at once");
const STOP: Param =
    Param::optional("stop", ParamKind::Text, "until when, seconds since 1970; default: for ever");

const ADD_SUMMARY: &str = "lets an address answer its mail; replaces the answer that it has. Lists, bounces and other programs get none";
const ADD_PARAMS: &[Param] = &[EMAIL, DOMAIN, FROM, SUBJECT, BODY, IS_HTML, CHARSET, EVERY, START, STOP];
const ADDRESS: &[Param] = &[EMAIL, UAPI_DOMAIN];
const DELETE_SUMMARY: &str = "lets an address answer no more";
const GET_SUMMARY: &str = "tells what an address answers";
const GET_RETURNS: &[Return] = &[
    Return::new("from, subject, body", "what it answers"),
    Return::new("charset", "the character set"),
    Return::new("is_html", "1 if the text is HTML, else 0"),
    Return::new("interval", "hours in which nobody is answered twice"),
    Return::new("start, stop", "from when and until when, seconds since 1970, or null"),
];
const SHOWN_IN: Param = Param::optional(
    "temp_charset",
    ParamKind::Text,
    "utf-8, or nothing: the answer's character set; a warning names any other",
);
const LIST_SUMMARY: &str = "lists autoresponders";
const LIST_PARAMS: &[Param] =
    &[Param::optional("domain", ParamKind::Domain, "only addresses of this domain"), REGEX];
const LIST_RETURNS: &[Return] = &[Return::new("email", "the address"), Return::new("subject", "its subject")];
const COUNT_SUMMARY: &str = "counts the autoresponders of all domains";
const COUNTED: &str = "count";

/// A function of API 2.
const fn api2(
    func: &'static str,
    summary: &'static str,
    params: &'static [Param],
    returns: &'static [Return],
    twin: Equivalent,
    handler: Handler,
) -> CatalogueEntry {
    CatalogueEntry::new((Family::Api2, MODULE), func, summary, returns, handler)
        .taking(params)
        .with_twin(twin)
}

/// A function of API 1, which prints nothing.
const fn api1(
    func: &'static str,
    summary: &'static str,
    twin: Equivalent,
    handler: Handler,
) -> CatalogueEntry {
    CatalogueEntry::new((Family::Api1, MODULE), func, summary, &[], handler).with_twin(twin)
}

pub(super) const ADD_UAPI: CatalogueEntry =
    uapi("add_auto_responder", ADD_SUMMARY, ADD_PARAMS, &[NOTHING], |context, params| {
        add(context, params)?;
        Ok(Done::default())
    });

pub(super) const ADD_API2: CatalogueEntry = api2(
    "addautoresponder",
    ADD_SUMMARY,
    ADD_PARAMS,
    &[REASON, RESULT],
    Equivalent::new("add_auto_responder", Payload::Success(DONE)),
    |context, params| {
        add(context, params)?;
        Ok(api2_success())
    },
);

pub(super) const ADD_API1: CatalogueEntry =
    api1("addautoresponder", ADD_SUMMARY, Equivalent::printed("add_auto_responder"), |context, params| {
        add(context, params)?;
        Ok(Done::with(Data::Text(String::new())))
    })
    .taking(&[EMAIL, FROM, SUBJECT, BODY, DOMAIN, IS_HTML, CHARSET, EVERY, START, STOP]);

pub(super) const DELETE_UAPI: CatalogueEntry =
    uapi("delete_auto_responder", DELETE_SUMMARY, ADDRESS, &[NOTHING], |context, params| {
        delete(context, params)?;
        Ok(Done::default())
    });

pub(super) const DELETE_API2: CatalogueEntry = api2(
    "delautoresponder",
    DELETE_SUMMARY,
    ADDRESS,
    &[REASON, RESULT],
    Equivalent::new("delete_auto_responder", Payload::Success(DONE)),
    |context, params| {
        delete(context, params)?;
        Ok(api2_success())
    },
);

pub(super) const DELETE_API1: CatalogueEntry = api1(
    "delautoresponder",
    DELETE_SUMMARY,
    Equivalent::printed("delete_auto_responder"),
    |context, params| {
        delete(context, params)?;
        Ok(Done::with(Data::Text(String::new())))
    },
)
.taking(ADDRESS);

pub(super) const GET_UAPI: CatalogueEntry = uapi(
    "get_auto_responder",
    GET_SUMMARY,
    &[EMAIL, UAPI_DOMAIN, SHOWN_IN],
    GET_RETURNS,
    |context, params| {
        let other = params.optional("temp_charset")?.filter(|charset| !charset.eq_ignore_ascii_case(UTF8));
        let warnings = other
            .map(|charset| format!("The answer is in {UTF8}; “{}” has no effect.", charset.escape_debug()));
        let data = Data::Object(get(context, params)?);
        Ok(Done { warnings: warnings.into_iter().collect(), ..Done::with(data) })
    },
);

pub(super) const GET_API2: CatalogueEntry = api2(
    "fetchautoresponder",
    GET_SUMMARY,
    ADDRESS,
    GET_RETURNS,
    Equivalent::rows("get_auto_responder"),
    |context, params| Ok(Done::with(Data::Rows(vec![get(context, params)?]))),
);

pub(super) const LIST_UAPI: CatalogueEntry =
    uapi("list_auto_responders", LIST_SUMMARY, LIST_PARAMS, LIST_RETURNS, list).listing();

pub(super) const LIST_API2: CatalogueEntry = api2(
    "listautoresponders",
    LIST_SUMMARY,
    LIST_PARAMS,
    LIST_RETURNS,
    Equivalent::rows("list_auto_responders"),
    list,
)
.listing();

pub(super) const COUNT_UAPI: CatalogueEntry = uapi(
    "count_auto_responders",
    COUNT_SUMMARY,
    &[],
    &[Return::new("data", "how many there are")],
    |context, _| Ok(Done::with(Data::Int(count(context)?))),
);

pub(super) const COUNT_API2: CatalogueEntry = api2(
    "countautoresponders",
    COUNT_SUMMARY,
    &[],
    &[Return::new(COUNTED, "how many there are")],
    Equivalent::new("count_auto_responders", Payload::Named(COUNTED)),
    |context, _| Ok(Done::with(Data::Rows(vec![Row(vec![(COUNTED, Field::Int(count(context)?))])]))),
);

/// What texts may be in: letters outside of ASCII are kept in UTF-8, and the others are ASCII with another name.
const CHARSETS: [&str; 2] = [UTF8, "us-ascii"];
const CHARSETS_SUMMARY: &str = "lists the character sets of autoresponders";
const MAP: &[Return] = &[Return::new("map", "a character set")];

pub(super) const CHARSETS_UAPI: CatalogueEntry =
    uapi("get_charsets", CHARSETS_SUMMARY, &[], &[Return::new("data", "their names")], |_, _| {
        Ok(Done::with(Data::Texts(CHARSETS.map(str::to_owned).into())))
    });

pub(super) const CHARMAPS_UAPI: CatalogueEntry =
    uapi("fetch_charmaps", CHARSETS_SUMMARY, &[], MAP, charmaps).listing();

pub(super) const CHARMAPS_API2: CatalogueEntry =
    api2("fetchcharmaps", CHARSETS_SUMMARY, &[], MAP, Equivalent::rows("fetch_charmaps"), charmaps).listing();

fn charmaps(_: &Context<'_>, _: &Params<'_>) -> Result<Done, NotDone> {
    let row = |name: &str| Row(vec![("map", Field::Text(name.to_owned()))]);
    Ok(Done::with(Data::Rows(CHARSETS.map(row).into())))
}

fn add(context: &Context<'_>, params: &Params<'_>) -> Result<(), NotDone> {
    let account = context.account()?;
    let address = new_address(params, &account)?;
    let text = |name| Ok::<_, Refusal>(params.optional(name)?.unwrap_or_default().to_owned());
    let hours = params.optional("interval")?.map(|text| number("interval", text)).transpose()?;
    let wanted = Autoresponder {
        from: text("from")?,
        subject: text("subject")?,
        body: params.required("body")?.to_owned(),
        charset: params.optional("charset")?.unwrap_or(UTF8).to_owned(),
        is_html: params.flag("is_html")?,
        interval: hours.map_or(INTERVAL, |hours| u32::try_from(hours).unwrap_or(u32::MAX)),
        start: time(params, "start")?,
        stop: time(params, "stop")?,
    };
    context.store.set_autoresponder(&account, &address, &wanted.checked()?)
}

/// A time; 0 is none, as on cPanel.
fn time(params: &Params<'_>, name: &'static str) -> Result<Option<u64>, Refusal> {
    let given = params.optional(name)?.map(|text| number(name, text)).transpose()?;
    Ok(given.filter(|&seconds| seconds > 0))
}

fn number(param: &'static str, text: &str) -> Result<u64, Refusal> {
    text.trim().parse().map_err(|_| {
        let why = format!("“{}” is not a whole number", text.escape_debug());
        Refusal::BadValue { param, why }
    })
}

fn delete(context: &Context<'_>, params: &Params<'_>) -> Result<(), NotDone> {
    let account = context.account()?;
    let address = existing_address(params, &account)?;
    if context.store.remove_autoresponder(&account, &address)? {
        return Ok(());
    }
    Err(Refusal::NoAutoresponder(address.to_string()).into())
}

fn get(context: &Context<'_>, params: &Params<'_>) -> Result<Row, NotDone> {
    let account = context.account()?;
    let address = existing_address(params, &account)?;
    let found = context.store.autoresponder(&account, &address)?;
    let time = |time: Option<u64>| time.map_or(Field::Null, |time| Field::Int(time.cast_signed()));
    Ok(Row(vec![
        ("from", Field::Text(found.from)),
        ("subject", Field::Text(found.subject)),
        ("body", Field::Text(found.body)),
        ("charset", Field::Text(found.charset)),
        ("is_html", Field::Int(found.is_html.into())),
        ("interval", Field::Int(found.interval.into())),
        ("start", time(found.start)),
        ("stop", time(found.stop)),
    ]))
}

fn list(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let account = context.account()?;
    let wanted = params.pattern("regex")?;
    let domain = params.optional("domain")?.map(Domain::parse).transpose()?;
    let mut rows = Vec::new();
    for (email, autoresponder) in all(context, &account, domain.as_ref())? {
        if wanted.as_ref().is_none_or(|regex| regex.is_match(&email)) {
            rows.push(Row(vec![
                ("email", Field::Text(email)),
                ("subject", Field::Text(autoresponder.subject)),
            ]));
        }
    }
    Ok(Done::with(Data::Rows(rows)))
}

fn count(context: &Context<'_>) -> Result<i64, NotDone> {
    Ok(all(context, &context.account()?, None)?.len() as i64)
}

fn all(
    context: &Context<'_>,
    account: &Account,
    domain: Option<&Domain>,
) -> Result<Vec<(String, Autoresponder)>, NotDone> {
    let mut all = Vec::new();
    for domain in context.domains_or_one(account, domain)? {
        all.extend(context.store.autoresponders(account, &domain)?);
    }
    Ok(all)
}
