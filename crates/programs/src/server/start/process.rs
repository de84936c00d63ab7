//! The daemon as a process of the system: its limits, its panics, its signals, and whoever started it.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use sd_notify::NotifyState;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::server::context::Context;
use liveapi_core::api::{Error, ErrorKind};
use liveapi_core::base::environment::Environment;

/// Room for many connections, and no memory image of a process that holds passwords.
pub(super) fn prepare() {
    let files = getrlimit(Resource::Nofile);
    // A limit that cannot be raised is met again where a connection is accepted.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: files.maximum, maximum: files.maximum });
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}

/// A panic is a defect: its place is logged, never its words, which may hold a value.
pub(super) fn report_panics(context: &Arc<Context>) {
    let context = Arc::clone(context);
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map_or_else(|| "?".to_owned(), ToString::to_string);
        context
            .log
            .say("error", &format!("A defect in liveapid at {place}; that one request was not answered"));
    }));
}

/// Signals arrive on a thread of their own, so that the others never stop for one.
pub(super) fn signals() -> Result<Receiver<i32>, Error> {
    let failed = |cause: std::io::Error| internal("Signals cannot be received", &cause);
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM]).map_err(failed)?;
    let (send, receive) = mpsc::channel();
    let thread = std::thread::Builder::new().name("liveapid-signal".into()).spawn(move || {
        let mut ending = false;
        for signal in signals.forever() {
            if signal != SIGHUP && std::mem::replace(&mut ending, true) {
                // Whoever asks twice does not want to wait.
                std::process::exit(1);
            }
            let _ = send.send(signal);
        }
    });
    thread.map_err(failed)?;
    Ok(receive)
}

/// Tells systemd, if that started the daemon.
pub(super) fn notify(states: &[NotifyState<'_>]) {
    // Without systemd there is nobody to tell. The variable that names it is read behind that call.
    if Environment::now().counts() {
        let _ = sd_notify::notify(states);
    }
}

/// What the system did not let the daemon do.
pub(super) fn internal(what: &str, cause: &std::io::Error) -> Error {
    Error::new(ErrorKind::Internal, format!("{what}: {cause}"))
}
