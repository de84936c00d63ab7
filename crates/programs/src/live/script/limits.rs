//! What a script may use.

use rustix::process::{Resource, Rlimit, setrlimit};

const MIB: u64 = 1024 * 1024;
/// The largest file that a limited script may write, in MiB.
const FILE_MIB: u64 = 256;
/// Most files that a limited script may have open.
const FILES: u64 = 256;
/// Most processes of the account, where a script has ids of its own to count them by.
const PROCESSES: u64 = 512;

/// Limits of a script; what is `None` is not limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScriptLimits {
    /// How long it may run, in seconds; its processors' time as well.
    pub seconds: Option<u64>,
    /// How much memory each of its processes may have for itself, in MiB. What is only set aside, as Go and Node do
    /// with gigabytes, and what is shared does not count.
    pub memory_mb: Option<u64>,
    /// How much it may print, in MiB.
    pub output_mb: Option<u64>,
}

impl ScriptLimits {
    /// What it may print, in bytes.
    pub fn output_bytes(&self) -> u64 {
        self.output_mb.map_or(u64::MAX, |limit| limit.saturating_mul(MIB))
    }

    /// Sets those of them that the system keeps, on this process and whatever it becomes. `is_other`: it has just
    /// become another user.
    pub(super) fn set(&self, is_other: bool) -> Result<(), String> {
        limit("core files", Resource::Core, Some(0))?;
        limit("processor time", Resource::Cpu, self.seconds)?;
        limit("memory", Resource::Data, self.memory_mb.map(|limit| limit.saturating_mul(MIB)))?;
        let limited = self.memory_mb.is_some() || self.seconds.is_some();
        limit("file size", Resource::Fsize, limited.then_some(FILE_MIB * MIB))?;
        limit("open files", Resource::Nofile, limited.then_some(FILES))?;
        // An ordinary user's own processes count too; the number of those is nobody's business here.
        limit("processes", Resource::Nproc, (limited && is_other).then_some(PROCESSES))
    }
}

/// Sets one; never above what holds already.
fn limit(what: &str, resource: Resource, most: Option<u64>) -> Result<(), String> {
    let Some(most) = most else { return Ok(()) };
    let most = rustix::process::getrlimit(resource).maximum.map_or(most, |hard| hard.min(most));
    setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })
        .map_err(|cause| format!("the limit of {what} cannot be set: {cause}"))
}
