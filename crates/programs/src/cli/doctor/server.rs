//! Whether the server answers: one call that only reads, as whom the URL says, and one for the account.

use super::finding::{Finding, Findings};
use liveapi_core::api::{Args, Call, Error, ErrorKind, Family, Outcome};
use liveapi_core::engine::remote::Server;
use liveapi_core::engine::socket::SocketPath;
use liveapi_core::engine::{Client, Options};

/// Asks the server something harmless, which shows whether address, certificate and login are right.
pub(super) fn check(findings: &mut Findings, client: &Client, server: &Server) {
    let shown = server.shown();
    // WHM's own function needs no account; on cPanel's port there is always one.
    if server.account().is_none() && !asks(findings, client, &shown, (Family::Whm, "", "version")) {
        return;
    }
    if let Some(user) = client.user() {
        let object = format!("{shown}, account {user}");
        asks(findings, client, &object, (Family::Uapi, "DomainInfo", "list_domains"));
    }
}

/// Asks the panel that runs this page.
pub(super) fn check_socket(findings: &mut Findings, client: &Client, place: &SocketPath) {
    asks(findings, client, &place.shown(), (Family::Uapi, "DomainInfo", "list_domains"));
}

/// Asks a server of the table, without an account: each server has others.
pub(super) fn check_named(findings: &mut Findings, name: &str, server: &Server) {
    let url = Some(format!("servers:{name}"));
    match Client::new(Options { url, user: server.account().map(str::to_owned), ..Options::default() }) {
        Ok(client) if server.account().is_some() => check(findings, &client, server),
        Ok(client) => {
            asks(findings, &client, &format!("{name}, {}", server.shown()), (Family::Whm, "", "version"));
        }
        Err(error) => {
            findings.add(Finding::wrong("server", name, &error.to_string(), "correct the table of servers"))
        }
    }
}

/// Whether the call is answered with a success.
fn asks(
    findings: &mut Findings,
    client: &Client,
    object: &str,
    (family, module, func): (Family, &str, &str),
) -> bool {
    let outcome = client.call(&Call { family, module, func, args: Args::default() });
    let done = matches!(&outcome, Ok(Outcome::Answered(answered)) if answered.is_done(family));
    findings.add(match outcome {
        _ if done => Finding::good("server", object, &format!("answers {func}")),
        Ok(_) => Finding::wrong(
            "server",
            object,
            &format!("refuses the call {func}, which only reads"),
            "look which rights the login has, and whether the account is suspended",
        ),
        Err(error) => Finding::wrong("server", object, &error.to_string(), advice(&error)),
    });
    done
}

fn advice(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::Authentication => {
            "correct the settings of the login: login, and token_file or password_file"
        }
        ErrorKind::UnknownAccount => "correct the setting user",
        ErrorKind::Tls => "give the setting ca_file or pin, as docs/guides/remote.md says",
        _ => "correct the setting url, or ask who runs the server",
    }
}
