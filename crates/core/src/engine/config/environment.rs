//! Which engine the environment means where nobody configured one: the panel that runs this page, else the embedded
//! store at its usual place.

use std::ffi::OsStr;
use std::path::PathBuf;

use crate::api::{Error, ErrorKind};
use crate::base::environment::{Environment, PASSED_OVER};

/// The store of a machine, where root runs it.
const SYSTEM_STORE: &str = "/var/lib/liveapi";
/// Variables by which a panel names a page's LiveAPI socket; the first that is set counts. Panels set the first for
/// PHP and the second for others. The third was in old descriptions only.
const SOCKET_VARIABLES: [&str; 3] =
    ["CPANEL_PHPCONNECT_SOCKET", "CPANEL_CONNECT_SOCKET", "CPANEL_PHPCONNECT_SOCKETFILE"];

/// In a panel's page: the variable that names its socket, and that socket's URL. What the panel says is said closer
/// to the call than what stands in a file.
pub(crate) fn panel(environment: Environment) -> Result<Option<(&'static str, String)>, Error> {
    let named = |name| environment.value(name).filter(|value| !value.is_empty()).map(|path| (name, path));
    let Some((name, path)) = SOCKET_VARIABLES.into_iter().find_map(named) else { return Ok(None) };
    match url_of("unix:", &path) {
        Some(url) => Ok(Some((name, url))),
        None => {
            let sentence = format!(
                "{name} must name a LiveAPI socket by an absolute path; unset it, or set LIVEAPI_URL to the engine that is meant"
            );
            Err(Error::new(ErrorKind::Config, sentence))
        }
    }
}

/// Without a URL: the embedded store at its usual place.
pub(crate) fn default_url() -> Result<String, Error> {
    let environment = Environment::now();
    let store = if rustix::process::geteuid().is_root() {
        PathBuf::from(SYSTEM_STORE)
    } else {
        let state = user_folder(environment, "XDG_STATE_HOME", ".local/state");
        state.map(|state| state.join("liveapi")).ok_or_else(|| no_store(environment))?
    };
    url_of("home:", store.as_os_str()).ok_or_else(|| {
        Error::new(
            ErrorKind::Config,
            format!("The mail store's folder {} is no absolute path", store.display()),
        )
    })
}

fn no_store(environment: Environment) -> Error {
    let sentence = if environment.counts() {
        "There is no place for the mail store: neither XDG_STATE_HOME nor HOME is set; set LIVEAPI_URL=home:///path".to_owned()
    } else {
        format!(
            "Nothing says which mail store or server is meant: {PASSED_OVER}; give the option url, or write it into /etc/liveapi/liveapi.toml"
        )
    };
    Error::new(ErrorKind::Config, sentence)
}

/// A path as a URL of that scheme; `None` for one that is not absolute.
fn url_of(scheme: &str, path: &OsStr) -> Option<String> {
    let url = url::Url::from_file_path(path).ok()?;
    Some(url.as_str().replacen("file:", scheme, 1))
}

/// A folder of the XDG base directory specification, which wants relative values ignored.
pub(crate) fn user_folder(environment: Environment, variable: &str, below_home: &str) -> Option<PathBuf> {
    environment.path(variable).or_else(|| environment.path("HOME").map(|home| home.join(below_home)))
}
