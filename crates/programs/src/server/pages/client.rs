//! The client of a page that runs: it gets the answer piece by piece, and may go away before its end.

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadHalf, WriteHalf};
use zeroize::Zeroize;

use super::prepare::Visit;
use crate::live::connection::send;
use crate::live::script::{CgiHead, Gone, NEVER_CONNECTED, ResponseSink};
use crate::server::auth::is_session;
use crate::server::http::{Piecewise, Reader};

/// How much of what follows a request is kept while its page runs, in bytes.
const MAX_AHEAD: usize = 64 * 1024;
/// The fields that a page's answer has unless the page says otherwise.
const USUAL: [(&str, &str); 3] = [
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
];

/// Ends when the client has gone. What it sends meanwhile is its next request.
pub(super) async fn gone<R: AsyncRead + Unpin>(mut read: ReadHalf<R>, reader: &mut Reader) {
    let mut ahead = 0;
    let mut piece = vec![0; 4096];
    while ahead < MAX_AHEAD {
        match read.read(&mut piece).await {
            Ok(length @ 1..) => {
                reader.take(&piece[..length]);
                piece[..length].zeroize();
                ahead += length;
            }
            Ok(0) | Err(_) => return,
        }
    }
    std::future::pending().await
}

/// Whom a page answers.
pub(super) struct Client<'v, S> {
    write: WriteHalf<S>,
    /// The answer, once it has begun.
    pub(super) piecewise: Option<Piecewise>,
    is_html: bool,
    visit: &'v Visit,
    stays: Option<u64>,
}

impl<'v, S: AsyncWrite + Unpin + Send> Client<'v, S> {
    /// The client of a visit. `stays`: for how many seconds its connection may go on behind the answer.
    pub(super) fn new(write: WriteHalf<S>, visit: &'v Visit, stays: Option<u64>) -> Self {
        Self { write, piecewise: None, is_html: false, visit, stays }
    }

    /// Ends the answer; as the panel does, with a remark if the page never asked it anything.
    pub(super) async fn end(&mut self, connected: bool) -> Result<(), Gone> {
        let Some(piecewise) = &mut self.piecewise else { return Err(Gone) };
        let remark = if self.is_html && !connected { NEVER_CONNECTED } else { "" };
        let mut bytes = piecewise.piece(remark.as_bytes());
        bytes.extend_from_slice(&piecewise.last());
        self.send(&bytes).await
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), Gone> {
        if send(&mut self.write, bytes).await { Ok(()) } else { Err(Gone) }
    }
}

impl<S: AsyncWrite + Unpin + Send> ResponseSink for Client<'_, S> {
    async fn begin(&mut self, head: CgiHead) -> Result<(), Gone> {
        let Visit { old, head_only, ref token, .. } = *self.visit;
        self.is_html = head.is_html() && head.get("location").is_none();
        let status = head.status;
        let fields = for_client(head, token.as_deref());
        self.piecewise = Some(Piecewise::begin(status, &fields, old, head_only, self.stays));
        Ok(())
    }

    async fn more(&mut self, bytes: &[u8]) -> Result<(), Gone> {
        let Some(piecewise) = &mut self.piecewise else { return Err(Gone) };
        let bytes = piecewise.piece(bytes);
        self.send(&bytes).await
    }
}

/// The fields for the client: the page's, without cookies that open sessions here, with its redirections kept
/// within the session, and with what a page should have.
fn for_client(head: CgiHead, token: Option<&str>) -> Vec<(String, String)> {
    let is_ours = |name: &str, value: &str| {
        name.eq_ignore_ascii_case("set-cookie")
            && is_session(value.split('=').next().unwrap_or_default().trim())
    };
    let mut fields: Vec<_> = head.fields.into_iter().filter(|(name, value)| !is_ours(name, value)).collect();
    if let Some(token) = token {
        let locations = fields.iter_mut().filter(|(name, _)| name.eq_ignore_ascii_case("location"));
        for (_, place) in locations.filter(|(_, place)| place.starts_with("/frontend/")) {
            *place = format!("/{token}{place}");
        }
    }
    for (name, value) in USUAL {
        if !fields.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            fields.push((name.to_owned(), value.to_owned()));
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirections_stay_in_the_session_and_its_cookie_is_the_servers() {
        let head = |fields: &[(&str, &str)]| CgiHead {
            status: 200,
            status_line: None,
            fields: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        };
        for (place, token, expected) in [
            ("/frontend/x", Some("cpsess1234567890"), "/cpsess1234567890/frontend/x"),
            ("/frontend/x", None, "/frontend/x"),
            ("/cpsess1/frontend/x", Some("cpsess1234567890"), "/cpsess1/frontend/x"),
            ("x.html", Some("cpsess1234567890"), "x.html"),
            ("https://example.com/frontend/", Some("cpsess1234567890"), "https://example.com/frontend/"),
        ] {
            let fields = for_client(head(&[("location", place)]), token);
            assert_eq!(fields[0].1, expected);
        }
        let fields = for_client(
            head(&[("Set-Cookie", "cpsession=x"), ("Set-Cookie", "mine=1"), ("cache-control", "private")]),
            None,
        );
        let shown: Vec<String> = fields.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(
            shown,
            [
                "Set-Cookie: mine=1",
                "cache-control: private",
                "X-Content-Type-Options: nosniff",
                "Referrer-Policy: same-origin"
            ]
        );
    }
}
