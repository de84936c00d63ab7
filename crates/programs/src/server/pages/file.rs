//! What is answered without a script: pages with tags, the files beside pages, and addresses that lack a slash.

use std::path::Path;
use std::sync::Arc;

use super::visit::sorry;
use crate::live::script::HTML;
use crate::server::Daemon;
use crate::server::connection::From;
use crate::server::http::{Bad, Reply, Request};
use crate::server::live::AccountService;
use liveapi_core::store::AccountName;
use liveapi_core::tags::render;

/// The largest file that is served beside pages, in bytes.
const MAX_FILE: u64 = 16 * 1024 * 1024;

/// A page with tags.
pub(super) fn tagged(
    daemon: &Arc<Daemon>,
    request: &Request,
    from: From,
    account: AccountName,
    file: &Path,
    name: &str,
) -> Result<Reply, Bad> {
    let form = request.params()?.form();
    let page = std::fs::read(file).map_err(|cause| unreadable(name, &cause))?;
    let world = AccountService { daemon: Arc::clone(daemon), account, from, form };
    Ok(match render(&page, &world) {
        Ok(page) => Reply::page(HTML, page).with("Referrer-Policy", "same-origin"),
        Err(error) => {
            daemon.log.say("error", &format!("The page {}:{error}", file.display()));
            sorry(500, "This page has a mistake. The server's log says where.")
        }
    })
}

/// A file as it is.
pub(super) fn file(file: &Path, kind: &'static str, name: &str) -> Result<Reply, Bad> {
    let length = file.metadata().map_err(|cause| unreadable(name, &cause))?.len();
    if length > MAX_FILE {
        return Err(Bad::unreadable(format!("The file /{name} is longer than {MAX_FILE} bytes")));
    }
    Ok(Reply::page(kind, std::fs::read(file).map_err(|cause| unreadable(name, &cause))?))
}

fn unreadable(name: &str, cause: &std::io::Error) -> Bad {
    Bad::unreadable(format!("The file /{} cannot be read: {cause}", name.escape_debug()))
}

/// The same address with a slash at its path's end.
pub(super) fn slashed(request: &Request) -> Reply {
    let target = String::from_utf8_lossy(request.target());
    let at = target.find(['?', '#']).unwrap_or(target.len());
    // Never two slashes in front, which would be another host.
    let place = format!("/{}/{}", target[..at].trim_matches('/'), &target[at..]);
    sorry(301, "This page has moved.").with("Location", place)
}
