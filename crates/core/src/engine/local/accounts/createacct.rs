//! Creating an account: WHM `createacct`.

use crate::api::Params;
use crate::api::catalogue::{Answer, Function, Param, ParamKind, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Row};
use crate::engine::local::accounts::common::{
    MAX_QUOTA, MAXADDON, MAXPARK, MAXPOP, MAXSUB, USERNAME, limits,
};
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;
use crate::store::{AccountName, Domain, Limits, NewAccount, Secret};

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
            MAXPOP,
            MAX_QUOTA,
            MAXADDON,
            MAXPARK,
            MAXSUB,
        ],
        returns: &[
            Return::new("user", "the account"),
            Return::new("domain", "its main domain"),
            Return::new("homedir", "its home directory"),
            Return::new("uid", "the system user that owns its files"),
        ],
        uapi: None,
    },
    handler: create,
};

fn create(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let name = AccountName::for_new_account(params.required("username")?)?;
    let domain = Domain::parse(params.required("domain")?)?;
    let password = params.optional("password")?.map(|text| context.new_password(text)).transpose()?;
    let limits = limits(params, Limits::NONE)?;
    let new = NewAccount { name, domain, limits, secret: password.map(Secret::Password) };
    let account = context.store.create_account(&new)?;
    let data = Data::Object(Row(vec![
        ("user", Field::Text(account.name.to_string())),
        ("domain", Field::Text(account.domain.to_string())),
        ("homedir", Field::Text(account.home)),
        ("uid", Field::Int(account.uid.into())),
    ]));
    Ok(Done { data, ..Done::saying("Account Creation Ok".to_owned()) })
}
