//! The oldest form of a call: one parameter `xmlin` with a document that names module, function and arguments.

use super::call_request::{AnswerForm, CallRequest};
use super::cpanel;
use crate::server::http::{HttpError, Params};
use liveapi_core::api::{Args, Call, XmlAction};

/// The document of a request, if it has one.
pub(super) fn document(params: &Params<'_>) -> Result<Option<XmlAction>, HttpError> {
    let wrong = |why: &str| HttpError::parameters(format!("The document in the parameter xmlin {why}"));
    let read = |text: &str| match XmlAction::read(text) {
        Ok(action) if action.func.is_empty() => Err(wrong("names no function (func)")),
        read => read.map_err(wrong),
    };
    params.get("xmlin").filter(|text| !text.trim().is_empty()).map(read).transpose()
}

/// The call. `user` stands beside the document.
pub(super) fn call_request<'r>(
    action: &'r XmlAction,
    user: Option<&'r str>,
    form: AnswerForm,
) -> Result<CallRequest<'r>, HttpError> {
    let mut args = Args::default();
    for (name, value) in &action.named {
        args.push_text(name.as_str(), value.as_str());
    }
    for (index, value) in action.placed.iter().enumerate() {
        args.push_positional(index, value.as_str());
    }
    let family = cpanel::family(&action.version)?;
    Ok(CallRequest { call: Call { family, module: &action.module, func: &action.func, args }, user, form })
}
