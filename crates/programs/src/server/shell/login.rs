//! The form to log in with, which works without scripts.

use super::super::Service;
use super::super::http::Reply;
use super::page::{Referrer, page};

/// What the form knows of what was entered, and says about it.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::server) struct Entered<'e> {
    /// The user's name; never the password.
    pub(in crate::server) user: &'e str,
    /// Where the browser wanted to go.
    pub(in crate::server) goto: &'e str,
    /// What is said about it.
    pub(in crate::server) said: Said<'e>,
    /// Whether a second factor is asked for.
    pub(in crate::server) needs_code: bool,
}

/// What the form says.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::server) enum Said<'e> {
    /// Nothing.
    #[default]
    Nothing,
    /// What happened.
    Note(&'e str),
    /// Why it was refused.
    Refused(&'e str),
}

/// The form, with what was entered before.
pub(in crate::server) fn form(status: u16, service: Service, entered: Entered<'_>) -> Reply {
    let (name, who) = match service {
        Service::Whm => ("WHM", "Server administrators, resellers and accounts log in here."),
        Service::Cpanel => ("cPanel", "Accounts and mailboxes (by their full address) log in here."),
        Service::Webmail => ("webmail", "Mailboxes log in here, by their full address."),
    };
    let template = include_str!("files/login.html");
    let open = if entered.needs_code { "<details open>" } else { "<details>" };
    let template = template.replace("<details>", open);
    let (role, said) = match entered.said {
        Said::Nothing => ("presentation", ""),
        Said::Note(text) => ("status", text),
        Said::Refused(text) => ("alert", text),
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
