//! Creating an account: WHM API 1 `createacct`.

use super::{Context, Entry, Params, USERNAME};
use crate::api::catalogue::{Function, Kind, Param, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Refusal, Row};
use crate::store::{AccountName, Domain};

pub(super) const WHM: Entry = Entry {
    function: Function {
        family: Family::Whm,
        module: "",
        func: "createacct",
        summary: "creates an account with its main domain",
        list: false,
        params: &[
            USERNAME,
            Param::required("domain", Kind::Text, "its main domain"),
            Param::optional("password", Kind::Secret, "refused: accounts of this store have no password"),
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
    if params.optional("password")?.is_some() {
        // Dropping it silently would let somebody believe that it can be used.
        let why = "accounts of this store have no password, only mailboxes have; leave it out".to_owned();
        return Err(Refusal::BadValue { param: "password", why }.into());
    }
    let name = AccountName::for_new_account(params.required("username")?)?;
    let domain = Domain::parse(params.required("domain")?)?;
    let account = context.store.create_account(&name, &domain)?;
    Ok(Done::with(Data::Object(Row(vec![
        ("user", Field::Text(account.name.to_string())),
        ("domain", Field::Text(account.domain.to_string())),
        ("homedir", Field::Text(account.home)),
        ("uid", Field::Int(account.uid.into())),
    ]))))
}
