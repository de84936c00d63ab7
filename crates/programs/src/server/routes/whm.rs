//! Functions of WHM: `/json-api/FUNCTION` in the shapes of API 0 and API 1, and UAPI through `uapi_cpanel`.

use super::call_request::{AnswerForm, CallRequest};
use crate::server::http::{HttpError, Params};
use liveapi_core::api::{Call, Family};

/// The call of a function of WHM.
pub(super) fn function<'r>(
    params: &'r Params<'_>,
    func: &'r str,
    form: AnswerForm,
) -> Result<CallRequest<'r>, HttpError> {
    if func == "uapi_cpanel" {
        return uapi(params, form);
    }
    let family = match params.get("api.version").unwrap_or("0").trim() {
        // Nothing means API 0, as it always has.
        "0" | "" => Family::Whm0,
        // There is no later one, so whoever asks for that gets the last.
        version if version.parse().is_ok_and(|version: u32| version >= 1) => Family::Whm,
        _ => return Err(HttpError::parameters("The parameter api.version must be a whole number")),
    };
    let args = params.for_function(|name| name != "api.version");
    Ok(CallRequest { call: Call { family, module: "", func, args }, user: None, form })
}

/// A function of UAPI for an account.
fn uapi<'r>(params: &'r Params<'_>, form: AnswerForm) -> Result<CallRequest<'r>, HttpError> {
    let named = |name: &str| {
        params.get(name).filter(|text| !text.is_empty()).ok_or_else(|| {
            HttpError::parameters(format!("The request lacks the parameter {name}, which says what to call"))
        })
    };
    let args = params.for_function(|name| name != "api.version" && !name.starts_with("cpanel."));
    let (module, func) = (named("cpanel.module")?, named("cpanel.function")?);
    let form = if form == AnswerForm::Json { AnswerForm::InWhm } else { form };
    Ok(CallRequest {
        call: Call { family: Family::Uapi, module, func, args },
        user: Some(named("cpanel.user")?),
        form,
    })
}
