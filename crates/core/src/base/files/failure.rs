//! What a failed system call means to the person who reads the answer.

use std::path::Path;

use rustix::io::Errno;

use crate::base::{Error, ErrorKind, limits};

/// "ATTEMPT PATH failed: CAUSE; ADVICE". `attempt` is a verb in its -ing form with a capital.
pub fn io(attempt: &str, path: &Path, errno: Errno) -> Error {
    let (kind, cause, advice) = match errno {
        Errno::NOSPC => (ErrorKind::StoreFull, "the disk is full (ENOSPC)", "free some space and try again"),
        Errno::DQUOT => (
            ErrorKind::StoreFull,
            "the owner's disk quota is used up (EDQUOT)",
            "free some space and try again",
        ),
        Errno::ROFS => {
            (ErrorKind::NotWritable, "the file system is mounted read-only (EROFS)", "remount it for writing")
        }
        Errno::ACCESS => (
            ErrorKind::NotWritable,
            "permission denied (EACCES)",
            "check owner and mode of the file and its folders",
        ),
        Errno::PERM => {
            (ErrorKind::NotWritable, "not permitted (EPERM)", "check owner and attributes of the file")
        }
        Errno::LOOP | Errno::XDEV => (
            ErrorKind::Unsafe,
            "a symbolic link or a mount stands in the way",
            "put the real file or folder there",
        ),
        Errno::NOTDIR => {
            (ErrorKind::Unsafe, "it is no folder but a file or a symbolic link", "put a real folder there")
        }
        other => match limits::words(other) {
            Some(limit) => (ErrorKind::Limit, limit, "raise the limit and try again"),
            None => {
                let sentence = format!("{attempt} {} failed: {other}", path.display());
                return Error::new(ErrorKind::StoreIo, sentence);
            }
        },
    };
    Error::new(kind, format!("{attempt} {} failed: {cause}; {advice}", path.display()))
}

/// Something stands where an account's file or folder should be, and is not to be trusted.
pub fn not_trusted(path: &Path, why: &str) -> Error {
    Error::new(ErrorKind::Unsafe, format!("{} is not used: {why}", path.display()))
}

/// What would be written could not be read again: a reader takes no file of that size.
pub fn too_large(path: &Path) -> Error {
    let sentence = format!(
        "{} would become larger than 16 MiB, and could not be read any more; remove something from it first",
        path.display()
    );
    Error::new(ErrorKind::StoreFull, sentence)
}

/// After the rename: the new state is in place but may not survive a power failure, or is not ours.
pub fn state_unknown(path: &Path, why: &str) -> Error {
    let sentence = format!(
        "{} was replaced, but {why}; whether the change lasts is unknown. Repeat the call: repeating is harmless",
        path.display()
    );
    Error::new(ErrorKind::NotVerified, sentence)
}
