//! What mailboxes take up: API 2 `getdiskusage` and `listpopswithdisk`, UAPI `get_disk_usage` and
//! `list_pops_with_disk`.

use super::super::params::pattern;
use super::{Context, Entry, MODULE, NO_VALIDATE, Params, REGEX};
use crate::api::catalogue::{Answer, Equivalent, Function, Kind, Param, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Row};
use crate::store::{Account, Address, DiskUse, Mailbox};

const BYTES_PER_MEBIBYTE: u64 = 1024 * 1024;
/// From that part of the limit on a mailbox is near it, in per cent.
const NEAR: u64 = 95;

const USAGE_SUMMARY: &str = "tells what a mailbox takes up";
const USAGE_PARAMS: &[Param] = &[
    Param::required("domain", Kind::Domain, "a domain of the account"),
    Param::required("user", Kind::Mailbox, "the mailbox: local part or full address"),
];
const USAGE_RETURNS: &[Return] = &[
    Return::new("diskused", "MB used, with two decimals"),
    Return::new("domain", "the domain"),
    Return::new("login", "the address"),
    Return::new("user", "the local part"),
];

pub(super) const USAGE_API2: Entry = Entry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "getdiskusage",
        summary: USAGE_SUMMARY,
        answer: Answer::Single,
        params: USAGE_PARAMS,
        returns: USAGE_RETURNS,
        uapi: Some(Equivalent { func: "get_disk_usage", renamed: &[] }),
    },
    handler: |context, params| Ok(Done::with(Data::Rows(vec![usage(context, params)?]))),
};

pub(super) const USAGE_UAPI: Entry = Entry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "get_disk_usage",
        summary: USAGE_SUMMARY,
        answer: Answer::Single,
        params: USAGE_PARAMS,
        returns: USAGE_RETURNS,
        uapi: None,
    },
    handler: |context, params| Ok(Done::with(Data::Object(usage(context, params)?))),
};

const LIST_SUMMARY: &str = "lists mailboxes with their use and limit";
const DOMAIN: Param = Param::optional("domain", Kind::Domain, "only mailboxes of this domain");
const LIST_RETURNS: &[Return] = &[
    Return::new("user, domain, email, login", "local part, domain, and twice the address"),
    Return::new("mtime", "when the mailbox last changed, seconds since 1970"),
    Return::new("_diskused, diskused, humandiskused", "the use in bytes, in MB, and for people"),
    Return::new(
        "_diskquota, diskquota, txtdiskquota, humandiskquota",
        "the limit likewise; 0, unlimited, None for none",
    ),
    Return::new(
        "diskusedpercent, diskusedpercent20",
        "the used part of the limit, and the same in steps of 20",
    ),
    Return::new("suspended_login, suspended_incoming", "1 or 0"),
];

pub(super) const LIST_API2: Entry = Entry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "listpopswithdisk",
        summary: LIST_SUMMARY,
        answer: Answer::List,
        params: &[
            DOMAIN,
            REGEX,
            Param::optional(
                "nearquotaonly",
                Kind::Flag,
                "1 for mailboxes that have used 95 % of their limit",
            ),
            NO_VALIDATE,
        ],
        returns: LIST_RETURNS,
        uapi: Some(Equivalent { func: "list_pops_with_disk", renamed: &[] }),
    },
    handler: |context, params| {
        let near_only = params.flag("nearquotaonly")?;
        Ok(Done::with(Data::Rows(list(context, params, near_only)?)))
    },
};

pub(super) const LIST_UAPI: Entry = Entry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "list_pops_with_disk",
        summary: LIST_SUMMARY,
        answer: Answer::List,
        params: &[DOMAIN, REGEX],
        returns: LIST_RETURNS,
        uapi: None,
    },
    handler: |context, params| {
        let rows = Data::Rows(list(context, params, false)?);
        Ok(Done { data: rows, metadata: Row(vec![("transformed", Field::Int(1))]), ..Done::default() })
    },
};

fn usage(context: &Context<'_>, params: &Params<'_>) -> Result<Row, NotDone> {
    let account = context.account()?;
    let address = Address::existing(params.required("user")?, params.optional("domain")?)?;
    // Refuses a mailbox that does not exist; folders alone make none.
    context.store.quota(&account, &address)?;
    let used = context.store.disk_use(&account, &[&address])?;
    Ok(Row(vec![
        ("diskused", Field::Text(mebibytes(used.iter().map(|used| used.bytes).sum()))),
        ("domain", Field::Text(address.domain.to_string())),
        ("login", Field::Text(address.to_string())),
        ("user", Field::Text(address.local.to_string())),
    ]))
}

fn list(context: &Context<'_>, params: &Params<'_>, near_only: bool) -> Result<Vec<Row>, NotDone> {
    let account: Account = context.account()?;
    let wanted = pattern(params, "regex")?;
    let domain = params.optional("domain")?.map(crate::store::Domain::parse).transpose()?;
    let mut mailboxes = context.store.mailboxes(&account)?;
    mailboxes.retain(|mailbox| {
        domain.as_ref().is_none_or(|domain| *domain == mailbox.address.domain)
            && wanted.as_ref().is_none_or(|regex| regex.is_match(&mailbox.address.to_string()))
    });
    let addresses: Vec<&Address> = mailboxes.iter().map(|mailbox| &mailbox.address).collect();
    let used = context.store.disk_use(&account, &addresses)?;
    let both = mailboxes.iter().zip(used);
    let near =
        both.filter(|(mailbox, used)| !near_only || percent(used.bytes, mailbox.quota.bytes()) >= NEAR);
    Ok(near.map(|(mailbox, used)| row(mailbox, used)).collect())
}

/// As a server of 2017 answered; types included.
fn row(mailbox: &Mailbox, used: DiskUse) -> Row {
    let (address, limit) = (&mailbox.address, mailbox.quota.bytes());
    let percent = percent(used.bytes, limit);
    let quota = limit.map_or_else(|| "unlimited".to_owned(), mebibytes);
    let text = |text: String| Field::Text(text);
    let number = |number: u64| Field::Int(number.cast_signed());
    Row(vec![
        ("user", text(address.local.to_string())),
        ("domain", text(address.domain.to_string())),
        ("email", text(address.to_string())),
        ("login", text(address.to_string())),
        ("mtime", Field::Int(used.changed)),
        ("_diskused", number(used.bytes)),
        ("diskused", text(mebibytes(used.bytes))),
        ("humandiskused", text(human(used.bytes))),
        ("_diskquota", text(limit.unwrap_or(0).to_string())),
        ("diskquota", text(quota.clone())),
        ("txtdiskquota", text(quota)),
        ("humandiskquota", text(human(limit.unwrap_or(0)))),
        ("diskusedpercent", number(percent)),
        ("diskusedpercent20", number(percent.div_ceil(20) * 20)),
        ("suspended_incoming", Field::Int(0)),
        ("suspended_login", Field::Int(mailbox.login_suspended.into())),
    ])
}

fn percent(used: u64, limit: Option<u64>) -> u64 {
    limit.map_or(0, |limit| {
        u64::try_from(u128::from(used) * 100 / u128::from(limit.max(1))).unwrap_or(u64::MAX)
    })
}

/// Mebibytes, which cPanel calls MB, with two decimals unless they are zero.
fn mebibytes(bytes: u64) -> String {
    decimals(bytes, BYTES_PER_MEBIBYTE)
}

/// Recorded: a no-break space before the unit, and `None` for nothing.
fn human(bytes: u64) -> String {
    let units = [(1 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"), (1, "bytes")];
    match units.into_iter().find(|(size, _)| bytes >= *size) {
        Some((size, unit)) => format!("{}\u{a0}{unit}", decimals(bytes, size)),
        None => "None".to_owned(),
    }
}

fn decimals(bytes: u64, unit: u64) -> String {
    // Rounded, as recorded: 21,542 bytes are 21.04 KB.
    let (bytes, unit) = (u128::from(bytes), u128::from(unit));
    let hundredths = (bytes * 100 + unit / 2) / unit;
    match hundredths % 100 {
        0 => (hundredths / 100).to_string(),
        rest => format!("{}.{rest:02}", hundredths / 100),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_for_people() {
        for (bytes, text) in [
            (0, "None"),
            (1, "1\u{a0}bytes"),
            (21_542, "21.04\u{a0}KB"),
            (10_485_760, "10\u{a0}MB"),
            (1 << 42, "4\u{a0}TB"),
        ] {
            assert_eq!(human(bytes), text);
        }
        assert_eq!((mebibytes(0), mebibytes(524_288)), ("0".to_owned(), "0.50".to_owned()));
        assert_eq!((percent(95, Some(100)), percent(5, None), percent(u64::MAX, Some(1))), (95, 0, u64::MAX));
    }
}
