//! Accepting connections: one thread for each processor, each with a runtime of its own, all on the same ports.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use super::connection::Connection;
use super::connection_limit::ConnectionLimit;
use super::handler::Handler;
use crate::live::RequestMemory;
use crate::live::connection::accepted;
use crate::server::context::{Context, waiting_threads};
use crate::server::origin::{Origin, network};
use crate::server::settings::Port;
use liveapi_core::api::{Error, ErrorKind};

/// How long TLS may take to be agreed on.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long calls that are being answered may take after the daemon was told to end.
const FINISH: Duration = Duration::from_secs(30);
/// How often it is looked whether the last connection has ended.
const LOOK: Duration = Duration::from_millis(20);
/// Threads beside those that calls take turns for: looking for new accounts, and the like.
const OTHER_THREADS: usize = 8;

/// A port with the socket that listens on it.
#[derive(Debug)]
pub(crate) struct OpenPort {
    pub(crate) port: Port,
    pub(crate) listener: TcpListener,
}

/// Work that goes on beside the ports, until the daemon ends.
pub(crate) type Background = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What the ports of one daemon share.
pub(crate) struct Listeners<H> {
    handler: Arc<H>,
    context: Arc<Context>,
    tls: TlsAcceptor,
    limit: Arc<ConnectionLimit>,
    memory: Arc<RequestMemory>,
    stop: watch::Receiver<bool>,
}

/// Opens a port at its address.
pub(crate) fn open(port: Port) -> Result<OpenPort, Error> {
    Ok(OpenPort { port, listener: bind(port.name, port.address)? })
}

/// Opens an address; the complaint says why it cannot be opened, and what to do.
pub(crate) fn bind(name: &str, address: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(address).map_err(|cause| {
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
        let sentence = format!("The port {name} ({address}) cannot be opened: {cause}; {advice}");
        Error::new(ErrorKind::Config, sentence)
    })
}

impl<H: Handler> Listeners<H> {
    /// Ports whose requests `handler` answers, until `stop` says so.
    pub(crate) fn new(
        handler: Arc<H>,
        context: Arc<Context>,
        tls: TlsAcceptor,
        stop: watch::Receiver<bool>,
    ) -> Arc<Self> {
        Arc::new(Self { handler, context, tls, limit: Arc::default(), memory: Arc::default(), stop })
    }

    /// Starts the threads that answer. They end when `stop` says so and nothing is being answered any more.
    pub(crate) fn start(
        self: Arc<Self>,
        ports: &[OpenPort],
        mut background: Vec<Background>,
    ) -> io::Result<Vec<JoinHandle<()>>> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        (0..threads)
            .map(|_| {
                let mut listeners = Vec::new();
                for open in ports {
                    listeners.push((open.port, copy(&open.listener)?));
                }
                // One thread is enough for it, the first.
                let background = std::mem::take(&mut background);
                let this = Arc::clone(&self);
                std::thread::Builder::new().name("liveapid-net".into()).spawn(move || {
                    this.run(listeners, background);
                })
            })
            .collect()
    }

    fn run(self: Arc<Self>, listeners: Vec<(Port, TcpListener)>, background: Vec<Background>) {
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .max_blocking_threads(waiting_threads() + OTHER_THREADS)
            .thread_name("liveapid-call")
            .build();
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(cause) => return self.complain(&format!("A thread cannot start its runtime: {cause}")),
        };
        runtime.block_on(async {
            let mut tasks = Vec::new();
            for (port, listener) in listeners {
                tasks.push(tokio::spawn(Arc::clone(&self).accept(port, listener)));
            }
            tasks.extend(background.into_iter().map(tokio::spawn));
            for task in tasks {
                let _ = task.await;
            }
            let _ = tokio::time::timeout(FINISH, self.idle()).await;
        });
        runtime.shutdown_timeout(FINISH);
    }

    async fn accept(self: Arc<Self>, port: Port, listener: TcpListener) {
        let listener = match tokio::net::TcpListener::from_std(listener) {
            Ok(listener) => listener,
            Err(cause) => return self.complain(&format!("The port {} is lost: {cause}", port.name)),
        };
        let mut stop = self.stop.clone();
        let complain = |cause: &io::Error| {
            self.complain(&format!("The port {} accepts no connection: {cause}", port.name));
        };
        while let Some((stream, peer)) = accepted(|| listener.accept(), &mut stop, complain).await {
            self.welcome(port, stream, peer);
        }
    }

    fn welcome(&self, port: Port, stream: TcpStream, peer: SocketAddr) {
        let origin = Origin {
            service: port.service,
            tls: port.tls,
            peer: peer.ip().to_canonical(),
            port: port.address.port(),
        };
        let settings = self.context.settings();
        let slot = self.limit.enter(origin.peer, settings.connections, settings.connections_per_address);
        let Some(slot) = slot else { return self.context.metrics.turned_away() };
        if slot.full {
            self.context.metrics.turned_away();
        }
        // Answers are small and whole: waiting for more of them helps nobody.
        let _ = stream.set_nodelay(true);
        let (handler, context) = (Arc::clone(&self.handler), Arc::clone(&self.context));
        let memory = self.memory.share(network(origin.peer).to_string());
        let (tls, stop, full) = (self.tls.clone(), self.stop.clone(), slot.full);
        tokio::spawn(async move {
            let counted = Arc::clone(&context);
            counted.metrics.connections(1);
            if port.tls {
                match tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
                    Ok(Ok(stream)) => {
                        Connection { stream, handler, context, origin, memory, stop, full }.serve().await;
                    }
                    Ok(Err(_)) | Err(_) => context.metrics.handshake_failed(),
                }
            } else {
                Connection { stream, handler, context, origin, memory, stop, full }.serve().await;
            }
            counted.metrics.connections(-1);
            drop(slot);
        });
    }

    /// Ends when no connection is open.
    async fn idle(&self) {
        while self.context.metrics.open() > 0 {
            tokio::time::sleep(LOOK).await;
        }
    }

    fn complain(&self, sentence: &str) {
        self.context.log.say("error", sentence);
    }
}

fn copy(listener: &TcpListener) -> io::Result<TcpListener> {
    let copy = listener.try_clone()?;
    copy.set_nonblocking(true)?;
    Ok(copy)
}
