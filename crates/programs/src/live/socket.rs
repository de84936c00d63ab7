//! The socket itself: where it is, and whose.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use liveapi_core::api::{Error, ErrorKind};

/// Under which names scripts look for the path: PHP's classes, and all others.
const VARIABLES: [&str; 2] = ["CPANEL_PHPCONNECT_SOCKET", "CPANEL_CONNECT_SOCKET"];

/// The variables of the environment that tell a script where the socket is.
pub fn variables(path: &Path) -> [(&'static str, &Path); 2] {
    VARIABLES.map(|name| (name, path))
}

/// The user that may connect, besides root and the one that this process runs as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketOwner {
    pub uid: u32,
    /// The group that the files get.
    pub gid: u32,
}

impl SocketOwner {
    /// The user that this process runs as.
    pub fn me() -> Self {
        Self { uid: rustix::process::geteuid().as_raw(), gid: rustix::process::getegid().as_raw() }
    }
}

/// An open socket in a folder that only its owner can enter. Both are removed when it is dropped.
#[derive(Debug)]
pub struct Socket {
    pub(super) listener: UnixListener,
    pub(super) owner: SocketOwner,
    folder: PathBuf,
    path: PathBuf,
    used: AtomicBool,
}

impl Socket {
    /// Opens a socket of a name nobody can guess, in a new folder below that one, which the owner must be able to
    /// pass through.
    pub fn open(below: &Path, owner: SocketOwner) -> Result<Self, Error> {
        let mut random = [0; 8];
        getrandom::fill(&mut random)
            .map_err(|cause| failed(below, "The system has no random numbers", &io::Error::other(cause)))?;
        let random: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        Self::named(below.join(format!("liveapi-{random}")), &format!("php-connector-{random}.sock"), owner)
    }

    /// Opens a socket of that name in that folder, which must not exist yet.
    pub fn named(folder: PathBuf, name: &str, owner: SocketOwner) -> Result<Self, Error> {
        let path = folder.join(name);
        DirBuilder::new()
            .mode(0o700)
            .create(&folder)
            .map_err(|cause| failed(&folder, "The folder of a LiveAPI socket cannot be made", &cause))?;
        let made = listen(&folder, &path, owner)
            .map_err(|cause| failed(&path, "A LiveAPI socket cannot be opened", &cause));
        match made {
            Ok(listener) => Ok(Self { listener, owner, folder, path, used: AtomicBool::new(false) }),
            Err(error) => {
                remove(&folder, &path);
                Err(error)
            }
        }
    }

    /// The path, as scripts find it in their environment.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether its owner has ever connected.
    pub fn was_used(&self) -> bool {
        self.used.load(Ordering::Relaxed)
    }

    pub(super) fn use_it(&self) {
        self.used.store(true, Ordering::Relaxed);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        remove(&self.folder, &self.path);
    }
}

/// The folder is given away last: until then nobody but this process can enter it.
fn listen(folder: &Path, path: &Path, owner: SocketOwner) -> io::Result<UnixListener> {
    let listener = UnixListener::bind(path)?;
    listener.set_nonblocking(true)?;
    fs::set_permissions(path, Permissions::from_mode(0o600))?;
    if owner != SocketOwner::me() {
        chown(path, Some(owner.uid), Some(owner.gid))?;
        chown(folder, Some(owner.uid), Some(owner.gid))?;
    }
    Ok(listener)
}

/// What the owner put beside the socket stays, and the folder with it.
fn remove(folder: &Path, path: &Path) {
    let _ = fs::remove_file(path);
    let _ = fs::remove_dir(folder);
}

fn failed(path: &Path, what: &str, cause: &io::Error) -> Error {
    let advice = match cause.kind() {
        // What std says of a path that the system's structure has no room for.
        io::ErrorKind::InvalidInput => "; paths of sockets have at most 107 bytes, so use a shorter folder",
        io::ErrorKind::NotFound => "; make the folder above it first",
        io::ErrorKind::PermissionDenied => "; this user may not write there, so name another folder",
        io::ErrorKind::AlreadyExists => {
            "; another program has it, or one ended without removing it: remove it if none runs"
        }
        _ => "",
    };
    Error::new(ErrorKind::NotWritable, format!("{what} ({}): {cause}{advice}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    fn place(name: &str) -> PathBuf {
        let place = std::env::temp_dir().join(format!("liveapi-socket-{name}-{}", std::process::id()));
        fs::create_dir_all(&place).unwrap();
        place
    }

    #[test]
    fn nobody_else_can_enter_and_nothing_is_left() {
        let place = place("modes");
        let socket = Socket::open(&place, SocketOwner::me()).unwrap();
        let mode = |path: &Path| fs::symlink_metadata(path).unwrap().mode() & 0o7777;
        assert_eq!((mode(&socket.folder), mode(socket.path())), (0o700, 0o600));
        assert_eq!(variables(socket.path()).map(|(name, _)| name), VARIABLES);
        assert!(!socket.was_used());
        drop(socket);
        assert_eq!(fs::read_dir(&place).unwrap().count(), 0);
        fs::remove_dir(place).unwrap();
    }

    #[test]
    fn a_place_that_cannot_be_says_why() {
        let place = place("refusals");
        for (folder, words) in [
            (place.join("no/where"), "make the folder"),
            (place.clone(), "remove it if none runs"),
            (place.join("x".repeat(120)), "107 bytes"),
        ] {
            let why = Socket::named(folder, "s", SocketOwner::me()).unwrap_err().to_string();
            assert!(why.contains(words), "{why}");
        }
        assert_eq!(fs::read_dir(&place).unwrap().count(), 0);
        fs::remove_dir(place).unwrap();
    }
}
