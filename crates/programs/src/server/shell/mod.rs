//! Pages for browsers: the form to log in, the API Shell on cPanel's port, and a short page on the others.
//!
//! Plain HTML, CSS and JavaScript in `files/`, part of the program; nothing is loaded from elsewhere, and nothing has
//! to be built. What a page shows of functions is the catalogue's, so it knows what dispatch knows.

mod catalogue;
pub(super) mod file;
pub(super) mod login;
mod page;

use crate::server::http::Reply;
use crate::server::origin::ServiceKind;
use page::Referrer;

/// The page of somebody who is logged in. `token` is the security token of its session, `/cpsess##########`.
pub(super) fn home(service: ServiceKind, user: &str, token: &str) -> Reply {
    let landing = include_str!("files/landing.html");
    let (template, purpose) = match service {
        ServiceKind::Cpanel => (include_str!("files/shell.html"), ""),
        ServiceKind::Whm => (
            landing,
            "This port answers programs that administer servers: functions of WHM at /json-api/FUNCTION, and functions of cPanel for an account at /json-api/cpanel. The API Shell, to try functions by hand, is on cPanel's port, for accounts.",
        ),
        ServiceKind::Webmail => (
            landing,
            "This port answers programs for a mailbox: it may change its own password (Email::passwdpop at /json-api/cpanel, Email::passwd_pop at /execute/Email/passwd_pop) and ask for its own quota and disk use. It has no mail to read; that is in your mail program.",
        ),
    };
    page::page(200, Referrer::None, template, &[("USER", user), ("TOKEN", token), ("PURPOSE", purpose)])
}
