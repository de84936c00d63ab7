//! What an address means.

use super::call_request::{AnswerForm, CallRequest};
use super::page::ShellPage;
use super::xmlin;
use super::{cpanel, legacy, whm};
use crate::server::http::{HttpError, Params};
use crate::server::openapi;
use crate::server::origin::ServiceKind;
use crate::server::shell::file;
use liveapi_core::api::XmlAction;

/// What the address of a request leads to.
pub(super) enum Target<'p> {
    Login,
    Logout,
    Call(Callee<'p>),
    /// A file of the pages: its version and name.
    File(&'p str, &'p str),
    /// The document that says what is at all addresses.
    Description,
    /// A page for a browser.
    Page(ShellPage),
}

/// What an address says of the function that is called.
pub(super) enum Callee<'p> {
    /// Functions of cPanel, under the names that their parameters give.
    Cpanel(AnswerForm),
    Whm(&'p str, AnswerForm),
    Execute(&'p str, &'p str),
    /// The page that old scripts call.
    ChangePassword,
}

impl<'p> Target<'p> {
    pub(super) fn of(parts: &[&'p str], service: ServiceKind) -> Result<Self, HttpError> {
        Ok(match parts {
            ["login", ..] => Self::Login,
            [file::FOLDER, version, name] => Self::File(version, name),
            ["logout", ..] => Self::Logout,
            [openapi::NAME] => Self::Description,
            ["json-api", "cpanel"] => Self::Call(Callee::Cpanel(AnswerForm::Json)),
            ["xml-api", "cpanel"] => Self::Call(Callee::Cpanel(AnswerForm::Xml)),
            ["json-api" | "xml-api", function] if service != ServiceKind::Whm => {
                return Err(HttpError::nothing_there(format!(
                    "The function “{}” of WHM is not on this port; WHM's are 2087 and 2086",
                    function.escape_debug()
                )));
            }
            ["json-api", function] => Self::Call(Callee::Whm(function, AnswerForm::Json)),
            ["xml-api", function] => Self::Call(Callee::Whm(function, AnswerForm::Xml)),
            ["execute", module, function] => Self::Call(Callee::Execute(module, function)),
            ["frontend", _, "mail", "dopasswdpop.html"] => Self::Call(Callee::ChangePassword),
            _ => {
                return Err(HttpError::nothing_there(
                    "Nothing is at this address. There are /json-api/cpanel, /json-api/FUNCTION (WHM), /execute/MODULE/FUNCTION (UAPI), /xml-api/…, /openapi.json, /login and /logout",
                ));
            }
        })
    }
}

impl<'p> Callee<'p> {
    /// The call that the parameters complete. `document`: the one of the parameter `xmlin`, if there is one.
    pub(super) fn request<'r>(
        self,
        params: &'r Params<'_>,
        document: &'r Result<Option<XmlAction>, HttpError>,
    ) -> Result<CallRequest<'r>, HttpError>
    where
        'p: 'r,
    {
        match self {
            Self::Cpanel(form) => match document {
                Ok(Some(document)) => xmlin::call_request(document, cpanel::user(params), form),
                Ok(None) => cpanel::by_parameters(params, form),
                Err(bad) => Err(bad.clone()),
            },
            Self::Execute(module, func) => Ok(cpanel::execute(params, module, func)),
            Self::Whm(func, form) => whm::function(params, func, form),
            Self::ChangePassword => Ok(legacy::change_password(params)),
        }
    }
}
