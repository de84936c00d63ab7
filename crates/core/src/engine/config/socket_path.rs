//! Where a LiveAPI socket is, and how this process knows of it.

use std::path::{Path, PathBuf};

use url::Url;

use crate::api::{Error, ErrorKind};

/// The path of a LiveAPI socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketPath {
    path: PathBuf,
    /// The variable by which the panel named it; `None` for one that a URL names.
    variable: Option<&'static str>,
}

impl SocketPath {
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

    /// Where the socket is in the file system.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The variable by which the panel named it.
    pub(crate) fn variable(&self) -> Option<&'static str> {
        self.variable
    }

    /// Its URL, and the variable that named it, for messages.
    pub fn shown(&self) -> String {
        let path = format!("unix://{}", self.path.display());
        self.variable.map_or(path.clone(), |variable| format!("{path} ({variable})"))
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
}

#[cfg(test)]
mod tests {
    use super::*;

    fn socket(text: &str) -> Result<SocketPath, String> {
        SocketPath::of_url(&Url::parse(text).unwrap())
    }

    #[test]
    fn urls() {
        assert_eq!(socket("unix:///run/a%20b.sock").unwrap().path(), Path::new("/run/a b.sock"));
        for bad in
            ["unix://s3cret/x", "unix:///x?s3cret", "unix:///x#s3cret", "unix:///", "unix://", "unix:s3cret"]
        {
            let complaint = socket(bad).unwrap_err();
            assert!(
                complaint.contains("unix:///run/") && !complaint.contains("s3cret"),
                "{bad}: {complaint}"
            );
        }
    }

    #[test]
    fn messages_say_which_socket_and_how_it_is_known() {
        let socket = socket("unix:///run/x").unwrap();
        assert_eq!(socket.shown(), "unix:///run/x");
        let named = socket.named_by(Some("CPANEL_CONNECT_SOCKET"));
        assert_eq!(named.shown(), "unix:///run/x (CPANEL_CONNECT_SOCKET)");
        let why = named.require_own_account("The setting user is", Some("eve")).unwrap_err().to_string();
        assert!(why.contains("“eve”") && why.contains("CPANEL_CONNECT_SOCKET"), "{why}");
        assert!(named.require_own_account("", None).is_ok());
    }
}
