//! The files of the pages, as they are in the program.
//!
//! Their addresses hold a version that is made of their contents, so browsers may keep them for good. They are no
//! secret, and are given to everybody: the form to log in needs them too.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use super::super::http::{Bad, Reply};

/// The folder of their addresses.
pub(in crate::server) const FOLDER: &str = "api_shell";
const CSS: &str = "text/css; charset=\"utf-8\"";
const JS: &str = "text/javascript; charset=\"utf-8\"";
const SVG: &str = "image/svg+xml";

/// Name, type and content.
static FILES: [(&str, &str, &str); 3] = [
    ("style.css", CSS, include_str!("files/style.css")),
    ("icon.svg", SVG, include_str!("files/icon.svg")),
    ("login.js", JS, include_str!("files/login.js")),
];

/// What stands in the addresses: it changes with any file.
pub(super) static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    for (name, _, text) in FILES {
        digest.update(name);
        digest.update(text);
    }
    digest.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
});

/// The file of that version and name.
pub(in crate::server) fn reply(version: &str, name: &str) -> Result<Reply, Bad> {
    let missing = || Bad::nothing_there("There is no such file of the pages; load the page again");
    if version != *VERSION {
        return Err(missing());
    }
    let (_, kind, text) = FILES.iter().find(|(known, ..)| *known == name).ok_or_else(missing)?;
    let reply = Reply::text(200, kind, (*text).to_owned()).kept();
    Ok(reply.with("Cross-Origin-Resource-Policy", "same-origin"))
}
