//! Writing into files without ending the host.
//!
//! Whoever writes beyond the limit on the size of files (`RLIMIT_FSIZE`, `ulimit -f`) gets SIGXFSZ, and dies of it
//! unless he does something about it. What the library writes must not do that to its host: the signal is held back,
//! and the write fails with EFBIG. All writes into files pass here.

use std::fs::File;
use std::io::{Error, Write};

use nix::sys::signal::Signal;
use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};

use crate::base::held_signal::{HeldSignal, SignalTaker};

/// Writes all of the bytes.
pub fn write_all(mut file: &File, bytes: &[u8]) -> Result<(), Errno> {
    within_size_limit(|| file.write_all(bytes)).map_err(|cause| errno(&cause))
}

/// Does work that writes somewhere, perhaps into a file. Where the limit is none, that costs one system call.
pub fn within_size_limit<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    if getrlimit(Resource::Fsize).current.is_none() {
        return work();
    }
    let taker = SignalTaker::new(Signal::SIGXFSZ)?;
    let _held = HeldSignal::new(&taker);
    work()
}

/// The number of a failure.
fn errno(cause: &Error) -> Errno {
    Errno::from_io_error(cause).unwrap_or(Errno::IO)
}
