//! Creating a mailbox: API 2 `addpop`, UAPI `add_pop`, API 1 `addpop`.

use crate::api::Params;
use crate::api::catalogue::{Answer, DONE, Equivalent, Function, Param, ParamKind, Payload, Return};
use crate::api::{Data, Done, Family, NotDone, Refusal};
use crate::engine::local::context::Context;
use crate::engine::local::email::common::{
    DOMAIN, EMAIL, MODULE, PASSWORD, REASON, RESULT, UAPI_DOMAIN, api2_success, new_address,
};
use crate::engine::local::entry::CatalogueEntry;
use crate::store::{Address, Quota, Secret};

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
    handler: |context, params| create(context, params).map(|_| api2_success()),
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
    handler: |context, params| {
        let address = match params.optional("password_hash")? {
            None => create(context, params)?,
            Some(_) if params.optional("password")?.is_some() => {
                let why = "a password is given as well; give one of them".to_owned();
                return Err(Refusal::BadValue { param: "password_hash", why }.into());
            }
            Some(hash) => create_with(context, params, &Secret::from_hash(hash)?)?,
        };
        // Documented with a plus sign: cPanel's older form of a login name.
        let data = Data::Text(format!("{}+{}", address.local, address.domain));
        let mut warnings = Vec::new();
        if params.flag("send_welcome_email")? {
            warnings.push("No welcome was sent: this store sends no mail.".to_owned());
        }
        Ok(Done { data, warnings, ..Done::default() })
    },
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
    handler: |context, params| {
        create(context, params).map(|address| Done::with(Data::Text(address.to_string())))
    },
};

fn create(context: &Context<'_>, params: &Params<'_>) -> Result<Address, NotDone> {
    let password = context.new_password(params.required("password")?)?;
    create_with(context, params, &Secret::Password(password))
}

fn create_with(context: &Context<'_>, params: &Params<'_>, secret: &Secret<'_>) -> Result<Address, NotDone> {
    let account = context.account()?;
    let address = new_address(params, &account)?;
    let quota = match params.optional("quota")?.map(Quota::from_mebibytes).transpose()? {
        Some(quota) => account.limits.check_quota(quota).map(|()| quota)?,
        None => account.limits.fitting(context.default_quota),
    };
    context.store.create_mailbox(&account, &address, secret, quota)?;
    Ok(address)
}
