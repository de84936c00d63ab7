//! WHM's `create_user_session`: a link that logs somebody in once, for portals and billing systems.

use crate::server::auth::{Gate, Identified, LoginUrls};
use crate::server::origin::ServiceKind;
use liveapi_core::api::catalogue::{Answer, Function, Param, ParamKind, Return};
use liveapi_core::api::{Data, Done, Family, Field, NotDone, Params, Refusal, Row};
use url::form_urlencoded;

/// Longest name of a host, as DNS has it.
const MAX_HOST: usize = 253;

pub(super) static FUNCTION: Function = Function {
    family: Family::Whm,
    module: "",
    func: "create_user_session",
    summary: "makes a link that logs an account, a mailbox or a WHM user in once, without a password",
    answer: Answer::Single,
    params: &[
        Param::required("user", ParamKind::Text, "an account, the address of a mailbox, or a WHM user"),
        Param::required("service", ParamKind::Text, "cpaneld, webmaild or whostmgrd"),
        Param::optional(
            "app",
            ParamKind::Text,
            "api_shell, or nothing: the first page; a warning names any other",
        ),
        Param::optional(
            "locale",
            ParamKind::Text,
            "en, or nothing: the pages are in English; a warning names any other",
        ),
        Param::optional(
            "preferred_domain",
            ParamKind::Text,
            "the name of this machine in the link, where it is not the usual one",
        ),
    ],
    returns: &[
        Return::new("url", "the link, which works once"),
        Return::new("cp_security_token", "what the paths of the session will begin with, /cpsess##########"),
        Return::new("expires", "until when the link works, in seconds since 1970"),
        Return::new("session", "what the link holds; a secret as a password is"),
        Return::new("service", "the service"),
    ],
    uapi: None,
};

/// Makes a link.
pub(super) fn create(
    gate: &Gate,
    urls: &LoginUrls,
    caller: &Identified,
    params: &Params<'_>,
) -> Result<Done, NotDone> {
    params.require()?;
    let word = params.required("service")?;
    let service = service(word)?;
    let host = params.optional("preferred_domain")?.map(host).transpose()?;
    let place = urls.of(service, host).ok_or_else(|| Refusal::BadValue {
        param: "service",
        why: format!("this daemon has no port for {word}; its settings name them (whm, cpanel, webmail)"),
    })?;
    let mut warnings = said(params)?;
    let ticket = gate.grant(caller, service, params.required("user")?)?;
    let session: String = form_urlencoded::byte_serialize(ticket.secret.as_bytes()).collect();
    let url = format!("{place}{}/login/?session={session}", ticket.security_token);
    let row = Row(vec![
        ("url", Field::Text(url)),
        ("cp_security_token", Field::Text(ticket.security_token)),
        ("expires", Field::Int(ticket.expires.cast_signed())),
        ("session", Field::Text(ticket.secret)),
        ("service", Field::Text(word.to_owned())),
    ]);
    warnings.append(&mut params.unused());
    let data = Data::Object(row);
    Ok(Done { data, warnings, ..Done::saying("Created session".to_owned()) })
}

fn service(word: &str) -> Result<ServiceKind, Refusal> {
    match word {
        "cpaneld" => Ok(ServiceKind::Cpanel),
        "webmaild" => Ok(ServiceKind::Webmail),
        "whostmgrd" => Ok(ServiceKind::Whm),
        other => {
            let why = format!("“{}” is not valid; use cpaneld, webmaild or whostmgrd", other.escape_debug());
            Err(Refusal::BadValue { param: "service", why })
        }
    }
}

/// A name that stands in a link as it is.
fn host(text: &str) -> Result<&str, Refusal> {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
    if text.len() <= MAX_HOST && text.bytes().all(good) {
        return Ok(text);
    }
    let why = format!("“{}” is neither the name of a host nor an IPv4 address", text.escape_debug());
    Err(Refusal::BadValue { param: "preferred_domain", why })
}

/// Documented: an application that is not there makes a link that leads to no application.
fn said(params: &Params<'_>) -> Result<Vec<String>, Refusal> {
    let app = params.optional("app")?.filter(|app| *app != "api_shell");
    let locale = params.optional("locale")?.filter(|locale| *locale != "en");
    let app = app.map(|app| {
        format!("There is no application “{}” here; the link leads to the first page.", app.escape_debug())
    });
    let locale =
        locale.map(|locale| format!("The pages are in English; “{}” has no effect.", locale.escape_debug()));
    Ok(app.into_iter().chain(locale).collect())
}
