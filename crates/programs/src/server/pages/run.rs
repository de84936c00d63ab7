//! Runs a script beside its connection.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use super::client::{Client, gone};
use super::host::PageHost;
use super::prepare::Visit;
use super::sentence::sentence_page;
use crate::live::script::{Report, ScriptEnd, answer};
use crate::live::{Limits, Socket, SocketOwner, variables};
use crate::server::accept::handler::PageOutcome;
use crate::server::http::{Piecewise, Reader};
use crate::server::live::AccountService;
use crate::server::ops::log::PageRecord;
use crate::server::origin::Origin;

/// Runs a page and sends what it answers. `stays`: for how many seconds the connection may go on behind it.
pub(crate) async fn run<S: AsyncRead + AsyncWrite + Unpin + Send>(
    stream: &mut S,
    reader: &mut Reader,
    host: &PageHost,
    mut visit: Visit,
    origin: Origin,
    stays: Option<u64>,
) -> PageOutcome {
    let socket = match open(host, &mut visit) {
        Ok(socket) => socket,
        Err(why) => {
            host.say("error", &format!("The page /{} is not run: {why}", visit.name.escape_debug()));
            let sentence = "This page cannot be started. The server's log says why.";
            return PageOutcome::Instead(sentence_page(500, sentence));
        }
    };
    let service = service(host, &mut visit, origin);
    let (read, write) = tokio::io::split(stream);
    let mut client = Client::new(write, &visit, stays);
    // Kept: what a page has begun on its socket is not finished for it once it has ended.
    let (_never, stop) = watch::channel(false);
    let report = {
        let complain =
            |line: &str| host.dispatcher.context.log.page_says(visit.account.as_str(), &visit.name, line);
        let page = answer(&visit.launch, &visit.body, &mut client, gone(read, reader), complain);
        tokio::select! {
            biased;
            report = page => report,
            lost = socket.serve(service, Limits::default(), stop) => {
                let cause = lost.err().map_or_else(String::new, |error| error.to_string());
                let ended = ScriptEnd::Failed(io::Error::other(cause));
                Report { ended, begun: client.piecewise.is_some(), bytes: 0, took: Duration::default() }
            }
        }
    };
    let connected = socket.was_used();
    let is_whole = report.is_whole() && client.end(connected).await.is_ok();
    let status = client.piecewise.as_ref().map(Piecewise::status);
    record(host, origin, &visit, &report, Sent { status, is_whole, connected });
    match report.ended {
        _ if is_whole => PageOutcome::Sent { last: visit.old },
        ScriptEnd::Gone => PageOutcome::Cut,
        _ if report.begun => PageOutcome::Cut,
        ended => {
            let (status, sentence) = ended.for_visitor();
            PageOutcome::Instead(sentence_page(status, &sentence))
        }
    }
}

/// Who answers what the page asks over its socket.
fn service(host: &PageHost, visit: &mut Visit, origin: Origin) -> Arc<AccountService> {
    Arc::new(AccountService {
        dispatcher: Arc::clone(&host.dispatcher),
        account: visit.account.clone(),
        id: visit.id.clone(),
        origin,
        form: std::mem::take(&mut visit.form),
    })
}

/// What was sent of a page's answer.
struct Sent {
    status: Option<u16>,
    is_whole: bool,
    connected: bool,
}

/// Logs and counts a page that has run.
fn record(host: &PageHost, origin: Origin, visit: &Visit, report: &Report, sent: Sent) {
    let record = PageRecord {
        who: visit.account.as_str(),
        how: visit.caller.how.word(),
        page: &visit.name,
        status: sent.status,
        is_whole: sent.is_whole,
        ended: &report.ended.to_string(),
        connected: sent.connected,
        bytes: report.bytes,
        took: report.took,
    };
    let context = &host.dispatcher.context;
    context.log.paged(origin, &record);
    if let Some(status) = sent.status {
        context.metrics.answered(status);
    }
}

/// Opens the page's socket, and tells the page where it is.
fn open(host: &PageHost, visit: &mut Visit) -> Result<Socket, String> {
    let folder = host
        .socket_folder()
        .map_err(|cause| format!("the folder for the sockets of pages cannot be made: {cause}"))?;
    let owner =
        visit.launch.ids.map_or_else(SocketOwner::me, |ids| SocketOwner { uid: ids.uid, gid: ids.gid });
    let socket = Socket::open(&folder, owner).map_err(|error| error.to_string())?;
    let environment = &mut visit.launch.variables;
    for (name, path) in variables(socket.path()) {
        environment.set(name, path);
    }
    // Our own classes: the socket comes before whatever a configuration file of the machine says.
    environment.set("LIVEAPI_URL", format!("unix://{}", socket.path().display()));
    Ok(socket)
}
