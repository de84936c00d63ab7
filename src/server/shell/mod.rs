//! Pages for browsers: the form to log in, and a short page behind it.
//!
//! Plain HTML, CSS and JavaScript in `files/`, part of the program; nothing is loaded from elsewhere, and nothing has
//! to be built.

pub(super) mod file;
pub(super) mod login;
mod page;

use super::Service;
use super::http::Reply;
use page::Referrer;

/// The page of somebody who is logged in. `token` is the security token of its session, `/cpsess##########`.
pub(super) fn home(service: Service, user: &str, token: &str) -> Reply {
    let template = include_str!("files/landing.html");
    let purpose = match service {
        Service::Cpanel => {
            "This port answers programs for an account: functions of API 1 and API 2 at /json-api/cpanel, and of UAPI at /execute/MODULE/FUNCTION."
        }
        Service::Whm => {
            "This port answers programs that administer servers: functions of WHM at /json-api/FUNCTION, and functions of cPanel for an account at /json-api/cpanel."
        }
        Service::Webmail => {
            "This port answers programs for a mailbox: it may change its own password (Email::passwdpop at /json-api/cpanel, Email::passwd_pop at /execute/Email/passwd_pop) and ask for its own quota and disk use. It has no mail to read; that is in your mail program."
        }
    };
    page::page(200, Referrer::None, template, &[("USER", user), ("TOKEN", token), ("PURPOSE", purpose)])
}
