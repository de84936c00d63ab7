//! Why a panel's socket cannot be used, and what to do.

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use rustix::io::Errno;

use crate::api::{Call, Error, ErrorKind};
use crate::engine::config::SocketPath;
use crate::engine::wire::transport_error::TransportError;

/// Longest path that the system takes for a socket, in bytes.
const MAX_PATH_BYTES: usize = 107;

/// A call to a panel, as the subject of a sentence.
pub(crate) fn call_name(socket: &SocketPath, call: &Call<'_>) -> String {
    let Call { module, func, .. } = call;
    let colons = if func.is_empty() { "" } else { "::" };
    format!("The call {module}{colons}{func} to {}", socket.shown())
}

/// A request to a panel that is no call, as the subject of a sentence.
pub(crate) fn request_name(socket: &SocketPath) -> String {
    format!("The LiveAPI request to {}", socket.shown())
}

/// Refuses a function of WHM, which no panel has on its socket.
pub(crate) fn no_whm(socket: &SocketPath, call: &Call<'_>) -> Error {
    let sentence = format!(
        "The function {} is one of WHM, and {} is a LiveAPI socket. It cannot call WHM API; use a whm: URL, e.g. whm://root@localhost",
        call.func,
        socket.shown()
    );
    Error::new(ErrorKind::Config, sentence)
}

/// Why no connection came about. cPanel's own words stand first, for people who look for them.
pub(crate) fn unconnected(socket: &SocketPath, cause: Errno) -> TransportError {
    const NONE: &str = "No connection to the cPanel engine exists";
    const PROBLEM: &str = "There was a problem connecting back to the cPanel engine";
    let unreachable = |why: String| TransportError::Unsent(ErrorKind::Unreachable, why);
    let advice = advice(socket);
    match cause {
        Errno::NOENT | Errno::NOTDIR => unreachable(format!(
            "{NONE}: there is nothing at that path. A panel keeps the socket while the page runs that it is for; {advice}"
        )),
        Errno::ACCESS | Errno::PERM => unreachable(format!(
            "{PROBLEM}: permission denied. The socket is for the account of its page, and this process runs as user {}; {advice}",
            rustix::process::geteuid()
        )),
        Errno::CONNREFUSED | Errno::PROTOTYPE if !is_socket(socket.path()) => {
            unreachable(format!("{NONE}: what stands at that path is no socket; {advice}"))
        }
        Errno::CONNREFUSED => unreachable(format!(
            "{PROBLEM}: nobody listens at that path any more, so the page that it was for has ended; {advice}"
        )),
        Errno::AGAIN => TransportError::Unsent(
            ErrorKind::Timeout,
            format!("{PROBLEM}: the panel takes no further connection (setting connect_timeout)"),
        ),
        Errno::NAMETOOLONG | Errno::INVAL if socket.path().as_os_str().as_bytes().len() > MAX_PATH_BYTES => {
            unreachable(format!(
                "{NONE}: the path has more than {MAX_PATH_BYTES} bytes, which no socket can have; {advice}"
            ))
        }
        other => unreachable(format!("{PROBLEM}: {}; {advice}", std::io::Error::from(other))),
    }
}

fn is_socket(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.file_type().is_socket())
}

fn advice(socket: &SocketPath) -> String {
    match socket.variable() {
        Some(variable) => format!(
            "let the panel run the script (its name ends in .live.php, .livephp, .live.pl or .livepl), or unset {variable}, or set LIVEAPI_URL to another engine"
        ),
        None => "correct the setting url (LIVEAPI_URL)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Args, Family};

    #[test]
    fn a_call_is_named_with_its_socket() {
        let socket = SocketPath::of_url(&url::Url::parse("unix:///run/x").unwrap()).unwrap();
        let call = Call { family: Family::Api1, module: "print", func: "", args: Args::default() };
        assert_eq!(call_name(&socket, &call), "The call print to unix:///run/x");
    }
}
