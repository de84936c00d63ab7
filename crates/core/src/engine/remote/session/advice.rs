//! What to do where a server does not let somebody in, by the login that was tried.

use crate::engine::config::{Login, Server, Service};

/// Servers lock out whoever repeats a wrong login.
pub(crate) const NEVER_AGAIN: &str =
    "The call is not tried again, because servers lock out clients that repeat a refused login";

/// What was shown to the server, in words.
pub(crate) fn secret(login: Login) -> &'static str {
    match login {
        Login::Token => "the token",
        Login::Hash => "the access hash",
        Login::Basic | Login::Session => "the password",
    }
}

/// What the secret of a login must be, so that this server accepts it.
pub(crate) fn credentials(server: &Server, login: Login) -> String {
    let user = &server.login;
    match (login, server.service) {
        (Login::Token, Service::Whm) => format!(
            "The token must be one of WHM (WHM, Manage API Tokens, as {user}), not expired, and with the privilege for this call."
        ),
        (Login::Token, Service::Cpanel) => format!(
            "The token must be one of cPanel (cPanel, Manage API Tokens, as {user}), not one of WHM, and not expired."
        ),
        (Login::Hash, _) => format!(
            "The access hash must be that of {user}, and the server must still accept access hashes; newer ones want an API token of WHM (login=token)."
        ),
        (Login::Basic | Login::Session, _) => format!(
            "The password must be that of {user}, whom the server must allow to log in; with two-factor login it wants a code besides (totp_secret or otp). An API token (login=token) needs neither."
        ),
    }
}

/// How to answer a demand for a code.
pub(crate) fn second_factor(server: &Server, login: Login) -> String {
    match login {
        Login::Token | Login::Hash => {
            format!("give an API token instead of a password. {}", credentials(server, login))
        }
        Login::Basic | Login::Session => format!(
            "give the setting totp_secret with what the second factor was set up with, or otp with the present code, and allow API requests in WHM's Security Policy Extensions; or give an API token (login=token), which needs no code. A code that was given was not accepted: is the clock of this machine right? {NEVER_AGAIN}"
        ),
    }
}
