//! How a script is started: by this very program, which becomes it.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use super::{ScriptLimits, Variables};

/// This program, also after its file was replaced by a newer one.
const OURSELVES: &str = "/proc/self/exe";
/// The name under which this program is a launcher and nothing else.
pub(super) const LAUNCHER: &str = "liveapi-page";

/// The ids that a script runs under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ids {
    /// The user; never root.
    pub uid: u32,
    /// The group; the script has no other.
    pub gid: u32,
}

/// A script, ready to be started.
#[derive(Debug)]
pub struct Launch {
    /// The program and its arguments, by absolute paths.
    pub argv: Vec<OsString>,
    /// The folder that it finds itself in; where this process is, if none is named.
    pub folder: Option<PathBuf>,
    /// All of its environment; as this process's own with these changes, if `inherits`.
    pub variables: Variables,
    /// Whether it inherits this process's environment.
    pub inherits: bool,
    /// The ids to take, if they are not this process's own.
    pub ids: Option<Ids>,
    pub limits: ScriptLimits,
    /// Whether it gets a process group of its own, by which all that it starts can be ended.
    pub own_group: bool,
}

impl Launch {
    /// The command. Standard input and output are the caller's to set.
    pub fn command(&self) -> Command {
        let mut command = Command::new(OURSELVES);
        command.arg0(LAUNCHER).args(self.orders().to_words());
        if let Some(folder) = &self.folder {
            command.arg(folder);
        }
        command.arg("--").args(&self.argv);
        if !self.inherits {
            command.env_clear();
        }
        for name in self.variables.removed() {
            command.env_remove(name);
        }
        command.envs(self.variables.iter());
        // Before anything of the script runs: also before the launcher does. With a user given, the standard
        // library drops root's supplementary groups as well.
        if let Some(ids) = self.ids {
            command.gid(ids.gid).uid(ids.uid);
        }
        if self.own_group {
            command.process_group(0);
        }
        command
    }

    fn orders(&self) -> Orders {
        Orders { limits: self.limits, is_other: self.ids.is_some() }
    }
}

/// What the launcher is told in its first words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Orders {
    pub(super) limits: ScriptLimits,
    pub(super) is_other: bool,
}

impl Orders {
    fn to_words(self) -> [String; 3] {
        let number = |limit: Option<u64>| limit.map_or_else(|| "-".to_owned(), |limit| limit.to_string());
        // What it prints is counted by whoever reads it.
        [number(self.limits.seconds), number(self.limits.memory_mb), u8::from(self.is_other).to_string()]
    }

    pub(super) fn from_words(words: &[OsString]) -> Option<Self> {
        let number = |word: &OsString| match word.to_str()? {
            "-" => Some(None),
            digits => digits.parse().ok().map(Some),
        };
        let [seconds, memory, is_other] = words else { return None };
        let limits = ScriptLimits { seconds: number(seconds)?, memory_mb: number(memory)?, output_mb: None };
        Some(Self { limits, is_other: is_other == "1" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_arrive_as_they_were_given() {
        for orders in [
            Orders::default(),
            Orders {
                limits: ScriptLimits { seconds: Some(5), memory_mb: None, output_mb: None },
                is_other: true,
            },
        ] {
            let words = orders.to_words().map(OsString::from);
            assert_eq!(Orders::from_words(&words), Some(orders));
        }
        assert_eq!(Orders::from_words(&["x".into(), "-".into(), "0".into()]), None);
        assert_eq!(Orders::from_words(&[]), None);
    }
}
