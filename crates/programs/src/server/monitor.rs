//! `/healthz` and `/metrics`, on a port of loopback.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::Daemon;
use super::http::{Bad, Reader, Reply, Step};

/// How long a question may take.
const TIME: Duration = Duration::from_secs(5);

/// Answers until the daemon is to end.
pub(super) async fn serve(daemon: Arc<Daemon>, listener: TcpListener, mut stop: watch::Receiver<bool>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        match accepted {
            Ok((stream, _)) => {
                let daemon = Arc::clone(&daemon);
                tokio::spawn(async move { tokio::time::timeout(TIME, answer(&daemon, stream)).await });
            }
            Err(_) => tokio::time::sleep(TIME / 50).await,
        }
    }
}

async fn answer(daemon: &Daemon, mut stream: TcpStream) -> std::io::Result<()> {
    let mut reader = Reader::default();
    let mut piece = [0; 1024];
    let reply = loop {
        let length = stream.read(&mut piece).await?;
        if length == 0 {
            return Ok(());
        }
        reader.take(&piece[..length]);
        match reader.step() {
            Ok(Step::Request(request)) => break reply(daemon, &request.path().unwrap_or_default()),
            Ok(_) => {}
            Err(bad) => break Reply::from(&bad),
        }
    };
    stream.write_all(&reply.bytes(None, false)).await?;
    stream.shutdown().await
}

fn reply(daemon: &Daemon, path: &[String]) -> Reply {
    match path.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["healthz"] => match daemon.health() {
            Ok(()) => Reply::text(200, "text/plain; charset=utf-8", "ok\n".to_owned()),
            Err(why) => Reply::text(503, "text/plain; charset=utf-8", format!("{why}\n")),
        },
        ["metrics"] => Reply::text(200, "text/plain; version=0.0.4; charset=utf-8", daemon.metrics.text()),
        _ => Reply::from(&Bad::nothing_there("Here are /healthz and /metrics only")),
    }
}
