//! The files of the pages, as they are in the program.
//!
//! Their addresses hold a version that is made of their contents, so browsers may keep them for good. They are no
//! secret, and are given to everybody: the form to log in needs them too.

use std::collections::HashMap;
use std::io::Write;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::catalogue;
use crate::server::http::{HttpError, Reply};

/// The folder of their addresses.
pub(crate) const FOLDER: &str = "api_shell";
/// The file that is not one: it is written from the catalogue.
const CATALOGUE: &str = "catalogue.json";

const CSS: &str = "text/css; charset=\"utf-8\"";
const JS: &str = "text/javascript; charset=\"utf-8\"";
const SVG: &str = "image/svg+xml";
const JSON: &str = "application/json; charset=\"utf-8\"";

/// Name, type and content.
static FILES: [(&str, &str, &str); 13] = [
    ("style.css", CSS, include_str!("files/style.css")),
    ("shell.css", CSS, include_str!("files/shell.css")),
    ("icon.svg", SVG, include_str!("files/icon.svg")),
    ("call.js", JS, include_str!("files/call.js")),
    ("catalogue.js", JS, include_str!("files/catalogue.js")),
    ("dom.js", JS, include_str!("files/dom.js")),
    ("form.js", JS, include_str!("files/form.js")),
    ("history.js", JS, include_str!("files/history.js")),
    ("lines.js", JS, include_str!("files/lines.js")),
    ("login.js", JS, include_str!("files/login.js")),
    ("search.js", JS, include_str!("files/search.js")),
    ("shell.js", JS, include_str!("files/shell.js")),
    ("views.js", JS, include_str!("files/views.js")),
];

/// A file as it is sent.
struct File {
    kind: &'static str,
    text: &'static str,
    packed: Option<Vec<u8>>,
}

/// All files by their names; made at the first request.
static ALL: LazyLock<HashMap<&'static str, File>> = LazyLock::new(|| {
    let written = [(CATALOGUE, JSON, catalogue::JSON.as_str())];
    let all = FILES.into_iter().chain(written);
    all.map(|(name, kind, text)| (name, File { kind, text, packed: packed(text).ok() })).collect()
});

/// What stands in the addresses: it changes with any file.
pub(super) static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    for (name, _, text) in FILES {
        digest.update(name);
        digest.update(text);
    }
    digest.update(catalogue::JSON.as_str());
    digest.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
});

/// The file of that version and name; compressed if the one who asks can read that.
pub(crate) fn reply(version: &str, name: &str, encodings: Option<&str>) -> Result<Reply, HttpError> {
    let file = ALL
        .get(name)
        .filter(|_| version == *VERSION)
        .ok_or_else(|| HttpError::nothing_there("There is no such file of the pages; load the page again"))?;
    let reads_gzip = encodings.is_some_and(|all| all.split(',').any(|one| one.trim() == "gzip"));
    let reply = match &file.packed {
        Some(packed) if reads_gzip => Reply::file(file.kind, packed.clone()).with("Content-Encoding", "gzip"),
        _ => Reply::file(file.kind, file.text.into()),
    };
    Ok(reply.with("Vary", "Accept-Encoding").with("Cross-Origin-Resource-Policy", "same-origin"))
}

fn packed(text: &str) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes())?;
    encoder.finish()
}
