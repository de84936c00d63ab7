//! Checking a mailbox's password: UAPI `verify_password`.

use crate::api::Params;
use crate::api::catalogue::{Answer, Function, Return};
use crate::api::{Data, Done, Family, NotDone};
use crate::engine::local::context::Context;
use crate::engine::local::email::common::{EMAIL, MODULE, PASSWORD, UAPI_DOMAIN, existing_address};
use crate::engine::local::entry::CatalogueEntry;
use crate::store::Password;

pub(super) const UAPI: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "verify_password",
        summary: "tells whether a password opens a mailbox",
        answer: Answer::Single,
        params: &[EMAIL, PASSWORD, UAPI_DOMAIN],
        returns: &[Return::new("data", "1 if it does, else 0; status is 1 in both cases")],
        uapi: None,
    },
    handler: verify,
};

fn verify(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let account = context.account()?;
    let address = existing_address(params, &account)?;
    let opens = match Password::to_be_checked(params.required("password")?) {
        Some(password) => context.store.verify_password(&account, &address, &password)?,
        None => false,
    };
    Ok(Done::with(Data::Int(i64::from(opens))))
}
