//! Accepting connections: one thread for each processor, each with a runtime of its own, all on the same ports.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use super::connection::{self, From};
use super::live::Standing;
use super::settings::Port;
use super::{Daemon, monitor};
use liveapi_core::api::{Error, ErrorKind};

/// How long TLS may take to be agreed on.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long to wait when the system has no descriptor for another connection.
const PAUSE: Duration = Duration::from_millis(100);
/// How long calls that are being answered may take after the daemon was told to end.
pub(super) const FINISH: Duration = Duration::from_secs(30);
/// Most threads that wait for disks and hashes, beside each processor's own.
const WAITING_THREADS: usize = 32;

/// An open port.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) port: Port,
    pub(super) listener: TcpListener,
}

/// Opens a port.
pub(super) fn open(port: Port) -> Result<Open, Error> {
    let listener =
        TcpListener::bind(port.address).map_err(|cause| cannot_listen(port.name, port.address, &cause))?;
    Ok(Open { port, listener })
}

/// Why a port cannot be opened, and what to do.
pub(super) fn cannot_listen(name: &str, address: SocketAddr, cause: &io::Error) -> Error {
    let advice = match cause.kind() {
        io::ErrorKind::AddrInUse => {
            "another program has it; stop that, or move this port (ss -ltnp shows who)"
        }
        io::ErrorKind::PermissionDenied => {
            "ports below 1024 are root's; start as root, by systemd, or use a higher one"
        }
        io::ErrorKind::AddrNotAvailable => "this machine does not have that address",
        _ => "see the setting of that name",
    };
    Error::new(ErrorKind::Config, format!("The port {name} ({address}) cannot be opened: {cause}; {advice}"))
}

/// Starts the threads that answer. They end when `stop` says so and nothing is being answered any more.
pub(super) fn start(
    daemon: &Arc<Daemon>,
    ports: &[Open],
    monitor: Option<&TcpListener>,
    standing: Option<&Arc<Standing>>,
    tls: &TlsAcceptor,
    stop: &watch::Receiver<bool>,
) -> io::Result<Vec<JoinHandle<()>>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    (0..threads)
        .map(|number| {
            let mut listeners = Vec::new();
            for open in ports {
                listeners.push((open.port, copy(&open.listener)?));
            }
            // One thread is enough for who asks how it goes, and for scripts.
            let monitor = monitor.filter(|_| number == 0).map(copy).transpose()?;
            let standing = standing.filter(|_| number == 0).map(Arc::clone);
            let (daemon, tls, stop) = (Arc::clone(daemon), tls.clone(), stop.clone());
            std::thread::Builder::new().name("liveapid-net".into()).spawn(move || {
                run(&daemon, listeners, monitor, standing, &tls, &stop);
            })
        })
        .collect()
}

fn copy(listener: &TcpListener) -> io::Result<TcpListener> {
    let copy = listener.try_clone()?;
    copy.set_nonblocking(true)?;
    Ok(copy)
}

fn run(
    daemon: &Arc<Daemon>,
    listeners: Vec<(Port, TcpListener)>,
    monitor: Option<TcpListener>,
    standing: Option<Arc<Standing>>,
    tls: &TlsAcceptor,
    stop: &watch::Receiver<bool>,
) {
    let runtime = Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(WAITING_THREADS)
        .thread_name("liveapid-call")
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(cause) => return daemon.log.say("error", &format!("A thread cannot start its runtime: {cause}")),
    };
    runtime.block_on(async {
        let mut tasks = Vec::new();
        for (port, listener) in listeners {
            tasks.push(tokio::spawn(accept(Arc::clone(daemon), port, listener, tls.clone(), stop.clone())));
        }
        if let Some(listener) = monitor {
            tasks.push(tokio::spawn(monitor::serve(Arc::clone(daemon), listener, stop.clone())));
        }
        if let Some(standing) = standing {
            tasks.push(tokio::spawn(standing.keep(Arc::clone(daemon), stop.clone())));
        }
        for task in tasks {
            let _ = task.await;
        }
        // Each open connection holds a receiver of its own; none is left once all have ended.
        let _ = tokio::time::timeout(FINISH, daemon.idle()).await;
    });
    runtime.shutdown_timeout(FINISH);
}

async fn accept(
    daemon: Arc<Daemon>,
    port: Port,
    listener: TcpListener,
    tls: TlsAcceptor,
    mut stop: watch::Receiver<bool>,
) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(cause) => return daemon.log.say("error", &format!("The port {} is lost: {cause}", port.name)),
    };
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        match accepted {
            Ok((stream, peer)) => welcome(&daemon, port, stream, peer, &tls, &stop),
            // The peer went away again, or the system has no descriptors left; others wait meanwhile.
            Err(cause) if cause.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(cause) => {
                daemon.log.say("error", &format!("The port {} accepts no connection: {cause}", port.name));
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

fn welcome(
    daemon: &Arc<Daemon>,
    port: Port,
    stream: TcpStream,
    peer: SocketAddr,
    tls: &TlsAcceptor,
    stop: &watch::Receiver<bool>,
) {
    let from = From {
        service: port.service,
        tls: port.tls,
        peer: peer.ip().to_canonical(),
        port: port.address.port(),
    };
    let settings = daemon.settings();
    let place = daemon.room.enter(from.peer, settings.connections, settings.connections_per_address);
    let Some(place) = place else { return daemon.metrics.turned_away() };
    if place.full {
        daemon.metrics.turned_away();
    }
    // Answers are small and whole: waiting for more of them helps nobody.
    let _ = stream.set_nodelay(true);
    let (daemon, tls, stop) = (Arc::clone(daemon), tls.clone(), stop.clone());
    tokio::spawn(async move {
        daemon.metrics.connections(1);
        let full = place.full;
        if port.tls {
            match tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
                Ok(Ok(stream)) => connection::serve(stream, Arc::clone(&daemon), from, stop, full).await,
                Ok(Err(_)) | Err(_) => daemon.metrics.handshake_failed(),
            }
        } else {
            connection::serve(stream, Arc::clone(&daemon), from, stop, full).await;
        }
        daemon.metrics.connections(-1);
        drop(place);
    });
}
