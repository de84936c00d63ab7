//! `dopasswdpop.html`: the page of cPanel's old themes that scripts call to change a mailbox's password.

use super::call_request::{AnswerForm, CallRequest};
use crate::server::http::{Params, Reply};
use liveapi_core::api::{Arg, Args, Call, Error, Family, Outcome};
use liveapi_core::base::text::escape_html;

/// The call behind the page.
pub(super) fn change_password<'r>(params: &'r Params<'_>) -> CallRequest<'r> {
    // What the function does not use is told on the page.
    let args = params.for_function(|_| true);
    CallRequest {
        call: Call { family: Family::Api2, module: "Email", func: "passwdpop", args },
        user: None,
        form: AnswerForm::Page,
    }
}

/// A page that says what was done, or why not.
pub(super) fn page(args: &Args<'_>, result: &Result<Outcome, Error>) -> Reply {
    let text = |name: &str| match args.get(name) {
        Some(Arg::Text(text)) => text.to_string(),
        _ => String::new(),
    };
    let (email, domain) = (text("email"), text("domain"));
    let address = if email.contains('@') { email } else { format!("{email}@{domain}") };
    let why = match result {
        Ok(Outcome::Done(_)) => None,
        Ok(Outcome::Answered(answered)) if answered.is_done(Family::Api2) => None,
        Ok(Outcome::Answered(_)) => Some("The server refuses it".to_owned()),
        Ok(Outcome::Refused(refusal, _)) => Some(refusal.to_string()),
        Ok(Outcome::UnknownFunction) => Some("There is no such function".to_owned()),
        Err(error) => Some(error.to_string()),
    };
    let sentence = match why {
        None => format!("The password of {address} was successfully changed."),
        Some(why) => format!("The password of {address} was not changed. Error: {why}"),
    };
    let warnings = match result {
        Ok(Outcome::Done(done)) => done.warnings.as_slice(),
        _ => &[],
    };
    let told: String = warnings.iter().map(|warning| format!("<p>{}</p>\n", escape_html(warning))).collect();
    let page =
        format!("<!DOCTYPE html>\n<title>Change password</title>\n<p>{}</p>\n{told}", escape_html(&sentence));
    Reply::text(200, "text/html; charset=\"utf-8\"", page)
}
