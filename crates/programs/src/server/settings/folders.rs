//! The folders that are used where none is named.

use std::path::PathBuf;

use liveapi_core::base::environment::Environment;

/// Where a service of systemd, root, and everybody else keep what they must not lose.
pub(super) fn state_folder() -> PathBuf {
    let environment = Environment::now();
    let folder = |name: &str| environment.path(name);
    if let Some(path) = folder("STATE_DIRECTORY") {
        return path;
    }
    if rustix::process::geteuid().is_root() {
        return PathBuf::from("/var/lib/liveapid");
    }
    let state = folder("XDG_STATE_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/state")));
    state.map_or_else(|| PathBuf::from("/var/lib/liveapid"), |state| state.join("liveapid"))
}

/// Where a service of systemd and root have sockets: accounts can pass through to theirs. No account can have the
/// name of the last part.
pub(super) fn run_folder() -> Option<PathBuf> {
    let given = Environment::now().path("RUNTIME_DIRECTORY");
    let root = rustix::process::geteuid().is_root().then(|| PathBuf::from("/run/liveapid"));
    given.or(root).map(|folder| folder.join(".pages"))
}
