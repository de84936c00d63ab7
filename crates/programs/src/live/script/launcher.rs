//! This program as a launcher: it has the account's ids already, limits itself, and becomes the script.
//!
//! A process of its own, because what it does to itself cannot be done between fork and exec without unsafe code,
//! and must not be done to the program that serves others.

use std::ffi::OsString;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};

use rustix::fs::Mode;

use super::launch::{LAUNCHER, Orders};
use super::size_signal::let_size_signal_come;

/// Files of a page are for the account alone.
const UMASK: Mode = Mode::from_raw_mode(0o077);
/// What shells return for a program that cannot be started.
const NOT_STARTED: u8 = 126;
/// The orders stand in this many words.
const ORDERS: usize = 3;

/// Does a launcher's work, if this process is one. To be called before anything else by every program that starts
/// scripts; returns only if the process is none, or could not become the script.
pub fn launched() -> Option<ExitCode> {
    let mut words = std::env::args_os();
    if words.next()? != LAUNCHER {
        return None;
    }
    let why = become_script(&words.collect::<Vec<_>>());
    // Standard error may be closed; the status says it all the same.
    let _ = writeln!(std::io::stderr(), "[{LAUNCHER}] {why}");
    Some(ExitCode::from(NOT_STARTED))
}

/// Becomes the script; why not, if it returns.
fn become_script(words: &[OsString]) -> String {
    let Some(end) = words.iter().position(|word| word == "--") else { return misused() };
    let (orders, script) = (&words[..end], &words[end + 1..]);
    let Some((orders, folder)) = orders.split_at_checked(ORDERS) else { return misused() };
    let (Some(orders), [program, args @ ..]) = (Orders::from_words(orders), script) else { return misused() };
    let_size_signal_come();
    match prepare(orders, folder.first().map(Path::new)) {
        Ok(()) => {
            let cause = Command::new(program).args(args).exec();
            format!("{} cannot be started: {cause}", program.display())
        }
        Err(why) => format!("{} is not started: {why}", program.display()),
    }
}

fn misused() -> String {
    "This name is for pages that liveapi and liveapid start".to_owned()
}

fn prepare(orders: Orders, folder: Option<&Path>) -> Result<(), String> {
    close_what_was_left()?;
    if let Some(folder) = folder {
        let uid = rustix::process::geteuid().as_raw();
        std::env::set_current_dir(folder).map_err(|cause| {
            format!(
                "the folder {} cannot be entered as uid {uid}: {cause}; pages' folders must be open to the accounts (chmod go+rx)",
                folder.display()
            )
        })?;
    }
    if orders.is_other {
        rustix::process::umask(UMASK);
    }
    // Nothing that a page starts gets more rights than the account has, whatever stands on the disk.
    rustix::thread::set_no_new_privs(true).map_err(|cause| format!("no_new_privs cannot be set: {cause}"))?;
    // Last: what is above may itself need what is limited.
    orders.limits.set(orders.is_other)
}

/// Closes every descriptor above standard error. Ours close by themselves at the exec; others may have been open
/// in whoever started the program, and are no business of a page.
fn close_what_was_left() -> Result<(), String> {
    let fail = |cause: std::io::Error| format!("its open files cannot be listed: {cause}");
    let mut open = Vec::new();
    for entry in std::fs::read_dir("/proc/self/fd").map_err(fail)? {
        let name = entry.map_err(fail)?.file_name();
        open.extend(name.to_str().and_then(|name| name.parse::<i32>().ok()).filter(|number| *number > 2));
    }
    for number in open {
        // The listing itself was one of them, and is closed already.
        let _ = nix::unistd::close(number);
    }
    Ok(())
}
