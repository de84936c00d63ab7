//! Changing a mailbox's password: API 2 `passwdpop`, UAPI `passwd_pop`, API 1 `passwdpop`.

use crate::api::Params;
use crate::api::catalogue::{Answer, DONE, Equivalent, Function, Param, ParamKind, Payload};
use crate::api::{Data, Done, Family, NotDone};
use crate::engine::local::context::Context;
use crate::engine::local::email::common::{
    DOMAIN, EMAIL, MODULE, NOTHING, PASSWORD, REASON, RESULT, UAPI_DOMAIN, api2_success, existing_address,
};
use crate::engine::local::entry::CatalogueEntry;
use crate::engine::local::prepared_change::PreparedChange;
use crate::store::{Address, Change, Changed, MailboxChange, Quota, Secret};

const SUMMARY: &str = "changes the password of a mailbox";

pub(super) const API2: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "passwdpop",
        summary: SUMMARY,
        answer: Answer::Single,
        params: &[DOMAIN, EMAIL, PASSWORD],
        returns: &[REASON, RESULT],
        uapi: Some(Equivalent::new("passwd_pop", Payload::Success(DONE))),
    },
    handler: |context, params| api2(context, params)?.make(context),
};

pub(super) const UAPI: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "passwd_pop",
        summary: SUMMARY,
        answer: Answer::Single,
        params: &[EMAIL, PASSWORD, UAPI_DOMAIN],
        returns: &[NOTHING],
        uapi: None,
    },
    handler: |context, params| uapi(context, params)?.make(context),
};

pub(super) const API1: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api1,
        module: MODULE,
        func: "passwdpop",
        summary: "changes the password of a mailbox, and its quota if one is given",
        answer: Answer::Single,
        params: &[
            EMAIL,
            PASSWORD,
            Param::optional("quota", ParamKind::Mebibytes, "the new quota"),
            UAPI_DOMAIN,
        ],
        returns: &[],
        uapi: Some(Equivalent::printed("passwd_pop")),
    },
    handler: api1,
};

/// API 2's, up to the change.
pub(super) fn api2<'p>(context: &Context<'_>, params: &Params<'p>) -> Result<PreparedChange<'p>, NotDone> {
    prepare(context, params, |_, _| api2_success())
}

/// UAPI's, up to the change.
pub(super) fn uapi<'p>(context: &Context<'_>, params: &Params<'p>) -> Result<PreparedChange<'p>, NotDone> {
    prepare(context, params, |address, changed| Done {
        warnings: warnings(address, changed),
        ..Done::default()
    })
}

fn prepare<'p>(
    context: &Context<'_>,
    params: &Params<'p>,
    answer: fn(&Address, Changed) -> Done,
) -> Result<PreparedChange<'p>, NotDone> {
    let account = context.account()?;
    let address = existing_address(params, &account)?;
    let password = context.new_password(params.required("password")?)?;
    Ok(PreparedChange::new(account, address, Change::SetPassword(Secret::Password(password)), answer))
}

/// Two changes, of which the second is made only after the first; so it is one of a group with neither.
fn api1(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    // Read before the password is changed, so that a bad quota changes nothing.
    let quota = params.optional("quota")?.map(Quota::from_mebibytes).transpose()?;
    if let Some(quota) = quota {
        context.account()?.limits.check_quota(quota)?;
    }
    let prepared = prepare(context, params, |_, _| Done::with(Data::Text(String::new())))?;
    let MailboxChange { account, address, .. } = prepared.change();
    let (account, address) = (account.clone(), address.clone());
    let done = prepared.make(context)?;
    if let Some(quota) = quota {
        let change = MailboxChange { account: &account, address: &address, what: Change::SetQuota(quota) };
        context
            .store
            .change_mailbox(change)
            .map_err(|e| e.after(&format!("The password of “{address}” is changed, but not all")))?;
    }
    Ok(done)
}

/// What the owner should know although the password is changed.
fn warnings(address: &Address, changed: Changed) -> Vec<String> {
    let mut warnings = Vec::new();
    if changed.still_suspended {
        warnings.push(format!("The login of “{address}” is suspended and stays so; the new password counts once it is unsuspended."));
    }
    if changed.duplicates {
        warnings.push(format!(
            "The password file names “{}” more than once; the first line counts and was changed.",
            address.local
        ));
    }
    warnings
}
