//! In whose line a request waits for its turn.

use super::security_token::is_security_token;
use crate::server::auth::{Claim, Credentials};
use crate::server::dispatch::{Dispatcher, is_small, line_of_account};
use crate::server::http::Request;
use crate::server::origin::{Origin, network};

/// The parameters that name the account that a call is for.
const FOR: [&str; 4] = ["cpanel_jsonapi_user", "cpanel_xmlapi_user", "cpanel.user", "user"];

/// The name of the line: an account's, a WHM user's, or that of the address where nobody is known.
pub(crate) fn line(dispatcher: &Dispatcher, request: &Request, origin: Origin) -> String {
    let path = request.path().unwrap_or_default();
    let cookie = request.cookie();
    let credentials = Credentials {
        service: origin.service,
        peer: origin.peer,
        authorization: request.field("authorization").unwrap_or_default(),
        code: None,
        cookie: Some(cookie.as_str()).filter(|cookie| !cookie.is_empty()),
        security_token: path.first().map(String::as_str).filter(|part| is_security_token(part)),
    };
    match dispatcher.gate.claim(&credentials) {
        Claim::Account(account) => line_of_account(&account),
        Claim::Reseller(user) => format!("reseller {user}"),
        // Whoever serves all accounts has a line for each.
        Claim::Root(user) => format!("whm {user} for {}", named(request)),
        Claim::Nobody => format!("address {}", network(origin.peer)),
    }
}

/// The account that a call is for, where that is quickly known.
fn named(request: &Request) -> String {
    if !is_small(request.size()) {
        return String::new();
    }
    request.params().map(|params| params.first(&FOR).unwrap_or_default().to_owned()).unwrap_or_default()
}
