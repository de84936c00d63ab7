//! Creating a mailbox: API 2 `addpop`, UAPI `add_pop`, API 1 `addpop`.

use crate::api::Params;
use crate::api::catalogue::{Answer, DONE, Equivalent, Function, Param, ParamKind, Payload, Return};
use crate::api::{Data, Done, Family, NotDone, Refusal};
use crate::engine::local::context::Context;
use crate::engine::local::email::common::{
    DOMAIN, EMAIL, MODULE, PASSWORD, REASON, RESULT, UAPI_DOMAIN, api2_success, new_address,
};
use crate::engine::local::entry::CatalogueEntry;
use crate::engine::local::prepared_change::PreparedChange;
use crate::store::{Address, Change, Changed, Quota, Secret};

const SUMMARY: &str = "creates a mailbox";
const QUOTA: Param = Param::optional(
    "quota",
    ParamKind::Mebibytes,
    "the limit in MB; 0 or unlimited for none; default: that of the configuration",
);

const WELCOME: Param =
    Param::optional("send_welcome_email", ParamKind::Flag, "without effect: this store sends no mail");

pub(super) const API2: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "addpop",
        summary: SUMMARY,
        answer: Answer::Single,
        params: &[DOMAIN, EMAIL, PASSWORD, QUOTA, WELCOME],
        returns: &[REASON, RESULT],
        uapi: Some(Equivalent::new("add_pop", Payload::Success(DONE))),
    },
    handler: |context, params| api2(context, params)?.make(context),
};

pub(super) const UAPI: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "add_pop",
        summary: SUMMARY,
        answer: Answer::Single,
        params: &[
            EMAIL,
            Param::optional(
                "password",
                ParamKind::Secret,
                "the password; required unless password_hash is given",
            ),
            UAPI_DOMAIN,
            QUOTA,
            Param::optional("password_hash", ParamKind::Secret, "a crypt(3) hash instead of a password"),
            WELCOME,
            Param::optional(
                "skip_update_db",
                ParamKind::Flag,
                "accepted and without effect: there is no database",
            ),
        ],
        returns: &[Return::new("data", "the mailbox as user+domain")],
        uapi: None,
    },
    handler: |context, params| uapi(context, params)?.make(context),
};

pub(super) const API1: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api1,
        module: MODULE,
        func: "addpop",
        summary: SUMMARY,
        answer: Answer::Single,
        params: &[EMAIL, PASSWORD, QUOTA, UAPI_DOMAIN],
        returns: &[Return::new("result", "the address, printed")],
        uapi: Some(Equivalent::printed("add_pop")),
    },
    handler: |context, params| api1(context, params)?.make(context),
};

/// API 2's, up to the change.
pub(super) fn api2<'p>(context: &Context<'_>, params: &Params<'p>) -> Result<PreparedChange<'p>, NotDone> {
    prepare(context, params, password(context, params)?, |_, _| api2_success())
}

/// API 1's, up to the change.
pub(super) fn api1<'p>(context: &Context<'_>, params: &Params<'p>) -> Result<PreparedChange<'p>, NotDone> {
    let printed = |address: &Address, _| Done::with(Data::Text(address.to_string()));
    prepare(context, params, password(context, params)?, printed)
}

/// UAPI's, up to the change.
pub(super) fn uapi<'p>(context: &Context<'_>, params: &Params<'p>) -> Result<PreparedChange<'p>, NotDone> {
    let secret = match params.optional("password_hash")? {
        None => password(context, params)?,
        Some(_) if params.optional("password")?.is_some() => {
            let why = "a password is given as well; give one of them".to_owned();
            return Err(Refusal::BadValue { param: "password_hash", why }.into());
        }
        Some(hash) => Secret::from_hash(hash)?,
    };
    let mut warnings = Vec::new();
    if params.flag("send_welcome_email")? {
        warnings.push("No welcome was sent: this store sends no mail.".to_owned());
    }
    prepare(context, params, secret, |address, _| {
        // Documented with a plus sign: cPanel's older form of a login name.
        let data = Data::Text(format!("{}+{}", address.local, address.domain));
        Done { data, warnings, ..Done::default() }
    })
}

fn password<'p>(context: &Context<'_>, params: &Params<'p>) -> Result<Secret<'p>, NotDone> {
    Ok(Secret::Password(context.new_password(params.required("password")?)?))
}

fn prepare<'p>(
    context: &Context<'_>,
    params: &Params<'p>,
    secret: Secret<'p>,
    answer: impl FnOnce(&Address, Changed) -> Done + 'p,
) -> Result<PreparedChange<'p>, NotDone> {
    let account = context.account()?;
    let address = new_address(params, &account)?;
    let quota = match params.optional("quota")?.map(Quota::from_mebibytes).transpose()? {
        Some(quota) => account.limits.check_quota(quota).map(|()| quota)?,
        None => account.limits.fitting(context.default_quota),
    };
    Ok(PreparedChange::new(account, address, Change::Create { secret, quota }, answer))
}
