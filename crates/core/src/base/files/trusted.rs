//! Files that decide what root does, read only where nobody but root could have put them.
//!
//! Checked is not the file alone: whoever may write into a folder above it puts another one in its place. So the way
//! is gone from the root folder down, by descriptors, and every folder and link on it must be root's.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{Error, Read};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

/// Most links on the way, as the kernel allows.
const MOST_LINKS: usize = 40;
/// Rights of the group and of others to write.
const WRITE: u32 = 0o022;
/// In a folder with this bit nobody removes or renames what is not his.
const STICKY: u32 = 0o1000;

/// The text of a file that nobody but root could have put there.
pub fn read_of_root(path: &Path) -> Result<String, Error> {
    let mut text = String::new();
    open_of_root(path)?.read_to_string(&mut text)?;
    Ok(text)
}

/// Opens such a file.
fn open_of_root(path: &Path) -> Result<File, Error> {
    let mut way = Way::start(path)?;
    while let Some(step) = way.left.pop_front() {
        let found = rustix::fs::statat(way.folder(), &step, AtFlags::SYMLINK_NOFOLLOW)?;
        match FileType::from_raw_mode(found.st_mode) {
            FileType::Symlink => way.follow(&step, &found)?,
            FileType::Directory => way.enter(&step)?,
            _ if way.left.is_empty() => return way.open(&step),
            _ => return Err(Errno::NOTDIR.into()),
        }
    }
    Err(Errno::ISDIR.into())
}

/// The way to a file, as far as it is gone.
struct Way {
    /// The folders that are open, and their names; a `..` goes back to the one before.
    gone: Vec<(OwnedFd, PathBuf)>,
    left: VecDeque<OsString>,
    links: usize,
}

impl Way {
    fn start(path: &Path) -> Result<Self, Error> {
        let mut way = Self { gone: Vec::new(), left: VecDeque::new(), links: 0 };
        way.put_before(&std::path::absolute(path)?)?;
        Ok(way)
    }

    /// What is still to be gone begins with that path, which may begin anew at the root folder.
    fn put_before(&mut self, path: &Path) -> Result<(), Error> {
        if path.is_absolute() {
            self.gone.clear();
            let root = rustix::fs::open("/", FOLDER, Mode::empty())?;
            require_roots(&rustix::fs::fstat(&root)?, "the folder", Path::new("/"))?;
            self.gone.push((root, "/".into()));
        }
        let steps = path.components().filter_map(|component| match component {
            Component::Normal(step) => Some(step),
            Component::ParentDir => Some(OsStr::new("..")),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => None,
        });
        steps.rev().for_each(|step| self.left.push_front(step.to_owned()));
        Ok(())
    }

    fn folder(&self) -> std::os::fd::BorrowedFd<'_> {
        use std::os::fd::AsFd;
        self.gone.last().map_or(rustix::fs::CWD, |(folder, _)| folder.as_fd())
    }

    fn path_of(&self, step: &OsStr) -> PathBuf {
        self.gone.last().map_or_else(PathBuf::new, |(_, path)| path.clone()).join(step)
    }

    fn enter(&mut self, step: &OsStr) -> Result<(), Error> {
        if step == ".." {
            if self.gone.len() > 1 {
                self.gone.pop();
            }
            return Ok(());
        }
        let path = self.path_of(step);
        let folder = rustix::fs::openat(self.folder(), step, FOLDER, Mode::empty())?;
        require_roots(&rustix::fs::fstat(&folder)?, "the folder", &path)?;
        self.gone.push((folder, path));
        Ok(())
    }

    /// A link is believed as a file is: in a folder of root's, made by root.
    fn follow(&mut self, step: &OsStr, found: &Stat) -> Result<(), Error> {
        self.links += 1;
        if self.links > MOST_LINKS {
            return Err(Errno::LOOP.into());
        }
        if found.st_uid != 0 {
            return Err(not_roots("the link", &self.path_of(step), found.st_uid));
        }
        let target = rustix::fs::readlinkat(self.folder(), step, Vec::new())?;
        self.put_before(Path::new(&OsString::from_vec(target.into_bytes())))
    }

    fn open(&self, step: &OsStr) -> Result<File, Error> {
        // Non-blocking: opening a FIFO would wait for a writer for ever.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = rustix::fs::openat(self.folder(), step, flags, Mode::empty())?;
        let found = rustix::fs::fstat(&file)?;
        if FileType::from_raw_mode(found.st_mode) != FileType::RegularFile {
            return Err(Error::other("it is not a regular file"));
        }
        require_roots(&found, "the file", &self.path_of(step))?;
        Ok(File::from(file))
    }
}

const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Something that root owns and nobody else may write. Others may put files of their own into a folder with the
/// sticky bit, but not in the place of root's.
fn require_roots(found: &Stat, what: &str, path: &Path) -> Result<(), Error> {
    let is_folder = FileType::from_raw_mode(found.st_mode) == FileType::Directory;
    if found.st_uid != 0 {
        return Err(not_roots(what, path, found.st_uid));
    }
    if found.st_mode & WRITE != 0 && !(is_folder && found.st_mode & STICKY != 0) {
        let shown = path.display();
        return Err(Error::other(format!(
            "others than root may write {what} {shown}; take that away with chmod go-w"
        )));
    }
    Ok(())
}

fn not_roots(what: &str, path: &Path, uid: u32) -> Error {
    Error::other(format!(
        "{what} {} belongs to uid {uid}, and what decides for root or for a program with more rights than its starter must be root's, its folders too; after sudo or su, set HOME to root's own (sudo -H, su -), or give it to root",
        path.display()
    ))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, chown, symlink};

    use super::*;
    use crate::base::tests::scratch;

    fn why(path: &Path) -> String {
        read_of_root(path).unwrap_err().to_string()
    }

    /// Everything in a folder that an ordinary user makes is his.
    #[test]
    fn nothing_of_another_user_is_believed() {
        let dir = scratch("trusted-foreign");
        std::fs::create_dir(dir.join("a")).unwrap();
        std::fs::write(dir.join("a/f"), "x").unwrap();
        if rustix::process::geteuid().is_root() {
            assert_eq!(read_of_root(&dir.join("a/f")).unwrap(), "x");
            for part in ["a/f", "a"] {
                chown(dir.join(part), Some(65534), None).unwrap();
                let why = why(&dir.join("a/f"));
                assert!(why.contains(dir.join(part).to_str().unwrap()) && why.contains("uid 65534"), "{why}");
                chown(dir.join(part), Some(0), None).unwrap();
            }
        } else {
            assert!(why(&dir.join("a/f")).contains("must be root's"));
        }
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn what_others_may_write_is_not_believed_but_a_sticky_folder_is() {
        if !rustix::process::geteuid().is_root() {
            // Every folder of the machine that is not root's is refused, as the other test sees.
            assert!(why(Path::new("/etc/passwd/x")).contains("ot a directory"));
            return;
        }
        let dir = scratch("trusted-modes");
        std::fs::create_dir(dir.join("a")).unwrap();
        std::fs::write(dir.join("a/f"), "x").unwrap();
        let chmod = |name: &str, mode| {
            std::fs::set_permissions(dir.join(name), std::fs::Permissions::from_mode(mode)).unwrap();
        };
        for (name, mode, good) in
            [("a/f", 0o664, false), ("a/f", 0o646, false), ("a", 0o775, false), ("a", 0o1777, true)]
        {
            chmod(name, mode);
            assert_eq!(read_of_root(&dir.join("a/f")).is_ok(), good, "{name} {mode:o}");
            chmod(name, if name == "a" { 0o755 } else { 0o644 });
        }
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn links_are_followed_only_where_root_made_them() {
        let system = std::fs::canonicalize("/etc/passwd").unwrap();
        assert_eq!(read_of_root(&system).unwrap(), std::fs::read_to_string(&system).unwrap());
        assert!(
            why(Path::new("/etc")).contains("irectory") && why(Path::new("/etc/nosuch")).contains("No such")
        );
        if rustix::process::geteuid().is_root() {
            let dir = scratch("trusted-links");
            symlink("/etc/../etc/./passwd", dir.join("absolute")).unwrap();
            symlink("absolute", dir.join("relative")).unwrap();
            symlink("circle", dir.join("circle")).unwrap();
            assert_eq!(
                read_of_root(&dir.join("relative")).unwrap(),
                std::fs::read_to_string(system).unwrap()
            );
            assert!(why(&dir.join("circle")).contains("symbolic links"));
            std::os::unix::fs::lchown(dir.join("absolute"), Some(65534), None).unwrap();
            assert!(why(&dir.join("relative")).contains("the link"));
            std::fs::remove_dir_all(dir).unwrap();
        }
    }
}
