//! What accounts may transfer and take up: WHM `showbw`, `limitbw` and `editquota`. Nothing counts transfer here, and
//! nothing holds an account to these limits; they are kept for whoever sells them, and the answers say so.

use super::entry;
use crate::api::catalogue::{Param, ParamKind, Return};
use crate::api::{Data, Done, Field, NotDone, Params, Refusal, Row, UNLIMITED, limit_text};
use crate::base::{calendar, clock};
use crate::engine::local::accounts::{AccountSearch, amount, existing_account};
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;
use crate::store::Account;

const USER: Param = Param::required("user", ParamKind::Text, "the account's name");

pub(super) const SHOW: CatalogueEntry = entry(
    "showbw",
    "tells the limits of transfer; nothing counts it here",
    &[
        AccountSearch::TYPE,
        AccountSearch::TEXT,
        AccountSearch::METHOD,
        Param::optional("showres", ParamKind::Text, "only accounts of that owner"),
        Param::optional("month", ParamKind::Text, "1 to 12; shown again, for every month has zero"),
        Param::optional("year", ParamKind::Text, "likewise"),
    ],
    &[
        Return::new("acct", "a list with an object for each account"),
        Return::new("user, maindomain, owner, reseller, deleted", "its name, main domain and owner; 0 and 0"),
        Return::new("limit", "bytes in a month; 0 for no limit"),
        Return::new("totalbytes, bwusage", "0, and the domains with a usage of 0: nothing is counted"),
        Return::new("month, year, reseller, totalused", "what was asked for, and 0"),
    ],
    show,
);

pub(super) const LIMIT: CatalogueEntry = entry(
    "limitbw",
    "keeps what an account may transfer in a month; nothing counts it here",
    &[USER, Param::optional("bwlimit", ParamKind::Text, "MB; 0 or unlimited (the default) for no limit")],
    &[
        Return::new("bwlimits", "a list with one object"),
        Return::new("bwlimit, unlimited, bwlimitenable", "the limit in MB, whether there is none, and 0"),
        Return::new(
            "domains, human_bwlimit, human_bwused",
            "the account's domains, the limit as a text, none",
        ),
    ],
    limit,
);

pub(super) const DISK: CatalogueEntry = entry(
    "editquota",
    "keeps how much an account may take up; only mailboxes have a limit that holds",
    &[USER, Param::required("quota", ParamKind::Text, "MB; 0 or unlimited for no limit")],
    &[],
    disk,
);

fn show(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let search = AccountSearch::read(params)?;
    let owner = params.optional("showres")?;
    let (this_year, this_month) = calendar::year_and_month(clock::seconds());
    let month = number(params, "month", 1..=12, this_month)?;
    let year = number(params, "year", 1970..=9999, this_year)?;
    let mut rows = Vec::new();
    for account in context.store.accounts()? {
        if search.finds(&account) && owner.is_none_or(|owner| account.terms.owner() == owner) {
            rows.push(row(context, &account)?);
        }
    }
    let data = Row(vec![
        ("acct", Field::Rows(rows)),
        ("month", Field::Int(month.cast_signed())),
        ("year", Field::Int(year.cast_signed())),
        ("reseller", Field::Text(owner.unwrap_or("root").to_owned())),
        ("totalused", Field::Int(0)),
    ]);
    let warnings = vec!["Transfer is not counted here: every figure is 0.".to_owned()];
    Ok(Done { warnings, ..Done::with(Data::Object(data)) })
}

fn row(context: &Context<'_>, account: &Account) -> Result<Row, NotDone> {
    let usage = |domain: String| {
        let domain = ("domain", Field::Text(domain));
        Row(vec![domain, ("usage", Field::Int(0)), ("deleted", Field::Int(0))])
    };
    let domains = names(context, account)?;
    Ok(Row(vec![
        ("user", Field::Text(account.name.to_string())),
        ("maindomain", Field::Text(account.domain.to_string())),
        ("owner", Field::Text(account.terms.owner().to_owned())),
        ("reseller", Field::Int(0)),
        ("deleted", Field::Int(0)),
        ("limit", Field::Int(account.terms.bandwidth().unwrap_or(0).cast_signed())),
        ("totalbytes", Field::Int(0)),
        ("bwusage", Field::Rows(domains.into_iter().map(usage).collect())),
    ]))
}

fn limit(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let account = existing_account(context, params, "user")?;
    let megabytes = amount(params, "bwlimit", "BWLIMIT")?.flatten();
    let mut terms = account.terms.clone();
    terms.set_bandwidth(megabytes);
    context.store.set_terms(&account.name, account.limits, &terms)?;
    let row = Row(vec![
        ("bwlimit", Field::Int(megabytes.unwrap_or(0).cast_signed())),
        ("bwlimitenable", Field::Int(0)),
        ("unlimited", Field::Int(megabytes.is_none().into())),
        ("domains", Field::Texts(names(context, &account)?)),
        ("human_bwlimit", Field::Text(megabytes.map_or(UNLIMITED.to_owned(), |limit| format!("{limit} MB")))),
        ("human_bwused", Field::Text("none".to_owned())),
    ]);
    let message =
        format!("Bandwidth Limit for {} has been set to {} megabytes", account.name, limit_text(megabytes));
    let warnings = megabytes.map(|_| "The limit is kept and shown; nothing counts transfer here.".to_owned());
    Ok(Done {
        data: Data::Object(Row(vec![("bwlimits", Field::Rows(vec![row]))])),
        warnings: warnings.into_iter().collect(),
        ..Done::saying(message)
    })
}

fn disk(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let account = existing_account(context, params, "user")?;
    let megabytes = amount(params, "quota", "QUOTA")?.flatten();
    let mut terms = account.terms;
    terms.set_disk(megabytes);
    context.store.set_terms(&account.name, account.limits, &terms)?;
    let kept = "The quota is kept and shown, but this store holds no account to it: quotas of mailboxes hold (MAX_EMAILACCT_QUOTA, editquota of Email).";
    let warnings = megabytes.map(|_| kept.to_owned()).into_iter().collect();
    Ok(Done { warnings, ..Done::saying(format!("Set quota for {}.", account.name)) })
}

fn names(context: &Context<'_>, account: &Account) -> Result<Vec<String>, NotDone> {
    Ok(context.store.domains(account)?.iter().map(|hosted| hosted.name.to_string()).collect())
}

fn number(
    params: &Params<'_>,
    param: &'static str,
    range: std::ops::RangeInclusive<u64>,
    usual: u64,
) -> Result<u64, Refusal> {
    let Some(text) = params.optional(param)? else { return Ok(usual) };
    let found = text.parse().ok().filter(|number| range.contains(number));
    found.ok_or_else(|| {
        let why = format!("“{}” is not {} to {}", text.escape_debug(), range.start(), range.end());
        Refusal::BadValue { param, why }
    })
}
