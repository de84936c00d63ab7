//! From a path below the folder of pages to a file, over links, looking at every step whose it is.
//!
//! A page runs for every account, so whoever can change it, or a folder or a link on the way to it, has the rights of
//! all accounts. Only root and the daemon's own user may be able to. Because nobody else can change what was looked
//! at, it is still the same when it is used.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

/// Most links on the way to one file, as the kernel has it.
const MAX_LINKS: usize = 40;
/// The bits of group and others that let them write.
const WRITABLE: u32 = 0o022;
/// In a folder with this bit everybody changes only what is his own.
const STICKY: u32 = 0o1000;

/// Why something is not served: a sentence for the log that says how to repair it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Distrust(pub(super) String);

/// What a step came to.
#[derive(Debug)]
pub(super) enum WalkStep {
    /// Nothing of that name, or nothing that is a file or a folder.
    Missing,
    /// A folder; the next step goes on from it.
    Folder,
    /// A file, without a link in its path.
    File(PathBuf, Metadata),
}

/// A way, from the folder of pages on.
#[derive(Clone, Debug)]
pub(super) struct Walk {
    at: PathBuf,
    links: usize,
}

impl Walk {
    /// Begins at the folder of pages. What is above it is the business of whoever named it.
    pub(super) fn begin(pages: &Path) -> Result<Self, Distrust> {
        let cannot = |cause: io::Error| {
            Distrust(format!(
                "The folder of pages {} cannot be used: {cause} (setting pages)",
                pages.display()
            ))
        };
        let at = pages.canonicalize().map_err(cannot)?;
        let walk = Self { at, links: 0 };
        walk.trust(&walk.at, &walk.at.metadata().map_err(cannot)?)?;
        Ok(walk)
    }

    /// Goes to what has that name in the folder that was reached.
    pub(super) fn step(&mut self, name: &str) -> Result<WalkStep, Distrust> {
        let mut ahead = VecDeque::from([OsString::from(name)]);
        while let Some(name) = ahead.pop_front() {
            let path = self.at.join(name);
            let found = match path.symlink_metadata() {
                Ok(found) => found,
                Err(cause) if is_absent(&cause) => return Ok(WalkStep::Missing),
                Err(cause) => {
                    return Err(Distrust(format!("{} cannot be looked at: {cause}", path.display())));
                }
            };
            self.trust(&path, &found)?;
            let kind = found.file_type();
            if kind.is_symlink() {
                self.links += 1;
                let target = path.read_link();
                let Some(target) = target.ok().filter(|_| self.links <= MAX_LINKS) else {
                    return Ok(WalkStep::Missing);
                };
                self.follow(&target, &mut ahead)?;
            } else if kind.is_dir() {
                self.at = path;
            } else if kind.is_file() && ahead.is_empty() {
                return Ok(WalkStep::File(path, found));
            } else {
                return Ok(WalkStep::Missing);
            }
        }
        Ok(WalkStep::Folder)
    }

    /// Puts the steps of a link's target before those that are still to go.
    fn follow(&mut self, target: &Path, ahead: &mut VecDeque<OsString>) -> Result<(), Distrust> {
        let mut steps = Vec::new();
        for component in target.components() {
            match component {
                Component::RootDir => self.at = PathBuf::from("/"),
                // Only at a target's beginning; elsewhere the steps before it are not gone yet.
                Component::ParentDir if steps.is_empty() => {
                    self.at.pop();
                }
                Component::ParentDir => steps.push(OsString::from("..")),
                Component::Normal(name) => steps.push(name.to_owned()),
                Component::CurDir | Component::Prefix(_) => {}
            }
        }
        // `a/../b` with a link as `a` is another place than `b`, and nobody writes such links.
        if steps.iter().any(|step| step == "..") {
            return Err(Distrust(format!(
                "The link to {} has “..” in its middle; make it a plain one",
                target.display()
            )));
        }
        let folder = self.at.metadata();
        let folder = folder.map_err(|cause| Distrust(format!("{} is lost: {cause}", self.at.display())))?;
        self.trust(&self.at, &folder)?;
        for step in steps.into_iter().rev() {
            ahead.push_front(step);
        }
        Ok(())
    }

    fn trust(&self, path: &Path, found: &Metadata) -> Result<(), Distrust> {
        let me = rustix::process::geteuid().as_raw();
        let shown = path.display();
        if ![0, me].contains(&found.uid()) {
            return Err(Distrust(format!(
                "{shown} belongs to the user {}, who could so do everything that any account may. Pages, their folders and links must be root's: chown -h root {shown}",
                found.uid()
            )));
        }
        let mode = found.mode();
        let is_shared = found.is_dir() && mode & STICKY != 0 && found.uid() == 0;
        if mode & WRITABLE != 0 && !found.file_type().is_symlink() && !is_shared {
            return Err(Distrust(format!(
                "{shown} can be written by its group or by everybody (mode {:04o}), who could so do everything that any account may: chmod go-w {shown}",
                mode & 0o7777
            )));
        }
        Ok(())
    }
}

fn is_absent(cause: &io::Error) -> bool {
    matches!(
        cause.kind(),
        io::ErrorKind::NotFound
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::InvalidFilename
            | io::ErrorKind::InvalidInput
    )
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("liveapid-trust-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(dir.join("pages/theme")).unwrap();
        fs::create_dir(dir.join("beside")).unwrap();
        fs::write(dir.join("pages/theme/a.html"), "a").unwrap();
        fs::write(dir.join("beside/b.html"), "b").unwrap();
        for path in ["pages", "pages/theme", "beside"] {
            chmod(&dir.join(path), 0o755);
        }
        for path in ["pages/theme/a.html", "beside/b.html"] {
            chmod(&dir.join(path), 0o644);
        }
        dir
    }

    fn chmod(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn walk(dir: &Path, names: &[&str]) -> Result<WalkStep, Distrust> {
        let mut walk = Walk::begin(&dir.join("pages"))?;
        let mut last = WalkStep::Folder;
        for name in names {
            last = walk.step(name)?;
        }
        Ok(last)
    }

    #[test]
    fn files_folders_links_and_nothing() {
        let dir = scratch("links");
        let theme = dir.join("pages/theme");
        symlink("a.html", theme.join("same.html")).unwrap();
        symlink("../../beside/b.html", theme.join("up.html")).unwrap();
        symlink(dir.join("beside"), theme.join("over")).unwrap();
        symlink("loop", theme.join("loop")).unwrap();
        symlink("x/../a.html", theme.join("odd")).unwrap();
        for (names, file) in [
            (&["theme", "a.html"][..], "pages/theme/a.html"),
            (&["theme", "same.html"], "pages/theme/a.html"),
            (&["theme", "up.html"], "beside/b.html"),
            (&["theme", "over", "b.html"], "beside/b.html"),
        ] {
            let WalkStep::File(path, _) = walk(&dir, names).unwrap() else { panic!("{names:?}") };
            assert_eq!(path, dir.join(file), "{names:?}");
        }
        for names in [&["x"][..], &["theme", "loop"], &["theme", "a.html", "x"]] {
            assert!(matches!(walk(&dir, names), Ok(WalkStep::Missing)), "{names:?}");
        }
        assert!(matches!(walk(&dir, &["theme"]), Ok(WalkStep::Folder)));
        assert!(walk(&dir, &["theme", "odd"]).unwrap_err().0.contains(".."));
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn who_else_could_change_a_step_makes_it_worthless() {
        let dir = scratch("modes");
        let good = || walk(&dir, &["theme", "over", "b.html"]);
        symlink(dir.join("beside"), dir.join("pages/theme/over")).unwrap();
        good().unwrap();
        for path in ["pages", "pages/theme", "beside", "beside/b.html"] {
            let path = dir.join(path);
            let before = path.metadata().unwrap().mode();
            for more in [0o020, 0o002] {
                chmod(&path, before | more);
                let why = good().unwrap_err().0;
                assert!(why.contains(&format!("chmod go-w {}", path.display())), "{why}");
            }
            chmod(&path, before);
        }
        if rustix::process::geteuid().is_root() {
            std::os::unix::fs::lchown(dir.join("pages/theme/over"), Some(1000), None).unwrap();
            assert!(good().unwrap_err().0.contains("chown -h root"));
        }
        fs::remove_dir_all(dir).unwrap();
    }
}
