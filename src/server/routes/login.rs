//! `/login` and `/logout`, and what is said to who may not in.

use super::super::Daemon;
use super::super::auth::{Denied, Shown, cookie_name};
use super::super::connection::From;
use super::super::http::{Params, Reply};
use crate::api::Call;

/// The type of pages.
const HTML: &str = "text/html; charset=\"utf-8\"";

/// Logs in. With `login_only=1` the answer is JSON, else it sends a browser on.
pub(super) fn log_in(daemon: &Daemon, params: &Params<'_>, from: From) -> Reply {
    let text = |name: &str| params.get(name).unwrap_or_default();
    let code = Some(text("tfa_token")).filter(|code| !code.is_empty());
    let session = match daemon.gate.log_in(from.service, from.peer, text("user"), text("pass"), code) {
        Ok(session) => session,
        Err(refused) => return refusal(daemon, from, &refused),
    };
    let token = &session.security_token;
    let place = format!("{token}/{}", destination(params.get("goto_uri")));
    let cookie =
        format!("{}={}; HttpOnly; path=/{}; SameSite=Lax", session.cookie, session.value, secure(from));
    let reply = if params.get("login_only") == Some("1") {
        let answer = serde_json::json!({"status": 1, "security_token": token, "redirect": place});
        Reply::json(200, answer.to_string().into_bytes())
    } else {
        Reply::text(301, HTML, "<!DOCTYPE html>\n<title>Logged in</title>\n".to_owned())
    };
    reply.with("Location", place).with("Set-Cookie", cookie)
}

/// Ends a session.
pub(super) fn log_out(daemon: &Daemon, shown: &Shown<'_>, from: From) -> Reply {
    let (status, message) =
        if daemon.gate.log_out(shown) { (1, "logged out") } else { (0, "there is no such session") };
    let answer = serde_json::json!({"status": status, "message": message});
    let reply = Reply::json(200, answer.to_string().into_bytes());
    let expired = format!("{}=; HttpOnly; path=/{}; Max-Age=0", cookie_name(from.service), secure(from));
    reply.with("Set-Cookie", expired)
}

/// A cookie that was set over TLS is sent over TLS only.
fn secure(from: From) -> &'static str {
    if from.tls { "; secure" } else { "" }
}

/// What is said to a request that may not do what it asks.
pub(super) fn denied(daemon: &Daemon, from: From, call: Option<&Call<'_>>, denied: &Denied) -> Reply {
    told(daemon, from, denied, denied.body(call))
}

/// What is said to a login. The words `invalid_login` are recorded, and `tfa_login_form` is what cPanel's own
/// client looks for when a second factor is wanted.
fn refusal(daemon: &Daemon, from: From, refused: &Denied) -> Reply {
    let mut answer: serde_json::Value = serde_json::from_slice(&refused.body(None)).unwrap_or_default();
    answer["status"] = 0.into();
    answer["message"] = if refused.needs_code { "tfa_login_form" } else { "invalid_login" }.into();
    told(daemon, from, refused, answer.to_string().into_bytes())
}

fn told(daemon: &Daemon, from: From, denied: &Denied, body: Vec<u8>) -> Reply {
    daemon.metrics.denied();
    daemon.log.denied(from, denied);
    let reply = Reply::json(denied.status(), body);
    let reply = match denied.challenge() {
        Some(challenge) => reply.with("WWW-Authenticate", challenge),
        None => reply,
    };
    match denied.retry_after {
        Some(wait) => reply.with("Retry-After", wait.as_secs().max(1).to_string()),
        None => reply,
    }
}

/// Where a browser goes after its login: a path on this server, never another one.
fn destination(wanted: Option<&str>) -> String {
    let path = wanted.unwrap_or_default().trim_start_matches('/');
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.?=&%~+,".contains(&byte);
    if path.bytes().all(good) { path.to_owned() } else { String::new() }
}
