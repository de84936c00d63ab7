//! The one connection of a process to a socket, and what is done when it is gone.
//!
//! Panels may take one connection of each page, so all clients of a process share it, one request at a time. The
//! last of them says goodbye. A forked child has none: it connects anew, and leaves its parent's alone.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use crate::api::{Error, ErrorKind};
use crate::base::process::PerProcess;
use crate::engine::config::SocketPath;
use crate::engine::socket::connection::Connection;
use crate::engine::socket::request::SocketRequest;
use crate::engine::wire::transport_error::TransportError;

/// The connections of this process. A lock that is held for a look only; a child has its own.
static CONNECTIONS: PerProcess<SharedConnections> = PerProcess::new();

struct SharedConnections {
    by_path: Mutex<Vec<(PathBuf, Weak<SharedConnection>)>>,
    /// Whether this process was forked from one that called a panel.
    is_child: bool,
}

/// How long things may take.
#[derive(Clone, Copy)]
pub struct Times {
    /// A connection, with its switch to JSON.
    pub connect: Duration,
    /// A call from its first byte to the last one of its answer.
    pub whole: Duration,
}

/// The way to one socket.
pub(crate) struct SharedConnection {
    socket: SocketPath,
    is_child: bool,
    /// Held during a whole call, because answers have no names: the next one is that of the last request.
    kept: Mutex<Option<Connection>>,
}

/// The way to a socket that this process's clients share.
pub(crate) fn shared(socket: &SocketPath) -> Result<Arc<SharedConnection>, Error> {
    let connections = CONNECTIONS.get_from(|parent| {
        Ok::<_, Error>(SharedConnections { by_path: Mutex::default(), is_child: parent.is_some() })
    })?;
    let mut by_path = connections.by_path.lock().unwrap_or_else(PoisonError::into_inner);
    by_path.retain(|(_, connection)| connection.strong_count() > 0);
    let known = by_path
        .iter()
        .find(|(path, _)| path == socket.path())
        .and_then(|(_, connection)| connection.upgrade());
    Ok(known.unwrap_or_else(|| {
        let connection = SharedConnection {
            socket: socket.clone(),
            is_child: connections.is_child,
            kept: Mutex::default(),
        };
        let connection = Arc::new(connection);
        by_path.push((socket.path().to_owned(), Arc::downgrade(&connection)));
        connection
    }))
}

impl SharedConnection {
    /// Sends a request and returns its answer. If the panel has closed the connection since the last one, on a new
    /// connection; a second time only what did not arrive, or what does no harm.
    pub(crate) fn ask(&self, request: &SocketRequest, times: Times) -> Result<Vec<u8>, TransportError> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let until = Instant::now() + times.whole;
        let idle = kept.take().filter(Connection::is_idle);
        let first = idle.map_or_else(|| self.open(times, until), Ok)?.ask(request, until);
        let answered = match first {
            Err(lost) if may_repeat(&lost, request) => {
                let second = self.open(times, until).and_then(|connection| connection.ask(request, until));
                second.map_err(|second| both(lost, second))
            }
            other => other,
        };
        let (answer, connection) = answered?;
        *kept = connection;
        Ok(answer)
    }

    fn open(&self, times: Times, until: Instant) -> Result<Connection, TransportError> {
        let opened = Connection::open(&self.socket, until.min(Instant::now() + times.connect));
        opened.map_err(|lost| match lost {
            TransportError::Unsent(kind, why) if self.is_child => TransportError::Unsent(
                kind,
                format!("{why}. This process was forked from one that calls the panel, too: it needs a connection of its own, and a panel may take only one of each page"),
            ),
            other => other,
        })
    }
}

impl Drop for SharedConnection {
    /// Silent, and never in a child: there nothing of its parent's is dropped.
    fn drop(&mut self) {
        if let Some(connection) = self.kept.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
            connection.end();
        }
    }
}

fn may_repeat(lost: &TransportError, request: &SocketRequest) -> bool {
    match lost {
        TransportError::Unsent(kind, _) => *kind == ErrorKind::Unreachable,
        TransportError::Silent(_) => request.idempotent,
        TransportError::Broken(..) | TransportError::TooLong => false,
    }
}

/// What became of a request that was tried twice. The first may have arrived even if the second did not.
fn both(first: TransportError, second: TransportError) -> TransportError {
    match (first, second) {
        (TransportError::Silent(first), TransportError::Unsent(_, second)) => {
            TransportError::Silent(format!("{first}, and it was not sent again: {second}"))
        }
        (_, second) => second,
    }
}
