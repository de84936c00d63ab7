//! What a script finds in its environment (RFC 3875, 4.1): all of it stands in `docs/guides/pages.md`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::find::Script;
use crate::live::script::Variables;
use crate::server::auth::is_session;
use crate::server::host::host_name;
use crate::server::http::{HttpError, Request};
use crate::server::origin::Origin;

/// Adds what the request and the script are. `token`: the session's security token, as the path begins with it.
pub(super) fn of_request(
    variables: &mut Variables,
    request: &Request,
    origin: Origin,
    pages: &Path,
    script: &Script,
    token: Option<&str>,
) -> Result<(), HttpError> {
    fields(variables, request);
    let bytes = OsStr::from_bytes;
    let prefix = token.map(|token| format!("/{token}")).unwrap_or_default();
    for (name, value) in [
        ("GATEWAY_INTERFACE", "CGI/1.1".as_ref()),
        ("SERVER_SOFTWARE", "liveapid".as_ref()),
        ("SERVER_PROTOCOL", if request.is_old() { "HTTP/1.0" } else { "HTTP/1.1" }.as_ref()),
        ("REQUEST_METHOD", request.method().as_ref()),
        ("REQUEST_URI", bytes(request.target())),
        ("QUERY_STRING", bytes(request.query())),
        ("SCRIPT_FILENAME", script.file.as_os_str()),
        ("DOCUMENT_ROOT", pages.as_os_str()),
    ] {
        variables.set(name, value);
    }
    if request.method() == "POST" || !request.body().is_empty() {
        variables.set("CONTENT_LENGTH", request.body().len().to_string());
    }
    if let Some(kind) = request.field("content-type")? {
        variables.set("CONTENT_TYPE", kind);
    }
    variables.set("SCRIPT_NAME", format!("{prefix}/frontend/{}", script.name));
    if !script.info.is_empty() {
        variables.set("PATH_INFO", &script.info);
        let mut translated = pages.as_os_str().to_owned();
        translated.push(&script.info);
        variables.set("PATH_TRANSLATED", translated);
    }
    variables.set("SERVER_NAME", server_name(request));
    variables.set("SERVER_PORT", origin.port.to_string());
    variables.set("REMOTE_ADDR", origin.peer.to_string());
    if origin.tls {
        variables.set("HTTPS", "on");
    }
    // php-cgi runs nothing without it: it says that a server chose the script, not a visitor.
    variables.set("REDIRECT_STATUS", "200");
    variables.set("cp_security_token", prefix);
    Ok(())
}

/// The fields of the head; cookies without those that open sessions here.
fn fields(variables: &mut Variables, request: &Request) {
    let mut names: Vec<&str> = request.fields().map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let values = request.fields().filter(|(known, _)| *known == name).map(|(_, value)| value);
        if name == "cookie" {
            let line = values.map(String::from_utf8_lossy).collect::<Vec<_>>().join("; ");
            let others = without_sessions(&line);
            if !others.is_empty() {
                variables.set_field(name, others.as_bytes());
            }
        } else {
            variables.set_field(name, &values.collect::<Vec<_>>().join(&b", "[..]));
        }
    }
}

fn without_sessions(line: &str) -> String {
    let pairs = line.split(';').map(str::trim).filter(|pair| !pair.is_empty());
    let name = |pair: &str| pair.split('=').next().unwrap_or_default().trim().to_owned();
    pairs.filter(|pair| !is_session(&name(pair))).collect::<Vec<_>>().join("; ")
}

/// The name that the visitor used, if it could be one.
fn server_name(request: &Request) -> String {
    let host = request.field("host").ok().flatten().unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_name) { host_name() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::without_sessions;

    #[test]
    fn cookies_that_open_sessions_are_not_the_pages() {
        for (line, left) in [
            ("cpsession=bob%3as3cret", ""),
            ("a=b; cpsession=x ;whostmgrsession=y; c=d", "a=b; c=d"),
            (" webmailsession = z; ; e", "e"),
            ("xcpsession=1", "xcpsession=1"),
        ] {
            assert_eq!(without_sessions(line), left, "{line}");
        }
    }
}
