//! The environment, and whether it counts. Nothing else of these packages reads it.
//!
//! Whoever starts a set-uid program chooses its environment. By it he must not choose which files the program reads
//! with rights that he does not have, where it sends them, or where it writes. So the environment counts for nothing
//! where the process has rights that its starter may lack: the kernel says so of set-uid and set-gid programs and of
//! those with file capabilities (`AT_SECURE`), and else the real and the effective ids differ. The same holds for what
//! is only found through the environment, as the files below `HOME`.

use std::ffi::OsString;
use std::path::PathBuf;

use once_cell::race::{OnceBool, OnceRef};
use rustix::process::{DumpableBehavior, dumpable_behavior, getegid, geteuid, getgid, getuid};

/// Says what the kernel told of this process at its start: `getauxval(AT_SECURE)`.
pub type SecureStart = fn() -> bool;

static OFFERED: OnceRef<'static, SecureStart> = OnceRef::new();
/// What the kernel's list said, where nobody offered better.
static LISTED: OnceBool = OnceBool::new();
/// The kernel's list of facts about a process: pairs of machine words.
const LIST: &str = "/proc/self/auxv";
/// The fact that this is about.
const AT_SECURE: usize = 23;
const WORD: usize = size_of::<usize>();

/// Why the environment is passed over, for sentences.
pub const PASSED_OVER: &str = "this process has more rights than the user that started it (set-uid, set-gid, file capabilities, or another effective user), so its environment and what is found through HOME count for nothing";

/// Names who asks the C library. That is unsafe code, so it comes from the C ABI's room; programs, which are never
/// made undumpable by a host, read the kernel's list.
pub fn offer_secure_start(ask: &'static SecureStart) {
    if OFFERED.get().is_none() {
        let _ = OFFERED.set(ask);
    }
}

/// The environment as far as it counts now.
#[derive(Clone, Copy, Debug)]
pub struct Environment {
    counts: bool,
}

impl Environment {
    /// Looks whether it counts. Ids change during a process's life, so the answer is for now.
    pub fn now() -> Self {
        let same = getuid() == geteuid() && getgid() == getegid();
        Self { counts: same && !started_secure() }
    }

    /// Whether it counts at all.
    pub fn counts(self) -> bool {
        self.counts
    }

    /// A variable.
    pub fn value(self, name: &str) -> Option<OsString> {
        if self.counts { std::env::var_os(name) } else { None }
    }

    /// A variable that is UTF-8.
    pub fn text(self, name: &str) -> Option<String> {
        self.value(name)?.into_string().ok()
    }

    /// A variable that names something by an absolute path; the XDG base directory specification wants others ignored.
    pub fn path(self, name: &str) -> Option<PathBuf> {
        self.value(name).map(PathBuf::from).filter(|path| path.is_absolute())
    }

    /// All variables.
    pub fn all(self) -> impl Iterator<Item = (OsString, OsString)> {
        self.counts.then(std::env::vars_os).into_iter().flatten()
    }

    /// Where temporary files are.
    pub fn temporary_folder(self) -> PathBuf {
        self.path("TMPDIR").unwrap_or_else(|| "/tmp".into())
    }
}

/// Whether the kernel started this program with rights that its starter may lack.
fn started_secure() -> bool {
    match OFFERED.get() {
        Some(ask) => ask(),
        None => LISTED.get_or_init(|| match std::fs::read(LIST) {
            Ok(list) => listed(&list),
            // Without /proc, or a list that is root's: that of a program with such rights, or of a file that its
            // starter may not read.
            Err(_) => !matches!(dumpable_behavior(), Ok(DumpableBehavior::Dumpable)),
        }),
    }
}

/// What a list says. One that does not say it is no kernel's.
fn listed(list: &[u8]) -> bool {
    let word = |bytes: &[u8]| bytes.try_into().map(usize::from_ne_bytes).unwrap_or_default();
    let value = list.chunks_exact(2 * WORD).find(|pair| word(&pair[..WORD]) == AT_SECURE);
    value.is_none_or(|pair| word(&pair[WORD..]) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_pair_by_pair() {
        let list = |pairs: &[(usize, usize)]| -> Vec<u8> {
            pairs.iter().flat_map(|(a, b)| [a.to_ne_bytes(), b.to_ne_bytes()]).flatten().collect()
        };
        assert!(listed(&list(&[(6, 4096), (AT_SECURE, 1), (0, 0)])));
        // A value that looks like the name is none.
        assert!(!listed(&list(&[(6, AT_SECURE), (AT_SECURE, 0), (0, 0)])));
        assert!(listed(&list(&[(6, AT_SECURE), (0, 0)])) && listed(&[]));
    }

    #[test]
    fn where_it_does_not_count_there_is_none() {
        let nothing = Environment { counts: false };
        assert!(nothing.value("PATH").is_none() && nothing.path("PATH").is_none());
        assert_eq!((nothing.all().count(), nothing.temporary_folder()), (0, "/tmp".into()));
        let now = Environment::now();
        assert!(now.counts() && now.value("PATH").is_some() && now.all().count() > 0);
    }
}
