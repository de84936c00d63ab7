//! The module `StatsBar`: what an account has and may have, for the side bar of a page.

use crate::api::Params;
use crate::api::catalogue::{Answer, Equivalent, Function, Param, ParamKind, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Row, limit_text};
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;
use crate::store::{Account, DomainKind};

/// All functions of this module.
pub(super) static ENTRIES: &[CatalogueEntry] = &[
    entry(Family::Uapi, "get_stats", None),
    entry(Family::Api2, "stat", Some(Equivalent::rows("get_stats"))),
];

const PARAMS: &[Param] = &[Param::required(
    "display",
    ParamKind::Text,
    "names with | between: emailaccounts, emailforwarders, autoresponders, emailfilters, mailinglists, \
                 addondomains, parkeddomains, subdomains, ftpaccounts, sqldatabases, diskusage",
)];
const RETURNS: &[Return] = &[
    Return::new("id, name", "the name that was asked for"),
    Return::new("item, phrase", "what it is, for people"),
    Return::new("count, _count", "how much there is; with its unit, and as a number in a text"),
    Return::new("max, _max", "how much there may be, or unlimited"),
    Return::new("units", "MB, or null"),
    Return::new("percent, percent5, percent10, percent20", "how much of it is used"),
    Return::new("is_maxed, _maxed", "1 if no more may be had"),
    Return::new("zeroisunlimited, normalized", "0 and 1"),
    Return::new("module, feature", "where it comes from"),
];

const fn entry(family: Family, func: &'static str, uapi: Option<Equivalent>) -> CatalogueEntry {
    CatalogueEntry {
        function: Function {
            family,
            module: "StatsBar",
            func,
            summary: "tells what the account has and may have",
            answer: Answer::List,
            params: PARAMS,
            returns: RETURNS,
            uapi,
        },
        handler: stats,
    }
}

/// What one name stands for.
struct Stat {
    name: &'static str,
    item: &'static str,
    module: &'static str,
    feature: &'static str,
    count: fn(&Context<'_>, &Account) -> Result<Amount, NotDone>,
}

/// How much there is, and the most that there may be.
enum Amount {
    Of(u64, Option<u64>),
    Mebibytes(f64),
}

static KNOWN: [Stat; 11] = [
    Stat {
        name: "emailaccounts",
        item: "Email Accounts",
        module: "Email",
        feature: "popaccts",
        count: |context, account| {
            Ok(Amount::Of(context.store.mailboxes(account)?.len() as u64, account.limits.mailboxes))
        },
    },
    Stat {
        name: "emailforwarders",
        item: "Forwarders",
        module: "Email",
        feature: "forwarders",
        count: |context, account| {
            each_domain(context, account, |domain| Ok(context.store.forwarders(account, domain)?.len()))
        },
    },
    Stat {
        name: "autoresponders",
        item: "Autoresponders",
        module: "Email",
        feature: "autoresponders",
        count: |context, account| {
            each_domain(context, account, |domain| Ok(context.store.autoresponders(account, domain)?.len()))
        },
    },
    none("emailfilters", "Email Filters", "Email", "blockers"),
    none("mailinglists", "Mailing Lists", "Email", "lists"),
    Stat {
        name: "addondomains",
        item: "Addon Domains",
        module: "AddonDomain",
        feature: "addondomains",
        count: |context, account| domains(context, account, DomainKind::Addon, account.limits.domains.addon),
    },
    Stat {
        name: "parkeddomains",
        item: "Aliases",
        module: "Park",
        feature: "parkeddomains",
        count: |context, account| {
            domains(context, account, DomainKind::Parked, account.limits.domains.parked)
        },
    },
    none("subdomains", "Subdomains", "SubDomain", "subdomains"),
    none("ftpaccounts", "FTP Accounts", "Ftp", "ftpaccts"),
    none("sqldatabases", "Databases", "Mysql", "mysql"),
    Stat {
        name: "diskusage",
        item: "Disk Usage",
        module: "DiskUsage",
        feature: "diskusageviewer",
        count: |context, account| {
            let used = context.store.home_use(account)?.bytes as f64 / (1024.0 * 1024.0);
            Ok(Amount::Mebibytes(used))
        },
    },
];

/// Something that a mail host has none of.
const fn none(name: &'static str, item: &'static str, module: &'static str, feature: &'static str) -> Stat {
    Stat { name, item, module, feature, count: |_, _| Ok(Amount::Of(0, Some(0))) }
}

fn each_domain(
    context: &Context<'_>,
    account: &Account,
    count: impl Fn(&crate::store::Domain) -> Result<usize, NotDone>,
) -> Result<Amount, NotDone> {
    let domains = context.store.domains(account)?;
    let counts = domains.iter().map(|domain| count(&domain.name));
    Ok(Amount::Of(counts.sum::<Result<usize, _>>()? as u64, None))
}

fn domains(
    context: &Context<'_>,
    account: &Account,
    kind: DomainKind,
    most: Option<u64>,
) -> Result<Amount, NotDone> {
    let domains = context.store.domains(account)?;
    Ok(Amount::Of(domains.iter().filter(|domain| domain.kind == kind).count() as u64, most))
}

/// A name that is not known is told, and the others are answered.
fn stats(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let account = context.account()?;
    let names = params.required("display")?.split('|').map(str::trim).filter(|name| !name.is_empty());
    let (mut rows, mut warnings) = (Vec::new(), Vec::new());
    for name in names {
        match KNOWN.iter().find(|stat| stat.name == name) {
            Some(stat) => rows.push(row(stat, (stat.count)(context, &account)?)),
            None => {
                warnings.push(format!("Nothing is counted under the name “{}” here.", name.escape_debug()))
            }
        }
    }
    Ok(Done { warnings, ..Done::with(Data::Rows(rows)) })
}

fn row(stat: &Stat, amount: Amount) -> Row {
    let (count, shown, most, units) = match amount {
        Amount::Of(count, most) => (count.to_string(), count.to_string(), most, Field::Null),
        Amount::Mebibytes(used) => {
            (format!("{used:.2}"), format!("{used:.2} MB"), None, Field::Text("MB".to_owned()))
        }
    };
    let (used, max) = (count.parse::<f64>().unwrap_or(0.0), limit_text(most));
    let percent = match most {
        Some(most) if most > 0 => (used * 100.0 / most as f64).min(100.0) as i64,
        _ => 0,
    };
    let to_next = |step: i64| Field::Int((percent + step / 2) / step * step);
    let maxed = i64::from(most.is_some_and(|most| most > 0 && used >= most as f64));
    let text = |text: &str| Field::Text(text.to_owned());
    Row(vec![
        ("id", text(stat.name)),
        ("name", text(stat.name)),
        ("item", text(stat.item)),
        ("phrase", text(stat.item)),
        ("count", Field::Text(shown)),
        ("_count", Field::Text(count)),
        ("max", Field::Text(max.clone())),
        ("_max", Field::Text(max)),
        ("units", units),
        ("percent", Field::Int(percent)),
        ("percent5", to_next(5)),
        ("percent10", to_next(10)),
        ("percent20", to_next(20)),
        ("is_maxed", Field::Int(maxed)),
        ("_maxed", Field::Int(maxed)),
        ("zeroisunlimited", Field::Int(0)),
        ("normalized", Field::Int(1)),
        ("module", text(stat.module)),
        ("feature", text(stat.feature)),
    ])
}
