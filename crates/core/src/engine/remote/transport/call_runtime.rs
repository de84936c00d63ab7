//! Where calls are made: a runtime on the calling thread, and what takes SIGPIPE away there.
//!
//! rustls writes in a way that has no place for MSG_NOSIGNAL, so writing to a connection that the server has closed
//! sends SIGPIPE to the thread, and C and Perl programs die of it.

use nix::sys::signal::Signal;
use tokio::runtime::{Builder, Runtime};

use crate::api::{Error, ErrorKind};
use crate::base::held_signal::{HeldSignal, SignalTaker};
use crate::base::limits;

/// Runs calls to servers to their end without starting a thread.
pub(crate) struct CallRuntime {
    runtime: Runtime,
    sigpipe: SignalTaker,
}

impl CallRuntime {
    /// A runtime that shares nothing with others.
    pub(crate) fn new() -> Result<Self, Error> {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build();
        let runtime = runtime.map_err(|cause| refused("The runtime", &cause))?;
        let sigpipe = SignalTaker::new(Signal::SIGPIPE)
            .map_err(|cause| refused("The descriptor for SIGPIPE", &cause.into()))?;
        Ok(Self { runtime, sigpipe })
    }

    /// Does `work` to its end.
    pub(crate) fn run<T>(&self, work: impl Future<Output = T>) -> T {
        // Lives longer than the work: a connection may be written to until its future is gone.
        let _guard = HeldSignal::new(&self.sigpipe);
        self.runtime.block_on(work)
    }
}

/// Why nothing can be sent from this process.
pub(crate) fn cannot_make(what: &str, cause: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Internal, format!("{what} for calls to a server cannot be made: {cause}"))
}

/// The same for what the system refuses.
fn refused(what: &str, cause: &std::io::Error) -> Error {
    let sentence = format!("{what} for calls to a server cannot be made: {}", limits::named(cause));
    Error::new(limits::kind(cause, ErrorKind::Internal), sentence)
}
