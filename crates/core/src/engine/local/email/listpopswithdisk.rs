//! Mailboxes with their use and limit: API 2 `listpopswithdisk`, UAPI `list_pops_with_disk`.

use std::collections::HashSet;

use crate::api::Params;
use crate::api::catalogue::{Answer, Equivalent, FlagFilter, Function, Param, ParamKind, Return};
use crate::api::{Data, Done, Family, Field, ManyRows, NotDone, Refusal, Row, limit_text};
use crate::base::text::escape_html;
use crate::engine::local::context::Context;
use crate::engine::local::email::common::{MODULE, NO_VALIDATE, REGEX};
use crate::engine::local::email::sizes::{exact_percent, human, mebibytes, percent};
use crate::engine::local::entry::CatalogueEntry;
use crate::store::{Address, DiskUse, Domain, Mailbox, Outgoing};

/// From that part of the limit on a mailbox is near it, in per cent.
const NEAR: u64 = 95;

const SUMMARY: &str = "lists mailboxes with their use and limit";
const DOMAIN: Param = Param::optional("domain", ParamKind::Domain, "only mailboxes of this domain");
const USE: Return =
    Return::new("_diskused, diskused, humandiskused", "the use in bytes, in MB, and for people");
const LIMIT: Return = Return::new(
    "_diskquota, diskquota, txtdiskquota, humandiskquota",
    "the limit likewise; 0, unlimited, None for none",
);
const NAMES: Return = Return::new("user, domain, email, login", "local part, domain, and twice the address");
const TIME: Return = Return::new("mtime", "when the mailbox last changed, seconds since 1970");

pub(super) const API2: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "listpopswithdisk",
        summary: SUMMARY,
        answer: Answer::List,
        params: &[
            DOMAIN,
            REGEX,
            Param::optional(
                "nearquotaonly",
                ParamKind::Flag,
                "1 for mailboxes that have used 95 % of their limit",
            ),
            NO_VALIDATE,
        ],
        returns: &[
            NAMES,
            TIME,
            USE,
            LIMIT,
            Return::new(
                "diskusedpercent, diskusedpercent20",
                "the used part of the limit, and the same in steps of 20",
            ),
            Return::new("suspended_login, suspended_incoming", "1 or 0"),
        ],
        uapi: Some(Equivalent {
            filters: &[FlagFilter { flag: "nearquotaonly", column: "diskusedpercent", above: "94" }],
            ..Equivalent::rows("list_pops_with_disk")
        }),
    },
    handler: |context, params| {
        let mut found = find(context, params, true)?;
        if params.flag("nearquotaonly")? {
            found.retain(|(mailbox, used)| percent(used.bytes, mailbox.quota.bytes()) >= NEAR);
        }
        let row = |(mailbox, used): &(Mailbox, DiskUse)| {
            let mut row = names(&mailbox.address);
            row.extend(use_of(mailbox, *used));
            row.extend(limit_of(mailbox, None));
            row.extend(suspended(mailbox));
            Row(row)
        };
        Ok(Done::with(Data::Many(ManyRows::of(found, row))))
    },
};

pub(super) const UAPI: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "list_pops_with_disk",
        summary: SUMMARY,
        answer: Answer::List,
        params: &[
            DOMAIN,
            Param::optional("email", ParamKind::Text, "only the mailbox of this local part or address"),
            REGEX,
            Param::optional("maxaccounts", ParamKind::Text, "at most so many"),
            Param::optional("no_disk", ParamKind::Flag, "1 leaves the use out, which is then not looked for"),
            Param::optional("get_restrictions", ParamKind::Flag, "1 adds has_suspended and hold_outgoing"),
            Param::optional("infinitylang", ParamKind::Flag, "1 writes ∞ for no limit in diskquota"),
            Param::optional("infinityimg", ParamKind::Text, "writes an image with this address instead"),
            NO_VALIDATE,
        ],
        returns: &[
            NAMES,
            TIME,
            USE,
            LIMIT,
            Return::new(
                "diskusedpercent, diskusedpercent20, diskusedpercent_float",
                "the used part of the limit, the same in steps of 20, and with decimals",
            ),
            Return::new("suspended_login, suspended_incoming, suspended_outgoing", "1 or 0"),
            Return::new("has_suspended, hold_outgoing", "with get_restrictions: 1 or 0"),
        ],
        uapi: None,
    },
    handler: uapi,
};

fn uapi(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let with_use = !params.flag("no_disk")?;
    let found = find(context, params, with_use)?;
    let infinity = infinity(params)?;
    let restrictions = params.flag("get_restrictions")?;
    let outgoing = |what| Ok::<_, NotDone>(context.store.outgoing(what)?.into_iter().collect::<HashSet<_>>());
    let (suspended_users, held) = (outgoing(Outgoing::Suspended)?, outgoing(Outgoing::Held)?);
    let row = move |(mailbox, used): &(Mailbox, DiskUse)| {
        let mut row = names(&mailbox.address);
        if with_use {
            row.extend(use_of(mailbox, *used));
            let exact = exact_percent(used.bytes, mailbox.quota.bytes());
            row.push(("diskusedpercent_float", Field::Float(exact)));
        }
        row.extend(limit_of(mailbox, infinity.as_deref()));
        row.extend(suspended(mailbox));
        let address = mailbox.address.to_string();
        let outgoing = suspended_users.contains(&address);
        row.push(("suspended_outgoing", Field::Int(outgoing.into())));
        if restrictions {
            let any = mailbox.login_suspended || mailbox.incoming_suspended || outgoing;
            row.push(("has_suspended", Field::Int(any.into())));
            row.push(("hold_outgoing", Field::Int(held.contains(&address).into())));
        }
        Row(row)
    };
    let data = Data::Many(ManyRows::of(found, row));
    Ok(Done { data, metadata: Row(vec![("transformed", Field::Int(1))]), ..Done::default() })
}

/// What is written for no limit, where it is not the word.
fn infinity(params: &Params<'_>) -> Result<Option<String>, Refusal> {
    if let Some(address) = params.optional("infinityimg")? {
        return Ok(Some(format!("<img src=\"{}\" border=\"0\" />", escape_html(address))));
    }
    Ok(params.flag("infinitylang")?.then(|| "\u{221e}".to_owned()))
}

/// The mailboxes that a call asks for, with their use, if that is asked for.
fn find(
    context: &Context<'_>,
    params: &Params<'_>,
    with_use: bool,
) -> Result<Vec<(Mailbox, DiskUse)>, NotDone> {
    let account = context.account()?;
    let wanted = params.pattern("regex")?;
    let domain = params.optional("domain")?.map(Domain::parse).transpose()?;
    let one = if params.knows("email") { params.optional("email")? } else { None };
    let mut mailboxes = context.store.mailboxes(&account)?;
    mailboxes.retain(|mailbox| {
        let (address, local) = (mailbox.address.to_string(), mailbox.address.local.as_str());
        domain.as_ref().is_none_or(|domain| *domain == mailbox.address.domain)
            && one.is_none_or(|one| one.eq_ignore_ascii_case(local) || one.eq_ignore_ascii_case(&address))
            // The documentation's pattern is anchored to the local part, those of most scripts to the address.
            && wanted.as_ref().is_none_or(|regex| regex.is_match(&address) || regex.is_match(local))
    });
    if let Some(most) = most(params)? {
        mailboxes.truncate(most);
    }
    let used = if with_use {
        let addresses: Vec<&Address> = mailboxes.iter().map(|mailbox| &mailbox.address).collect();
        context.store.disk_use(&account, &addresses)?
    } else {
        vec![DiskUse::default(); mailboxes.len()]
    };
    Ok(mailboxes.into_iter().zip(used).collect())
}

fn most(params: &Params<'_>) -> Result<Option<usize>, Refusal> {
    if !params.knows("maxaccounts") {
        return Ok(None);
    }
    let read = |text: &str| match text.parse() {
        Ok(most) if most > 0 => Ok(most),
        _ => {
            let why = format!("“{}” is not a whole number above 0", text.escape_debug());
            Err(Refusal::BadValue { param: "maxaccounts", why })
        }
    };
    params.optional("maxaccounts")?.map(read).transpose()
}

/// The members of a row; as a server of 2017 answered, types included.
type RowFields = Vec<(&'static str, Field)>;

fn names(address: &Address) -> RowFields {
    vec![
        ("user", Field::Text(address.local.to_string())),
        ("domain", Field::Text(address.domain.to_string())),
        ("email", Field::Text(address.to_string())),
        ("login", Field::Text(address.to_string())),
    ]
}

fn use_of(mailbox: &Mailbox, used: DiskUse) -> RowFields {
    let percent = percent(used.bytes, mailbox.quota.bytes());
    vec![
        ("mtime", Field::Int(used.changed)),
        ("_diskused", Field::Int(used.bytes.cast_signed())),
        ("diskused", Field::Text(mebibytes(used.bytes))),
        ("humandiskused", Field::Text(human(used.bytes))),
        ("diskusedpercent", Field::Int(percent.cast_signed())),
        ("diskusedpercent20", Field::Int((percent.div_ceil(20) * 20).cast_signed())),
    ]
}

fn limit_of(mailbox: &Mailbox, infinity: Option<&str>) -> RowFields {
    let limit = mailbox.quota.bytes();
    let text = limit_text(limit.map(mebibytes));
    let shown = infinity.filter(|_| limit.is_none()).map_or_else(|| text.clone(), str::to_owned);
    vec![
        ("_diskquota", Field::Text(limit.unwrap_or(0).to_string())),
        ("diskquota", Field::Text(shown)),
        ("txtdiskquota", Field::Text(text)),
        ("humandiskquota", Field::Text(human(limit.unwrap_or(0)))),
    ]
}

fn suspended(mailbox: &Mailbox) -> RowFields {
    vec![
        ("suspended_incoming", Field::Int(mailbox.incoming_suspended.into())),
        ("suspended_login", Field::Int(mailbox.login_suspended.into())),
    ]
}
