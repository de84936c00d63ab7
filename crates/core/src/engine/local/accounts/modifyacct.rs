//! Changing what an account may have, and its password: WHM `modifyacct` and `passwd`.

use crate::api::Params;
use crate::api::catalogue::{Answer, Function, Param, ParamKind, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Refusal, Row, limit_text};
use crate::engine::local::accounts::common::{
    BWLIMIT, CONTACT, MAX_QUOTA, MAXADDON, MAXPARK, MAXPOP, MAXSUB, OWNER, PKGNAME, PLAN, QUOTA, USER, agree,
    existing_account, existing_name, limit_texts, limits,
};
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;
use crate::engine::local::packages::Sale;
use crate::store::Secret;

pub(super) const LIMITS: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Whm,
        module: "",
        func: "modifyacct",
        summary: "changes the package and the limits of an account",
        answer: Answer::Single,
        params: &[
            USER,
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
            Param::optional("newuser", ParamKind::Text, "the account's own name: another one is refused"),
            Param::optional("domain", ParamKind::Domain, "its main domain, likewise"),
            Param::optional("DNS", ParamKind::Domain, "its main domain, likewise"),
        ],
        returns: &[Return::new(
            "MAXPOP, MAX_EMAILACCT_QUOTA",
            "the limits that hold now; also MAXADDON, MAXPARK and MAXSUB, where the call gives them",
        )],
        uapi: None,
    },
    handler: modify,
};

pub(super) const PASSWORD: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Whm,
        module: "",
        func: "passwd",
        summary: "changes an account's own password, which opens its own mailbox",
        answer: Answer::Single,
        params: &[USER, Param::required("password", ParamKind::Secret, "the password")],
        returns: &[Return::new("app", "the services for which it counts: mail")],
        uapi: None,
    },
    handler: passwd,
};

fn modify(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let account = existing_account(context, params, "user")?;
    let own = [
        ("newuser", account.name.as_str()),
        ("domain", account.domain.as_str()),
        ("DNS", account.domain.as_str()),
    ];
    for (param, own) in own {
        if let Some(other) = params.optional(param)?.filter(|given| !given.eq_ignore_ascii_case(own)) {
            let why = format!(
                "an account keeps its name and its main domain here, and “{}” is not “{own}”; leave it out, or create an account of that name",
                other.escape_debug()
            );
            return Err(Refusal::BadValue { param, why }.into());
        }
    }
    let sale = Sale::named(context, params, &account.terms)?;
    let sold = sale.is_some();
    let Sale { limits: held, mut terms, mut warnings } =
        sale.unwrap_or(Sale { limits: account.limits, terms: account.terms, warnings: Vec::new() });
    let limits = limits(params, held)?;
    let (agreed, mut said) = agree(params, &mut terms)?;
    warnings.append(&mut said);
    let given = |key| params.optional(key).map(|value| value.is_some());
    let [addon, parked, sub] = [given("MAXADDON")?, given("MAXPARK")?, given("MAXSUB")?];
    if !(sold || agreed || given("MAXPOP")? || given("MAX_EMAILACCT_QUOTA")? || addon || parked || sub) {
        // Everything else that cPanel's modifyacct changes would be dropped without a word.
        let why =
            "nothing that this store keeps is to be changed; give MAXPOP or MAX_EMAILACCT_QUOTA, or MAXADDON, MAXPARK or MAXSUB, plan, quota, bwlimit or contactemail"
                .to_owned();
        return Err(match params.first_unknown() {
            Some(param) => Refusal::NotUsed { param, why },
            None => Refusal::NothingToChange(why),
        }
        .into());
    }
    context.store.set_terms(&account.name, limits, &terms)?;
    let [pop, quota] = limit_texts(limits);
    let mut row = vec![("MAXPOP", Field::Text(pop)), ("MAX_EMAILACCT_QUOTA", Field::Text(quota))];
    let domains = limits.domains;
    for (key, given, most) in [
        ("MAXADDON", addon, domains.addon),
        ("MAXPARK", parked, domains.parked),
        ("MAXSUB", sub, domains.sub),
    ] {
        if given {
            row.push((key, Field::Text(limit_text(most))));
        }
    }
    let data = Data::Object(Row(row));
    Ok(Done { data, warnings, ..Done::saying("Account Modified".to_owned()) })
}

fn passwd(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let name = existing_name(params, "user")?;
    let password = context.new_password(params.required("password")?)?;
    context.store.set_account_password(&name, &Secret::Password(password))?;
    let data = Data::Object(Row(vec![("app", Field::Texts(vec!["mail".to_owned()]))]));
    Ok(Done { data, ..Done::saying(format!("Password changed for user “{name}”.")) })
}
