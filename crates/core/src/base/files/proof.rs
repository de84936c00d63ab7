//! What shows that a folder and what was read below it are still as they were.
//!
//! The files may stand in a home whose owner does with them what he likes; but whatever he does, the kernel notes the
//! time of it, and nobody sets that time himself. So what was read stays true while all [`Stamp`]s are the same. One
//! way leads around that: who has mapped a file into his memory can change it for some seconds more after the time
//! that was noted, until the system has written the page. So a proof holds for what a home's owner is shown of his
//! own, and decides nothing.

use std::time::Duration;

use rustix::fs::AtFlags;
use rustix::io::Errno;

use super::folder::Folder;
use super::stamp::Stamp;
use crate::base::ration::{self, LOOK};
use crate::base::{Error, clock};

/// Most names that one takes in; looking at more would not be quicker than reading.
const MOST: usize = 1000;

/// The stamps of a folder and of names below it, each taken before what it proves was read.
#[derive(Debug)]
pub struct Proof {
    begun: Duration,
    /// Whether any later change will show.
    is_sound: bool,
    folder: Option<Stamp>,
    /// Names relative to the folder, and what stood there; nothing where nothing did.
    seen: Vec<(Box<[u8]>, Option<Stamp>)>,
}

impl Proof {
    /// Begins with the folder itself, before its names are read.
    pub fn begin(folder: &Folder) -> Self {
        let begun = clock::now();
        let stamp = stamp_of(folder);
        let is_sound = stamp.is_some_and(|stamp| stamp.was_settled(begun));
        Self { begun, is_sound, folder: stamp, seen: Vec::new() }
    }

    /// Takes in what stands at a name below that folder, before it is read. Names on the way to it must have been
    /// taken in too, or be entries of the folder.
    pub fn see(&mut self, folder: &Folder, name: &[u8]) {
        if !self.is_sound {
            return;
        }
        match entry_stamp(folder, name) {
            Ok(stamp)
                if self.seen.len() < MOST && stamp.is_none_or(|stamp| stamp.was_settled(self.begun)) =>
            {
                self.seen.push((name.into(), stamp));
            }
            _ => self.is_sound = false,
        }
    }

    /// Whether what was read may be believed while the proof holds. What changed within the last second may change
    /// again without a trace.
    pub fn is_sound(&self) -> bool {
        self.is_sound
    }

    /// Whether everything is as it was.
    pub fn holds(&self, folder: &Folder) -> Result<bool, Error> {
        ration::take(LOOK * (1 + self.seen.len()))?;
        let still = |(name, was): &(Box<[u8]>, Option<Stamp>)| entry_stamp(folder, name) == Ok(*was);
        Ok(self.folder.is_some() && stamp_of(folder) == self.folder && self.seen.iter().all(still))
    }

    /// The memory that it takes.
    pub fn size(&self) -> usize {
        let entry =
            |(name, stamp): &(Box<[u8]>, Option<Stamp>)| name.len() + size_of_val(name) + size_of_val(stamp);
        size_of::<Self>() + self.seen.iter().map(entry).sum::<usize>()
    }
}

fn stamp_of(folder: &Folder) -> Option<Stamp> {
    rustix::fs::fstat(folder).ok().as_ref().map(Stamp::of)
}

fn entry_stamp(folder: &Folder, name: &[u8]) -> Result<Option<Stamp>, Errno> {
    match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(Some(Stamp::of(&stat))),
        Err(Errno::NOENT) => Ok(None),
        Err(errno) => Err(errno),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::Path;

    use super::*;
    use crate::base::tests::scratch;

    /// What an owner does in a folder.
    type Change = fn(&Path);

    const SETTLED: Duration = Duration::from_millis(1100);

    fn proof(folder: &Folder) -> Proof {
        let mut proof = Proof::begin(folder);
        for name in [&b"f"[..], b"inner/f", b"none"] {
            proof.see(folder, name);
        }
        proof
    }

    #[test]
    fn it_is_sound_a_second_after_the_last_change_and_holds_until_the_next() {
        let changes: [(&str, Change); 9] = [
            ("other bytes of that length, and the old time", |dir| {
                let time = dir.join("f").metadata().unwrap().modified().unwrap();
                fs::write(dir.join("f"), "2").unwrap();
                fs::File::open(dir.join("f")).unwrap().set_modified(time).unwrap();
            }),
            ("another file in its place", |dir| {
                fs::write(dir.join("g"), "1").unwrap();
                fs::rename(dir.join("g"), dir.join("f")).unwrap();
            }),
            ("a link in its place", |dir| {
                fs::rename(dir.join("f"), dir.join("g")).unwrap();
                symlink("g", dir.join("f")).unwrap();
            }),
            ("a second name", |dir| fs::hard_link(dir.join("f"), dir.join("../h")).unwrap()),
            ("another mode", |dir| {
                fs::set_permissions(dir.join("f"), fs::Permissions::from_mode(0o604)).unwrap();
            }),
            ("gone", |dir| fs::remove_file(dir.join("inner/f")).unwrap()),
            ("another folder in between", |dir| {
                fs::rename(dir.join("inner"), dir.join("outer")).unwrap();
                symlink("outer", dir.join("inner")).unwrap();
            }),
            ("something where nothing was", |dir| fs::write(dir.join("none"), "").unwrap()),
            ("a new name", |dir| fs::write(dir.join("new"), "").unwrap()),
        ];
        let me = rustix::process::geteuid().as_raw();
        let dirs: Vec<_> = changes
            .iter()
            .enumerate()
            .map(|(at, (_, change))| {
                let dir = scratch(&format!("proof-{at}")).join("d");
                fs::create_dir_all(dir.join("inner")).unwrap();
                fs::write(dir.join("f"), "1").unwrap();
                fs::write(dir.join("inner/f"), "1").unwrap();
                (dir, change)
            })
            .collect();
        let open = |dir: &Path| Folder::home(dir, me).unwrap().readable().unwrap();
        let young = proof(&open(&dirs[0].0));
        assert!(!young.is_sound(), "it may change again unseen");
        std::thread::sleep(SETTLED);
        for ((dir, change), (what, _)) in dirs.iter().zip(changes) {
            let folder = open(dir);
            let proof = proof(&folder);
            assert!(proof.is_sound() && proof.holds(&folder).unwrap(), "{what}");
            change(dir);
            assert!(!proof.holds(&folder).unwrap(), "{what}");
            fs::remove_dir_all(dir.parent().unwrap()).unwrap();
        }
    }

    #[test]
    fn what_cannot_be_looked_at_proves_nothing() {
        let dir = scratch("proof-none");
        fs::write(dir.join("f"), "1").unwrap();
        std::thread::sleep(SETTLED);
        let folder = Folder::home(&dir, rustix::process::geteuid().as_raw()).unwrap().readable().unwrap();
        for (name, times) in [("f", MOST + 1), ("f/x", 1)] {
            let mut proof = Proof::begin(&folder);
            assert!(proof.is_sound());
            (0..times).for_each(|_| proof.see(&folder, name.as_bytes()));
            assert!(!proof.is_sound() && proof.seen.len() <= MOST, "{name}");
        }
        fs::remove_dir_all(dir).unwrap();
    }
}
