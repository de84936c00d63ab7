//! Where calls are made: a runtime on the calling thread, and what takes SIGPIPE away there.

use tokio::runtime::{Builder, Runtime};

use crate::api::{Error, ErrorKind};
use crate::engine::remote::transport::sigpipe::{SigpipeGuard, SigpipeTaker};

/// Runs calls to servers to their end without starting a thread.
pub(crate) struct CallRuntime {
    runtime: Runtime,
    sigpipe: SigpipeTaker,
}

impl CallRuntime {
    /// A runtime that shares nothing with others.
    pub(crate) fn new() -> Result<Self, Error> {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build();
        let runtime = runtime.map_err(|cause| cannot_make("The runtime", &cause))?;
        let sigpipe =
            SigpipeTaker::new().map_err(|cause| cannot_make("The descriptor for SIGPIPE", &cause))?;
        Ok(Self { runtime, sigpipe })
    }

    /// Does `work` to its end.
    pub(crate) fn run<T>(&self, work: impl Future<Output = T>) -> T {
        // Lives longer than the work: a connection may be written to until its future is gone.
        let _guard = SigpipeGuard::new(&self.sigpipe);
        self.runtime.block_on(work)
    }
}

/// Why nothing can be sent from this process.
pub(crate) fn cannot_make(what: &str, cause: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Internal, format!("{what} for calls to a server cannot be made: {cause}"))
}
