//! Pages for browsers: what stands in them is escaped, and what they may load is ours alone.

use super::file;
use crate::server::http::Reply;
use liveapi_core::base::text::escape_html;

const HTML: &str = "text/html; charset=\"utf-8\"";

/// What a page may load and do: its own style, scripts and calls, and nothing from elsewhere; no script or style in
/// the page itself; no text becomes HTML; nobody shows it in a frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// What browsers tell other addresses of the address of a page.
#[derive(Clone, Copy, Debug)]
pub(super) enum Referrer {
    /// Nothing at all: the address holds the session's security token.
    None,
    /// The same address, so that a form says where it comes from.
    Own,
}

/// A page from its template: each `@NAME@` becomes its text, as a text.
pub(super) fn page(status: u16, referrer: Referrer, template: &str, texts: &[(&str, &str)]) -> Reply {
    let mut html = template.replace("@FILES@", &format!("/{}/{}", file::FOLDER, *file::VERSION));
    for (name, text) in texts {
        html = html.replace(&format!("@{name}@"), &escape_html(text));
    }
    let referrer = match referrer {
        Referrer::None => "no-referrer",
        Referrer::Own => "same-origin",
    };
    Reply::text(status, HTML, html)
        .with("Content-Security-Policy", POLICY)
        .with("Referrer-Policy", referrer)
        .with("Cross-Origin-Opener-Policy", "same-origin")
        .with("Cross-Origin-Resource-Policy", "same-origin")
}
