//! The form to log in with, which works without scripts.

use super::page::{Referrer, page};
use crate::server::http::Reply;
use crate::server::origin::ServiceKind;

/// What the form knows of what was entered, and says about it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LoginForm<'e> {
    /// The user's name; never the password.
    pub(crate) user: &'e str,
    /// Where the browser wanted to go.
    pub(crate) goto: &'e str,
    /// What is said about it.
    pub(crate) notice: Notice<'e>,
    /// Whether a second factor is asked for.
    pub(crate) needs_code: bool,
}

/// A sentence above the form, and how much it matters.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Notice<'e> {
    #[default]
    Nothing,
    Note(&'e str),
    Refused(&'e str),
}

/// The form, with what was entered before.
pub(crate) fn form(status: u16, service: ServiceKind, entered: LoginForm<'_>) -> Reply {
    let (name, who) = match service {
        ServiceKind::Whm => ("WHM", "Server administrators, resellers and accounts log in here."),
        ServiceKind::Cpanel => ("cPanel", "Accounts and mailboxes (by their full address) log in here."),
        ServiceKind::Webmail => ("webmail", "Mailboxes log in here, by their full address."),
    };
    let template = include_str!("files/login.html");
    let open = if entered.needs_code { "<details open>" } else { "<details>" };
    let template = template.replace("<details>", open);
    let (role, said) = match entered.notice {
        Notice::Nothing => ("presentation", ""),
        Notice::Note(text) => ("status", text),
        Notice::Refused(text) => ("alert", text),
    };
    let texts = [
        ("SERVICE", name),
        ("WHO", who),
        ("ROLE", role),
        ("GOTO", entered.goto),
        // These last: what they hold is nobody's template.
        ("SAID", said),
        ("USER", entered.user),
    ];
    page(status, Referrer::Own, &template, &texts)
}
