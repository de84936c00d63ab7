//! Runs a script beside its connection.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::watch;
use tokio::time::timeout;
use zeroize::Zeroize;

use super::prepare::Visit;
use super::visit::sorry;
use crate::live::script::{Ended, Gone, Head, NEVER_CONNECTED, Report, Visitor, answer};
use crate::live::{Limits, Owner, Socket, variables};
use crate::server::Daemon;
use crate::server::auth::is_session;
use crate::server::connection::{From, WRITE};
use crate::server::http::{Piecewise, Reader, Reply};
use crate::server::live::AccountService;
use crate::server::log::Paged;

/// How much of what follows a request is kept while its page runs, in bytes.
const MAX_AHEAD: usize = 64 * 1024;
/// The fields that a page's answer has unless the page says otherwise.
const USUAL: [(&str, &str); 3] = [
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
];

/// What a client got.
pub(in crate::server) enum Ran {
    /// An answer with its end; whether that is the end of the connection, because HTTP/1.0 knows no other.
    Sent { last: bool },
    /// A part of one, or nothing because it went away; the connection is over.
    Cut,
    /// Nothing yet; this is to be sent in place of the script's answer.
    Instead(Reply),
}

/// Runs a page and sends what it answers. `stays`: for how many seconds the connection may go on behind it.
pub(in crate::server) async fn run<S: AsyncRead + AsyncWrite + Unpin + Send>(
    stream: &mut S,
    reader: &mut Reader,
    daemon: &Arc<Daemon>,
    mut visit: Visit,
    from: From,
    stays: Option<u64>,
) -> Ran {
    let socket = match open(daemon, &mut visit) {
        Ok(socket) => socket,
        Err(why) => {
            daemon.log.say("error", &format!("The page /{} is not run: {why}", visit.name.escape_debug()));
            return Ran::Instead(sorry(500, "This page cannot be started. The server's log says why."));
        }
    };
    let form = std::mem::take(&mut visit.form);
    let service = AccountService { daemon: Arc::clone(daemon), account: visit.account.clone(), from, form };
    let (read, write) = tokio::io::split(stream);
    let mut client = Client { write, piecewise: None, is_html: false, visit: &visit, stays };
    let who = visit.account.as_str();
    // Kept: what a page has begun on its socket is not finished for it once it has ended.
    let (_never, stop) = watch::channel(false);
    let report = {
        let complain = |line: &str| daemon.log.page_says(who, &visit.name, line);
        let page = answer(&visit.launch, &visit.body, &mut client, gone(read, reader), complain);
        tokio::select! {
            biased;
            report = page => report,
            lost = socket.serve(Arc::new(service), Limits::default(), stop) => {
                let cause = lost.err().map_or_else(String::new, |error| error.to_string());
                let ended = Ended::Failed(io::Error::other(cause));
                Report { ended, begun: client.piecewise.is_some(), bytes: 0, took: Default::default() }
            }
        }
    };
    let connected = socket.was_used();
    let sent = report.is_whole() && client.end(connected).await.is_ok();
    let paged = Paged {
        who,
        how: visit.caller.how.word(),
        page: &visit.name,
        status: client.piecewise.as_ref().map(Piecewise::status),
        is_whole: sent,
        ended: &report.ended.to_string(),
        connected,
        bytes: report.bytes,
        took: report.took,
    };
    daemon.log.paged(from, &paged);
    if let Some(status) = paged.status {
        daemon.metrics.answered(status);
    }
    match report.ended {
        _ if sent => Ran::Sent { last: visit.old },
        Ended::Gone => Ran::Cut,
        _ if report.begun => Ran::Cut,
        ended => {
            let (status, sentence) = ended.for_visitor();
            Ran::Instead(sorry(status, &sentence))
        }
    }
}

/// Opens the page's socket, and tells the page where it is.
fn open(daemon: &Daemon, visit: &mut Visit) -> Result<Socket, String> {
    let folder = daemon
        .socket_folder()
        .map_err(|cause| format!("the folder for the sockets of pages cannot be made: {cause}"))?;
    let owner = visit.launch.ids.map_or_else(Owner::me, |ids| Owner { uid: ids.uid, gid: ids.gid });
    let socket = Socket::open(&folder, owner).map_err(|error| error.to_string())?;
    let environment = &mut visit.launch.variables;
    for (name, path) in variables(socket.path()) {
        environment.set(name, path);
    }
    // Our own classes: the socket comes before whatever a configuration file of the machine says.
    environment.set("LIVEAPI_URL", format!("unix://{}", socket.path().display()));
    Ok(socket)
}

impl Daemon {
    /// The folder for the sockets of pages, made if need be: everybody may pass through, nobody may look in.
    fn socket_folder(&self) -> io::Result<PathBuf> {
        let settings = self.settings();
        let folder = settings.run.clone().unwrap_or_else(|| settings.state.join("run"));
        DirBuilder::new().recursive(true).mode(0o711).create(&folder)?;
        Ok(folder)
    }
}

/// Ends when the client has gone. What it sends meanwhile is its next request.
async fn gone<R: AsyncRead + Unpin>(mut read: ReadHalf<R>, reader: &mut Reader) {
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
struct Client<'v, S> {
    write: WriteHalf<S>,
    /// The answer, once it has begun.
    piecewise: Option<Piecewise>,
    is_html: bool,
    visit: &'v Visit,
    stays: Option<u64>,
}

impl<S: AsyncWrite + Unpin + Send> Client<'_, S> {
    /// Ends the answer; as the panel does, with a remark if the page never asked it anything.
    async fn end(&mut self, connected: bool) -> Result<(), Gone> {
        let Some(piecewise) = &mut self.piecewise else { return Err(Gone) };
        let remark = if self.is_html && !connected { NEVER_CONNECTED } else { "" };
        let mut bytes = piecewise.piece(remark.as_bytes());
        bytes.extend_from_slice(&piecewise.last());
        self.send(&bytes).await
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), Gone> {
        let sent = timeout(WRITE, async {
            self.write.write_all(bytes).await?;
            self.write.flush().await
        });
        if matches!(sent.await, Ok(Ok(()))) { Ok(()) } else { Err(Gone) }
    }
}

impl<S: AsyncWrite + Unpin + Send> Visitor for Client<'_, S> {
    async fn begin(&mut self, head: Head) -> Result<(), Gone> {
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
fn for_client(head: Head, token: Option<&str>) -> Vec<(String, String)> {
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
        let head = |fields: &[(&str, &str)]| Head {
            status: 200,
            said: None,
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
