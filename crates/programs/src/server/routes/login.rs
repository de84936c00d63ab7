//! `/login` and `/logout`, and what is said to who may not in.

use super::security_token::is_security_token;
use super::visitor::Visitor;
use crate::server::auth::{Credentials, Denied, Session, cookie_name};
use crate::server::context::Context;
use crate::server::dispatch::Dispatcher;
use crate::server::http::{Params, Reply};
use crate::server::origin::{Origin, ServiceKind};
use crate::server::shell::login::{LoginForm, Notice, form};
use liveapi_core::api::Call;

const HTML: &str = "text/html; charset=\"utf-8\"";

/// What somebody who was sent here by another site's page is told.
const LURED: &str =
    "A page of another site sent you here to log in. If you want that, enter your password on this page";

/// Logs in. With `login_only=1` the answer is JSON, else it sends a browser on; one that fails gets the form again.
pub(super) fn log_in(
    dispatcher: &Dispatcher,
    params: &Params<'_>,
    security_token: Option<&str>,
    visitor: Visitor,
    origin: Origin,
) -> Reply {
    if visitor.wants_page()
        && params.get("user").is_none()
        && params.get("login_only").is_none()
        && params.get("session").is_none()
    {
        return ask(200, Notice::Nothing, params.get("goto_uri").unwrap_or_default(), origin);
    }
    if let Some(secret) = params.get("session").filter(|_| params.get("user").is_none()) {
        return follow_link(dispatcher, secret, security_token, visitor, origin);
    }
    let text = |name: &str| params.get(name).unwrap_or_default();
    let code = Some(text("tfa_token")).filter(|code| !code.is_empty());
    let opened = if visitor.is_lured() {
        Err(Denied::foreign())
    } else {
        dispatcher.gate.log_in(origin.service, origin.peer, text("user"), text("pass"), code)
    };
    let session = match opened {
        Ok(session) => session,
        Err(refused) if visitor.wants_page() && text("login_only") != "1" => {
            let why = if visitor.is_lured() { LURED } else { &refused.why };
            let goto = destination(params.get("goto_uri"));
            let notice = Notice::Refused(why);
            let entered =
                LoginForm { user: text("user"), goto: &goto, notice, needs_code: refused.needs_code };
            let page = form(refused.status(), origin.service, entered);
            return counted(&dispatcher.context, origin, &refused, page).without("WWW-Authenticate");
        }
        Err(refused) => return refusal(&dispatcher.context, origin, &refused),
    };
    let token = &session.security_token;
    let place = format!("{token}/{}", destination(params.get("goto_uri")));
    let reply = if params.get("login_only") == Some("1") {
        let answer = serde_json::json!({"status": 1, "security_token": token, "redirect": place});
        Reply::json(200, answer.to_string().into_bytes())
    } else {
        Reply::text(301, HTML, "<!DOCTYPE html>\n<title>Logged in</title>\n".to_owned())
    };
    reply.with("Location", place).with("Set-Cookie", cookie(&session, origin))
}

/// Logs in by a link that `create_user_session` made. Whoever has the link comes from another site's page: a portal's.
/// The browser is sent on at once, so that the address with the secret stays in no history, and it tells no site
/// where it came from.
fn follow_link(
    dispatcher: &Dispatcher,
    secret: &str,
    security_token: Option<&str>,
    visitor: Visitor,
    origin: Origin,
) -> Reply {
    match dispatcher.gate.follow_link(origin.service, origin.peer, secret, security_token) {
        Ok(session) => {
            let webmail = dispatcher.context.settings().webmail_url.clone();
            let own = || format!("{}/", session.security_token);
            let place = webmail.filter(|_| origin.service == ServiceKind::Webmail).unwrap_or_else(own);
            Reply::text(303, HTML, "<!DOCTYPE html>\n<title>Logged in</title>\n".to_owned())
                .with("Location", place)
                .with("Set-Cookie", cookie(&session, origin))
                .with("Referrer-Policy", "no-referrer")
        }
        Err(refused) if visitor.wants_page() => {
            let entered = LoginForm { notice: Notice::Refused(&refused.why), ..LoginForm::default() };
            let page = form(refused.status(), origin.service, entered);
            counted(&dispatcher.context, origin, &refused, page).without("WWW-Authenticate")
        }
        Err(refused) => refusal(&dispatcher.context, origin, &refused),
    }
}

/// The cookie of a session that was opened.
fn cookie(session: &Session, origin: Origin) -> String {
    format!("{}={}; HttpOnly; path=/{}; SameSite=Lax", session.cookie, session.value, secure(origin))
}

/// The form for a browser that has no session, and where it wanted to go.
pub(super) fn ask(status: u16, notice: Notice<'_>, goto: &str, origin: Origin) -> Reply {
    let goto = destination(Some(goto));
    form(status, origin.service, LoginForm { goto: &goto, notice, ..LoginForm::default() })
}

/// Ends the session of a request, and tells the browser to forget its cookie.
pub(super) fn log_out(
    dispatcher: &Dispatcher,
    credentials: &Credentials<'_>,
    visitor: Visitor,
    origin: Origin,
) -> Reply {
    let (status, message) = if dispatcher.gate.log_out(credentials) {
        (1, "logged out")
    } else {
        (0, "there is no such session")
    };
    let reply = if visitor.wants_page() {
        let notice = Notice::Note("You are logged out.");
        form(200, origin.service, LoginForm { notice, ..LoginForm::default() })
    } else {
        let answer = serde_json::json!({"status": status, "message": message});
        Reply::json(200, answer.to_string().into_bytes())
    };
    let expired = format!("{}=; HttpOnly; path=/{}; Max-Age=0", cookie_name(origin.service), secure(origin));
    reply.with("Set-Cookie", expired)
}

/// A cookie that was set over TLS is sent over TLS only.
fn secure(origin: Origin) -> &'static str {
    if origin.tls { "; secure" } else { "" }
}

/// What is said to a request that may not do what it asks.
pub(super) fn denied(context: &Context, origin: Origin, call: Option<&Call<'_>>, denied: &Denied) -> Reply {
    counted(context, origin, denied, Reply::json(denied.status(), denied.body(call)))
}

/// What is said to a login. The words `invalid_login` are recorded, and `tfa_login_form` is what cPanel's own
/// client looks for when a second factor is wanted.
fn refusal(context: &Context, origin: Origin, refused: &Denied) -> Reply {
    let mut answer: serde_json::Value = serde_json::from_slice(&refused.body(None)).unwrap_or_default();
    answer["status"] = 0.into();
    answer["message"] = if refused.needs_code { "tfa_login_form" } else { "invalid_login" }.into();
    counted(context, origin, refused, Reply::json(refused.status(), answer.to_string().into_bytes()))
}

/// The answer to a refusal, noted in metrics and log, with the fields that go with it.
fn counted(context: &Context, origin: Origin, denied: &Denied, reply: Reply) -> Reply {
    context.metrics.denied();
    context.log.denied(origin, denied);
    let reply = match denied.challenge() {
        Some(challenge) => reply.with("WWW-Authenticate", challenge),
        None => reply,
    };
    match denied.retry_after {
        Some(wait) => reply.with("Retry-After", wait.as_secs().max(1).to_string()),
        None => reply,
    }
}

/// Where a browser goes after its login: a path on this server, never another one, and without the security token
/// of a session that has ended.
fn destination(wanted: Option<&str>) -> String {
    let mut path = wanted.unwrap_or_default().trim_start_matches('/');
    while let Some((first, rest)) = path.split_once('/')
        && is_security_token(first)
    {
        path = rest.trim_start_matches('/');
    }
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.?=&%~+,".contains(&byte);
    if path.bytes().all(good) { path.to_owned() } else { String::new() }
}
