//! Browsers among the senders: they get pages, and what a page of another site makes them send is refused.
//!
//! Programs send none of the fields by which browsers are known here, and are answered as ever.

use crate::server::auth::{Credentials, is_password};
use crate::server::http::Request;

/// What a request tells about the program that sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Visitor {
    /// Whether it wants to show a page.
    page: bool,
    /// Whose page sent it, where the browser says so.
    site: Option<Site>,
    /// Whether a script of a page sent it, and not the person in front of it.
    script: bool,
    /// Whether it names a page of another address as its origin.
    elsewhere: bool,
}

/// Whose page sent a request, by the field `Sec-Fetch-Site`, which no page can set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Site {
    /// Ours, or none: an address that was typed, a bookmark.
    Own,
    Other,
}

impl Visitor {
    pub(super) fn of(request: &Request) -> Self {
        let page = request.says("accept").is_some_and(|accept| accept.contains("text/html"));
        let site = request.says("sec-fetch-site").map(|site| match &*site {
            "same-origin" | "none" => Site::Own,
            _ => Site::Other,
        });
        let mode = request.says("sec-fetch-mode");
        let host = request.says("host").unwrap_or_default();
        let is_here = |origin: &str| origin.split_once("://").is_some_and(|(_, place)| place == host);
        Self {
            page,
            site,
            script: site.is_some() && mode.is_none_or(|mode| mode != "navigate"),
            elsewhere: request.says("origin").is_some_and(|origin| !is_here(&origin)),
        }
    }

    /// Whether it is to get a page.
    pub(super) fn wants_page(self) -> bool {
        self.page
    }

    /// Whether being asked for a password would open the browser's own window for it, in the middle of a page
    /// that has a form for that.
    pub(super) fn has_own_form(self) -> bool {
        self.script
    }

    /// Whether another site's page makes the browser act with what it keeps for this one. Tokens are in no
    /// browser's keeping.
    pub(super) fn is_abused(self, credentials: &Credentials<'_>) -> bool {
        self.site == Some(Site::Other) && credentials.authorization.is_none_or(is_password)
    }

    /// Whether another site's page wants to log the browser in, as whoever that site likes. Where the browser does
    /// not say whose page it was, as over plain HTTP, the origin tells.
    pub(super) fn is_lured(self) -> bool {
        match self.site {
            Some(site) => site == Site::Other,
            None => self.elsewhere,
        }
    }
}
