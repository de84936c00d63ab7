//! Creating an account: WHM `createacct`.

use crate::api::Params;
use crate::api::catalogue::{Answer, Function, Param, ParamKind, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Row, limit_text};
use crate::engine::local::accounts::common::{
    BWLIMIT, CONTACT, MAX_QUOTA, MAXADDON, MAXPARK, MAXPOP, MAXSUB, OWNER, PKGNAME, PLAN, QUOTA, USERNAME,
    agree, limits,
};
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;
use crate::engine::local::packages::Sale;
use crate::store::{Account, AccountName, Domain, Limits, NewAccount, Secret, Terms};

pub(super) const WHM: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Whm,
        module: "",
        func: "createacct",
        summary: "creates an account with its main domain",
        answer: Answer::Single,
        params: &[
            USERNAME,
            Param::required("domain", ParamKind::Domain, "its main domain"),
            Param::optional(
                "password",
                ParamKind::Secret,
                "opens the account's own mailbox; without one nothing opens it",
            ),
            PLAN,
            PKGNAME,
            MAXPOP,
            MAX_QUOTA,
            MAXADDON,
            MAXPARK,
            MAXSUB,
            QUOTA,
            BWLIMIT,
            CONTACT,
            OWNER,
        ],
        returns: &[
            Return::new("user", "the account"),
            Return::new("domain", "its main domain"),
            Return::new("homedir", "its home directory"),
            Return::new("uid", "the system user that owns its files"),
            Return::new("package", "the package by which it is sold, or an empty text"),
            Return::new(
                "ip, nameserver, nameserver2, nameserver3, nameserver4",
                "empty texts: addresses and name servers are not kept here",
            ),
        ],
        uapi: None,
    },
    handler: create,
};

fn create(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let name = AccountName::for_new_account(&params.required("username")?.to_ascii_lowercase())?;
    let domain = Domain::parse(params.required("domain")?)?;
    let password = params.optional("password")?.map(|text| context.new_password(text)).transpose()?;
    let unsold = || Sale { limits: Limits::NONE, terms: Terms::default(), warnings: Vec::new() };
    let Sale { limits: of_package, mut terms, mut warnings } =
        Sale::named(context, params, &Terms::default())?.unwrap_or_else(unsold);
    let limits = limits(params, of_package)?;
    let (_, mut said) = agree(params, &mut terms)?;
    warnings.append(&mut said);
    let new = NewAccount { name, domain, limits, terms, secret: password.map(Secret::Password) };
    let account = context.store.create_account(&new)?;
    Ok(Done {
        metadata: Row(vec![("output", Field::Object(Row(vec![("raw", Field::Text(report(&account)))])))]),
        data: Data::Object(shown(&account)),
        warnings,
        ..Done::saying("Account Creation Ok".to_owned())
    })
}

fn shown(account: &Account) -> Row {
    let none = || Field::Text(String::new());
    Row(vec![
        ("user", Field::Text(account.name.to_string())),
        ("domain", Field::Text(account.domain.to_string())),
        ("homedir", Field::Text(account.home.clone())),
        ("uid", Field::Int(account.uid.into())),
        ("package", Field::Text(account.terms.plan().unwrap_or_default().to_owned())),
        ("ip", none()),
        ("nameserver", none()),
        ("nameserver2", none()),
        ("nameserver3", none()),
        ("nameserver4", none()),
    ])
}

/// What old clients show to whoever sold the account. It never holds the password.
fn report(account: &Account) -> String {
    let terms = &account.terms;
    format!(
        "+===================================+\n| New Account Info |\n+===================================+\n\
         | Domain: {}\n| UserName: {}\n| HomeRoot: {}\n| Quota: {} MB\n| Mailboxes: {}\n| Package: {}\n\
         | Contact Email: {}\n+===================================+\nAccount Creation Ok\n",
        account.domain,
        account.name,
        account.home,
        terms.disk().shown_in_mebibytes(),
        limit_text(account.limits.mailboxes),
        terms.plan().unwrap_or_default(),
        terms.get("CONTACTEMAIL").unwrap_or_default(),
    )
}
