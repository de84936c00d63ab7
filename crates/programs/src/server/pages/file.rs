//! What is answered without a script: pages with tags, the files beside pages, and addresses that lack a slash.

use std::path::Path;
use std::sync::Arc;

use super::host::PageHost;
use super::sentence::sentence_page;
use crate::live::script::HTML;
use crate::server::http::{HttpError, Reply, Request};
use crate::server::live::AccountService;
use crate::server::origin::Origin;
use liveapi_core::store::AccountName;
use liveapi_core::tags::render;

/// The largest file that is served beside pages, in bytes.
const MAX_FILE: u64 = 16 * 1024 * 1024;

/// A page with its tags evaluated for the account.
pub(super) fn tagged(
    host: &PageHost,
    request: &Request,
    origin: Origin,
    (account, id): (AccountName, String),
    file: &Path,
    name: &str,
) -> Result<Reply, HttpError> {
    let form = request.params()?.form();
    let page = std::fs::read(file).map_err(|cause| unreadable(name, &cause))?;
    let world = AccountService { dispatcher: Arc::clone(&host.dispatcher), account, id, origin, form };
    Ok(match render(&page, &world) {
        Ok(page) => {
            for warning in &page.warnings {
                host.say("warning", &format!("The page {}:{warning}", file.display()));
            }
            Reply::page(HTML, page.bytes).with("Referrer-Policy", "same-origin")
        }
        Err(error) => {
            host.say("error", &format!("The page {}:{error}", file.display()));
            sentence_page(500, "This page has a mistake. The server's log says where.")
        }
    })
}

/// A file as it is.
pub(super) fn file(file: &Path, kind: &'static str, name: &str) -> Result<Reply, HttpError> {
    let length = file.metadata().map_err(|cause| unreadable(name, &cause))?.len();
    if length > MAX_FILE {
        return Err(HttpError::unreadable(format!("The file /{name} is longer than {MAX_FILE} bytes")));
    }
    Ok(Reply::page(kind, std::fs::read(file).map_err(|cause| unreadable(name, &cause))?))
}

fn unreadable(name: &str, cause: &std::io::Error) -> HttpError {
    HttpError::unreadable(format!("The file /{} cannot be read: {cause}", name.escape_debug()))
}

/// The same address with a slash at its path's end.
pub(super) fn slashed(request: &Request) -> Reply {
    let target = String::from_utf8_lossy(request.target());
    let at = target.find(['?', '#']).unwrap_or(target.len());
    // Never two slashes in front, which would be another host.
    let place = format!("/{}/{}", target[..at].trim_matches('/'), &target[at..]);
    sentence_page(301, "This page has moved.").with("Location", place)
}
