//! Mail in other formats becomes Maildirs by Dovecot's own program, `doveadm`, run as the account.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use liveapi_core::api::{Error, ErrorKind, NotDone};
use liveapi_core::base::environment::Environment;
use liveapi_core::store::home::import::{ConversionTask, ForeignFormat, MailConverter, refusal};

/// Where the program is, if the search path does not say.
const USUAL: [&str; 3] = ["/usr/bin/doveadm", "/usr/local/bin/doveadm", "/usr/sbin/doveadm"];
/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(20);
/// Most bytes of its output that are read.
const MAX_OUTPUT: u64 = 1024 * 1024;
/// Its exit status if more than one run is needed.
const AGAIN: i32 = 2;
const MAX_RUNS: usize = 3;

/// The program.
#[derive(Debug)]
pub(super) struct Doveadm {
    program: Option<PathBuf>,
}

impl Doveadm {
    /// Looks for it: in the search path, or in its usual places if there is none.
    pub(super) fn find() -> Self {
        let environment = Environment::now();
        let named = environment.value("PATH").map(|path| {
            std::env::split_paths(&path).map(|folder| folder.join("doveadm")).collect::<Vec<_>>()
        });
        let places = named.unwrap_or_else(|| USUAL.map(PathBuf::from).to_vec());
        Self { program: places.into_iter().find(|place| place.is_file()) }
    }
}

impl MailConverter for Doveadm {
    fn is_there(&self) -> bool {
        self.program.is_some()
    }

    fn convert(&self, task: &ConversionTask<'_>, stop: &AtomicBool) -> Result<(), NotDone> {
        let program = self.program.as_deref().ok_or_else(|| refusal("There is no program doveadm"))?;
        let run = Run { program, task, stop };
        let source = location(task);
        let target = format!("maildir:~/{}", task.maildir);
        let there = run.count(&source)?;
        if there == 0 && holds_anything(&task.work.join(task.source)) {
            return Err(run.failed("it finds no message in files that hold some"));
        }
        let status = match task.format {
            // Messages of an mbox are told apart by their headers alone where they are synchronised: two of the same
            // would both become the first. Copied one by one they are what they were.
            ForeignFormat::Mbox => run.call(&target, &["import", &source, "", "all"])?.0,
            ForeignFormat::Mdbox | ForeignFormat::Sdbox => run.backup(&source, &target)?,
        };
        if status != Some(0) {
            return Err(run.failed("it did not end well"));
        }
        let here = run.count(&target)?;
        if here != there {
            return Err(run.failed(&format!("it read {there} messages and wrote {here}")));
        }
        Ok(())
    }
}

/// Where Dovecot finds the mail, in the words of its settings. The home is the folder of the work, so that no
/// path needs quoting.
fn location(task: &ConversionTask<'_>) -> String {
    let place = format!("{}:~/{}", task.format.name(), task.source);
    match (task.format, task.inbox) {
        (ForeignFormat::Mbox, Some(inbox)) => format!("{place}:INBOX=~/{}/{inbox}", task.source),
        (ForeignFormat::Mbox, None) => format!("{place}:INBOX=~/{}/inbox", task.source),
        _ => place,
    }
}

/// Whether there is a file with more than a header below a folder of messages.
fn holds_anything(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| match entry.metadata() {
        Ok(found) if found.is_dir() => holds_anything(&entry.path()),
        Ok(found) => {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            found.size() > 0 && !name.starts_with("dovecot")
        }
        Err(_) => false,
    })
}

/// What Dovecot has to know, in a file that nobody else can write: it takes its settings from a file only.
const SETTINGS: &[u8] = b"base_dir = /nonexistent
log_path = /dev/null
first_valid_uid = 1
protocols =
ssl = no
stats_writer_socket_path =
mail_plugins = zlib
namespace inbox {
  inbox = yes
  separator = /
}
";

fn settings() -> std::io::Result<File> {
    let mut file = File::from(rustix::fs::memfd_create("settings", rustix::fs::MemfdFlags::CLOEXEC)?);
    file.write_all(SETTINGS)?;
    file.rewind()?;
    Ok(file)
}

/// One mailbox's conversion.
struct Run<'a> {
    program: &'a Path,
    task: &'a ConversionTask<'a>,
    stop: &'a AtomicBool,
}

impl Run<'_> {
    /// How many messages there are in all folders.
    fn count(&self, place: &str) -> Result<u64, NotDone> {
        let (status, output) =
            self.call(place, &["-f", "tab", "mailbox", "status", "-t", "messages", "*"])?;
        let number = output.lines().rev().find_map(|line| line.trim().parse().ok());
        match (status, number) {
            (Some(0), Some(number)) => Ok(number),
            _ => Err(self.failed("its messages cannot be counted")),
        }
    }

    /// Copies all of it, with the numbers by which clients know messages; its exit status.
    fn backup(&self, source: &str, target: &str) -> Result<Option<i32>, NotDone> {
        let mut status = Some(AGAIN);
        for _ in 0..MAX_RUNS {
            status = self.call(source, &["backup", "-f", target])?.0;
            if status != Some(AGAIN) {
                break;
            }
        }
        Ok(status)
    }

    /// Runs it to its end; what it prints.
    fn call(&self, place: &str, arguments: &[&str]) -> Result<(Option<i32>, String), NotDone> {
        let task = self.task;
        let io = |cause: std::io::Error| {
            Error::new(ErrorKind::StoreIo, format!("Running doveadm failed: {cause}"))
        };
        let mut command = Command::new(self.program);
        command.args(["-c", "/proc/self/fd/0", "-o", &format!("mail_location={place}")]).args(arguments);
        command.env_clear().env("HOME", task.work).env("USER", "import").current_dir(task.work);
        command.stdin(settings().map_err(io)?).stdout(Stdio::piped()).stderr(Stdio::null());
        if rustix::process::geteuid().is_root() {
            command.uid(task.ids.0).gid(task.ids.1);
        }
        let mut child = command.spawn().map_err(io)?;
        let mut output = String::new();
        let stdout = child.stdout.take();
        let status = loop {
            if let Some(status) = child.try_wait().map_err(io)? {
                break status;
            }
            if self.stop.load(Ordering::Relaxed) {
                let _ = child.kill();
                let _ = child.wait();
                return Err(
                    Error::new(ErrorKind::Busy, "It was interrupted by a signal; start it again").into()
                );
            }
            std::thread::sleep(LOOK);
        };
        if let Some(stdout) = stdout {
            stdout.take(MAX_OUTPUT).read_to_string(&mut output).map_err(io)?;
        }
        Ok((status.code(), output))
    }

    fn failed(&self, why: &str) -> NotDone {
        refusal(format!(
            "{} cannot be converted from {} by doveadm: {why}; leave --convert-mail out, and its mail is copied as it is and told",
            self.task.mailbox,
            self.task.format.name()
        ))
    }
}
