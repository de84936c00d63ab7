//! Limits of the process that its host or administrator set, looked at before the library would meet them blindly.
//!
//! An allocation that fails ends a Rust program, and so its host. So where the address space is limited, it is tried
//! first whether a call finds the room that it may need.

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};

use super::{Error, ErrorKind};

/// What a call may need: a store's largest file, read twice, and the answer. Lists of servers may be longer; what
/// holds them asks for their room by itself.
const CALL: usize = 64 * 1024 * 1024;
/// What saying so may need.
const SENTENCE: usize = 256 * 1024;

/// How much room there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    ForACall,
    /// For a sentence, and not more.
    ForASentence,
    None,
}

/// Looks how much room there is. Where no limit is set, nobody can tell, and that costs two system calls.
pub fn room() -> Room {
    let is_limited = |resource| getrlimit(resource).current.is_some();
    if !is_limited(Resource::As) && !is_limited(Resource::Data) || has(CALL) {
        Room::ForACall
    } else if has(SENTENCE) {
        Room::ForASentence
    } else {
        Room::None
    }
}

/// Asks for memory and gives it back; what nobody writes to costs nothing.
fn has(bytes: usize) -> bool {
    let mut room = Vec::<u8>::new();
    let reserved = room.try_reserve_exact(bytes).is_ok();
    std::hint::black_box(&room);
    reserved
}

/// The failure where there is no room.
pub fn no_memory() -> Error {
    let sentence = "The process may get too little memory for a call, which needs 64 MiB of address space (RLIMIT_AS, RLIMIT_DATA: ulimit -v, ulimit -d); nothing was done. Raise the limit and try again";
    Error::new(ErrorKind::Limit, sentence)
}

/// The limit that keeps this process from opening anything, if one does. Asked where something failed whose reason
/// does not say it.
pub fn of_descriptors() -> Option<&'static str> {
    match rustix::fs::open("/", OFlags::PATH | OFlags::CLOEXEC, Mode::empty()) {
        Err(errno) => words(errno),
        Ok(_) => None,
    }
}

/// A failure in words, with the limit's name where it is one.
pub fn named(cause: &std::io::Error) -> String {
    Errno::from_io_error(cause).and_then(words).map_or_else(|| cause.to_string(), str::to_owned)
}

/// The kind of a failure: a limit's, or that one.
pub fn kind(cause: &std::io::Error, other: ErrorKind) -> ErrorKind {
    let limit = Errno::from_io_error(cause).and_then(words);
    if limit.is_some() { ErrorKind::Limit } else { other }
}

/// The limit that a system call met.
pub fn words(errno: Errno) -> Option<&'static str> {
    Some(match errno {
        Errno::FBIG => {
            "the file would be larger than this process may write (EFBIG: RLIMIT_FSIZE, ulimit -f)"
        }
        Errno::MFILE => "this process has as many open files as it may (EMFILE: RLIMIT_NOFILE, ulimit -n)",
        Errno::NFILE => "the machine has as many open files as it may (ENFILE: fs.file-max)",
        Errno::NOMEM => "the process gets no more memory (ENOMEM: RLIMIT_AS, ulimit -v, or the machine's)",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_that_nobody_has_is_not_found() {
        assert!(has(SENTENCE) && !has(usize::MAX / 4));
        assert_eq!((room(), of_descriptors()), (Room::ForACall, None));
    }

    #[test]
    fn limits_are_named_and_other_failures_stay_as_they_are() {
        let of = |errno: Errno| named(&std::io::Error::from_raw_os_error(errno.raw_os_error()));
        assert!(of(Errno::MFILE).contains("RLIMIT_NOFILE") && of(Errno::FBIG).contains("RLIMIT_FSIZE"));
        assert!(of(Errno::NOENT).contains("No such file"));
    }
}
