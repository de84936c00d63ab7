//! The oldest form of a call: one parameter `xmlin` with a document that names module, function and arguments.

use super::super::http::{Bad, Params};
use super::{Asked, Form};
use liveapi_core::api::{Args, Call, XmlAction};

/// The document of a request, if it has one.
pub(super) fn document(params: &Params<'_>) -> Result<Option<XmlAction>, Bad> {
    let wrong = |why: &str| Bad::parameters(format!("The document in the parameter xmlin {why}"));
    let read = |text: &str| match XmlAction::read(text) {
        Ok(action) if action.func.is_empty() => Err(wrong("names no function (func)")),
        read => read.map_err(wrong),
    };
    params.get("xmlin").filter(|text| !text.trim().is_empty()).map(read).transpose()
}

/// The call. `user` stands beside the document.
pub(super) fn asked<'r>(action: &'r XmlAction, user: Option<&'r str>, form: Form) -> Result<Asked<'r>, Bad> {
    let mut args = Args::default();
    for (name, value) in &action.named {
        args.push_text(name.as_str(), value.as_str());
    }
    for (index, value) in action.placed.iter().enumerate() {
        args.push_positional(index, value.as_str());
    }
    let family = super::cpanel::family(&action.version)?;
    Ok(Asked { call: Call { family, module: &action.module, func: &action.func, args }, user, form })
}
