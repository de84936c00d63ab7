//! `/healthz` and `/metrics`, on a port of loopback.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::live::connection::accepted;
use crate::server::http::{HttpError, Reader, Reply, Step};

/// How long a question may take.
const TIME: Duration = Duration::from_secs(5);

/// Whoever knows how the daemon is.
pub(crate) trait Monitored: Send + Sync + 'static {
    /// Whether calls can be answered, and why not.
    fn health(&self) -> Result<(), String>;

    /// What was counted, in the text form that Prometheus reads.
    fn metrics(&self) -> String;
}

/// Answers until the daemon is to end.
pub(crate) async fn serve<M: Monitored>(
    monitored: Arc<M>,
    listener: TcpListener,
    mut stop: watch::Receiver<bool>,
) {
    let listener = listener.set_nonblocking(true).and_then(|()| tokio::net::TcpListener::from_std(listener));
    let Ok(listener) = listener else { return };
    while let Some((stream, _)) = accepted(|| listener.accept(), &mut stop, |_| ()).await {
        let monitored = Arc::clone(&monitored);
        tokio::spawn(async move { tokio::time::timeout(TIME, answer(&*monitored, stream)).await });
    }
}

async fn answer(monitored: &impl Monitored, mut stream: TcpStream) -> std::io::Result<()> {
    let mut reader = Reader::default();
    let mut piece = [0; 1024];
    let reply = loop {
        let length = stream.read(&mut piece).await?;
        if length == 0 {
            return Ok(());
        }
        reader.take(&piece[..length]);
        match reader.step() {
            Ok(Step::Request(request)) => break reply(monitored, &request.path().unwrap_or_default()),
            Ok(_) => {}
            Err(bad) => break Reply::from(&bad),
        }
    };
    stream.write_all(&reply.bytes(None, false)).await?;
    stream.shutdown().await
}

fn reply(monitored: &impl Monitored, path: &[String]) -> Reply {
    match path.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["healthz"] => match monitored.health() {
            Ok(()) => Reply::text(200, "text/plain; charset=utf-8", "ok\n".to_owned()),
            Err(why) => Reply::text(503, "text/plain; charset=utf-8", format!("{why}\n")),
        },
        ["metrics"] => Reply::text(200, "text/plain; version=0.0.4; charset=utf-8", monitored.metrics()),
        _ => Reply::from(&HttpError::nothing_there("Here are /healthz and /metrics only")),
    }
}
