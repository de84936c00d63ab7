//! Functions of cPanel: `/json-api/cpanel` and its XML twin, and `/execute/Module/function`.

use super::call_request::{AnswerForm, CallRequest};
use crate::server::http::{HttpError, Params};
use crate::server::passed_on::{CONTROL, FUNCTION, MODULE, USER, VERSION};
use liveapi_core::api::{Call, Family};

/// The call that the parameters name.
pub(super) fn by_parameters<'r>(
    params: &'r Params<'_>,
    form: AnswerForm,
) -> Result<CallRequest<'r>, HttpError> {
    let named = |names: &[&str]| {
        params.first(names).filter(|name| !name.is_empty()).ok_or_else(|| {
            HttpError::parameters(format!(
                "The request lacks the parameter {}, which says what to call",
                names[0]
            ))
        })
    };
    let family = family(params.first(&VERSION).unwrap_or_default())?;
    let call = Call { family, module: named(&MODULE)?, func: named(&FUNCTION)?, args: function_args(params) };
    Ok(CallRequest { call, user: user(params), form })
}

/// The account that the parameters name.
pub(super) fn user<'r>(params: &'r Params<'_>) -> Option<&'r str> {
    params.first(&USER)
}

/// The family of that version.
pub(super) fn family(version: &str) -> Result<Family, HttpError> {
    // Nothing means API 2, as it always has.
    let version = if version.trim().is_empty() { "2" } else { version.trim() };
    Family::of_version(version).ok_or_else(|| {
        HttpError::parameters("The parameter cpanel_jsonapi_apiversion must be 1, 2 or 3 (UAPI)")
    })
}

/// A function of UAPI by its address.
pub(super) fn execute<'r>(params: &'r Params<'_>, module: &'r str, func: &'r str) -> CallRequest<'r> {
    let call = Call { family: Family::Uapi, module, func, args: function_args(params) };
    CallRequest { call, user: None, form: AnswerForm::Bare }
}

fn function_args<'r>(params: &'r Params<'_>) -> liveapi_core::api::Args<'r> {
    params.for_function(|name| !CONTROL.iter().any(|control| name.starts_with(control)))
}
