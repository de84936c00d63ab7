//! One account: WHM API 1 `accountsummary`.

use crate::api::Params;
use crate::api::catalogue::{Answer, Function, Param, ParamKind, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Refusal, Row};
use crate::engine::local::accounts::common::existing_account;
use crate::engine::local::accounts::row::rows;
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;
use crate::store::{Account, Domain};

pub(super) const WHM: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Whm,
        module: "",
        func: "accountsummary",
        summary: "tells what is known about an account",
        answer: Answer::Single,
        params: &[
            Param::optional("user", ParamKind::Text, "the account's name; required unless domain is given"),
            Param::optional("domain", ParamKind::Domain, "a domain of the account, instead of its name"),
        ],
        returns: &[Return::new("acct", "a list with the one account, as listaccts gives it")],
        uapi: None,
    },
    handler: summary,
};

fn summary(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let account = match params.optional("domain")? {
        Some(domain) => of_domain(context, params, domain)?,
        None => existing_account(context, params, "user")?,
    };
    let (rows, warnings) = rows(context, std::slice::from_ref(&account))?;
    Ok(Done { warnings, ..Done::with(Data::Object(Row(vec![("acct", Field::Rows(rows))]))) })
}

/// The account that has a domain; a name beside it must be the same account's.
fn of_domain(context: &Context<'_>, params: &Params<'_>, given: &str) -> Result<Account, NotDone> {
    let owner = context.store.owner_of(&Domain::parse(given)?)?;
    let account = owner.map(|name| context.store.account(&name)).transpose()?.flatten();
    let account = account.ok_or_else(|| Refusal::NoAccount(given.escape_debug().to_string()))?;
    match params.optional("user")? {
        Some(user) if !user.eq_ignore_ascii_case(account.name.as_str()) => {
            let why = format!("the domain “{}” is not one of this account", given.escape_debug());
            Err(Refusal::BadValue { param: "user", why }.into())
        }
        _ => Ok(account),
    }
}
