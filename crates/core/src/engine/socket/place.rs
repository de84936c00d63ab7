//! Where a socket is, how this process knows of it, and why nobody answers there.

use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use url::Url;

use crate::api::{Call, Error, ErrorKind};
use crate::engine::lost::Lost;

/// Longest path that the system takes for a socket, in bytes.
const MAX_PATH_BYTES: usize = 107;

/// A LiveAPI socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    path: PathBuf,
    /// The variable by which the panel named it; `None` for one that a URL names.
    variable: Option<&'static str>,
}

impl Place {
    /// Reads a `unix:` URL. Complaints name no part of it.
    pub fn of_url(url: &Url) -> Result<Self, String> {
        let wrong = |why: &str| format!("A unix: URL {why}, for example unix:///run/panel/page.sock");
        if url.has_host() && url.host_str() != Some("") || url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("has three slashes and the path of a socket, and neither host nor query"));
        }
        match url.to_file_path() {
            Ok(path) if path.as_os_str().len() > 1 => Ok(Self { path, variable: None }),
            _ => Err(wrong("names the path of a socket")),
        }
    }

    /// The same, as the panel named it.
    #[must_use]
    pub fn named_by(self, variable: Option<&'static str>) -> Self {
        Self { variable, ..self }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// For messages.
    pub fn shown(&self) -> String {
        let path = format!("unix://{}", self.path.display());
        self.variable.map_or(path.clone(), |variable| format!("{path} ({variable})"))
    }

    /// A call to it, for sentences.
    pub(super) fn step<'s>(&'s self, call: &'s Call<'s>) -> impl fmt::Display + 's {
        let Call { module, func, .. } = call;
        let colons = if func.is_empty() { "" } else { "::" };
        format!("The call {module}{colons}{func} to {}", self.shown())
    }

    /// A request to it that is no call, for sentences.
    pub(super) fn request(&self) -> String {
        format!("The LiveAPI request to {}", self.shown())
    }

    /// The panel knows whose page this is; another account must not be passed over. `what` names it, for the sentence.
    pub fn require_own_account(&self, what: &str, wanted: Option<&str>) -> Result<(), Error> {
        let Some(other) = wanted else { return Ok(()) };
        let sentence = format!(
            "{what} “{other}”, but {} is a LiveAPI socket, which acts for the account of its page and no other; leave the user out (setting user, LIVEAPI_USER, --user), or use a whm: URL, which acts for any",
            self.shown()
        );
        Err(Error::new(ErrorKind::Config, sentence))
    }

    pub(super) fn no_whm(&self, call: &Call<'_>) -> Error {
        let sentence = format!(
            "The function {} is one of WHM, and {} is a LiveAPI socket. It cannot call WHM API; use a whm: URL, e.g. whm://root@localhost",
            call.func,
            self.shown()
        );
        Error::new(ErrorKind::Config, sentence)
    }

    /// Why no connection came about. cPanel's own words stand first, for people who look for them.
    pub(super) fn unconnected(&self, cause: Errno) -> Lost {
        const NONE: &str = "No connection to the cPanel engine exists";
        const PROBLEM: &str = "There was a problem connecting back to the cPanel engine";
        let unreachable = |why: String| Lost::Unsent(ErrorKind::Unreachable, why);
        let advice = self.advice();
        match cause {
            Errno::NOENT | Errno::NOTDIR => unreachable(format!(
                "{NONE}: there is nothing at that path. A panel keeps the socket while the page runs that it is for; {advice}"
            )),
            Errno::ACCESS | Errno::PERM => unreachable(format!(
                "{PROBLEM}: permission denied. The socket is for the account of its page, and this process runs as user {}; {advice}",
                rustix::process::geteuid()
            )),
            Errno::CONNREFUSED | Errno::PROTOTYPE if !self.is_socket() => {
                unreachable(format!("{NONE}: what stands at that path is no socket; {advice}"))
            }
            Errno::CONNREFUSED => unreachable(format!(
                "{PROBLEM}: nobody listens at that path any more, so the page that it was for has ended; {advice}"
            )),
            Errno::AGAIN => Lost::Unsent(
                ErrorKind::Timeout,
                format!("{PROBLEM}: the panel takes no further connection (setting connect_timeout)"),
            ),
            Errno::NAMETOOLONG | Errno::INVAL if self.path.as_os_str().as_bytes().len() > MAX_PATH_BYTES => {
                unreachable(format!(
                    "{NONE}: the path has more than {MAX_PATH_BYTES} bytes, which no socket can have; {advice}"
                ))
            }
            other => unreachable(format!("{PROBLEM}: {}; {advice}", std::io::Error::from(other))),
        }
    }

    fn is_socket(&self) -> bool {
        std::fs::metadata(&self.path).is_ok_and(|found| found.file_type().is_socket())
    }

    fn advice(&self) -> String {
        match self.variable {
            Some(variable) => format!(
                "let the panel run the script (its name ends in .live.php, .livephp, .live.pl or .livepl), or unset {variable}, or set LIVEAPI_URL to another engine"
            ),
            None => "correct the setting url (LIVEAPI_URL)".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Args, Family};

    fn place(text: &str) -> Result<Place, String> {
        Place::of_url(&Url::parse(text).unwrap())
    }

    #[test]
    fn urls() {
        assert_eq!(place("unix:///run/a%20b.sock").unwrap().path(), Path::new("/run/a b.sock"));
        for bad in
            ["unix://s3cret/x", "unix:///x?s3cret", "unix:///x#s3cret", "unix:///", "unix://", "unix:s3cret"]
        {
            let complaint = place(bad).unwrap_err();
            assert!(
                complaint.contains("unix:///run/") && !complaint.contains("s3cret"),
                "{bad}: {complaint}"
            );
        }
    }

    #[test]
    fn messages_say_which_socket_and_how_it_is_known() {
        let call = Call { family: Family::Api1, module: "print", func: "", args: Args::default() };
        let place = place("unix:///run/x").unwrap();
        assert_eq!(place.step(&call).to_string(), "The call print to unix:///run/x");
        let named = place.named_by(Some("CPANEL_CONNECT_SOCKET"));
        assert_eq!(named.shown(), "unix:///run/x (CPANEL_CONNECT_SOCKET)");
        let why = named.require_own_account("The setting user is", Some("eve")).unwrap_err().to_string();
        assert!(why.contains("“eve”") && why.contains("CPANEL_CONNECT_SOCKET"), "{why}");
        assert!(named.require_own_account("", None).is_ok());
    }
}
