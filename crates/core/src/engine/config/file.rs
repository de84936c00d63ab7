//! The one configuration file: the named one, else the user's, else the machine's.

use std::io::ErrorKind::PermissionDenied as Denied;
use std::path::{Path, PathBuf};

use crate::api::{Error, ErrorKind};
use crate::base::environment::Environment;
use crate::base::files::read_of_root;
use crate::base::limits;
use crate::engine::config::environment::user_folder;
use crate::engine::config::options::Options;
use crate::engine::config::secret::require_private;

/// The machine's file, if the user has none.
const SYSTEM_FILE: &str = "/etc/liveapi/liveapi.toml";
/// Longest configuration file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// The file that `LIVEAPI_CONFIG` names, else the user's, else the machine's; none is fine. Unless `is_needed`, so is
/// one that this user may not read, and that nobody named.
pub(crate) fn read_file(
    environment: Environment,
    is_needed: bool,
) -> Result<Option<(String, Options)>, Error> {
    let named = environment.text("LIVEAPI_CONFIG").filter(|path| !path.is_empty());
    let must_exist = named.is_some();
    let path = named.map(PathBuf::from).or_else(|| user_file(environment));
    let path = path.unwrap_or_else(|| SYSTEM_FILE.into());
    let shown = path.display().to_string();
    let fail = |why: String| Error::new(ErrorKind::Config, format!("The configuration file {shown} {why}"));
    match std::fs::metadata(&path) {
        Ok(metadata) if metadata.len() > MAX_FILE_BYTES => return Err(fail("is larger than 1 MiB".into())),
        Err(cause) if must_exist => {
            return Err(fail(format!("(from LIVEAPI_CONFIG) cannot be read: {cause}")));
        }
        Err(_) => return Ok(None),
        Ok(_) => {}
    }
    let text = match read_text(environment, &path) {
        Err(cause) if cause.kind() == Denied && !is_needed && !must_exist => return Ok(None),
        read => read.map_err(|cause| {
            let sentence =
                format!("The configuration file {shown} cannot be read: {}", limits::named(&cause));
            Error::new(limits::kind(&cause, ErrorKind::Config), sentence)
        })?,
    };
    let options = Options::from_toml(&text, &shown)?;
    if options.holds_secret() {
        // A file without a secret may be read by everybody.
        std::fs::metadata(&path).map_err(|cause| fail(format!("cannot be examined: {cause}"))).and_then(
            |found| require_private(&found).map_err(|why| fail(format!("holds a secret, and {why}"))),
        )?;
    }
    Ok(Some((shown, options)))
}

/// What stands in it. Root believes no file that somebody else could have put there, as where `HOME` is another
/// user's after `sudo -E`; nor does a process whose starter must not decide anything.
fn read_text(environment: Environment, path: &Path) -> std::io::Result<String> {
    if environment.counts() && !rustix::process::geteuid().is_root() {
        return std::fs::read_to_string(path);
    }
    read_of_root(path)
}

fn user_file(environment: Environment) -> Option<PathBuf> {
    let folder = user_folder(environment, "XDG_CONFIG_HOME", ".config")?;
    let path = folder.join("liveapi/liveapi.toml");
    path.exists().then_some(path)
}
