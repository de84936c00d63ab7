//! Changing a mailbox's password: API 2 `passwdpop`, UAPI `passwd_pop`, API 1 `passwdpop`.

use crate::api::Params;
use crate::api::catalogue::{Answer, DONE, Equivalent, Function, Param, ParamKind, Payload};
use crate::api::{Data, Done, Family, NotDone};
use crate::engine::local::context::Context;
use crate::engine::local::email::common::{
    DOMAIN, EMAIL, MODULE, NOTHING, PASSWORD, REASON, RESULT, UAPI_DOMAIN, api2_success, existing_address,
};
use crate::engine::local::entry::CatalogueEntry;
use crate::store::{Account, Address, Changed, Quota};

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
    handler: |context, params| change(context, params).map(|_| api2_success()),
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
    handler: |context, params| {
        let (_, address, changed) = change(context, params)?;
        Ok(Done { warnings: warnings(&address, changed), ..Done::default() })
    },
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

fn change(context: &Context<'_>, params: &Params<'_>) -> Result<(Account, Address, Changed), NotDone> {
    let account = context.account()?;
    let address = existing_address(params, &account)?;
    let password = context.new_password(params.required("password")?)?;
    let changed = context.store.set_password(&account, &address, &password)?;
    Ok((account, address, changed))
}

fn api1(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    // Read before the password is changed, so that a bad quota changes nothing.
    let quota = params.optional("quota")?.map(Quota::from_mebibytes).transpose()?;
    if let Some(quota) = quota {
        context.account()?.limits.check_quota(quota)?;
    }
    let (account, address, _) = change(context, params)?;
    if let Some(quota) = quota {
        let done = context.store.set_quota(&account, &address, quota);
        done.map_err(|e| e.after(&format!("The password of “{address}” is changed, but not all")))?;
    }
    Ok(Done::with(Data::Text(String::new())))
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
