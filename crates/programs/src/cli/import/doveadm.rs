//! Mail in other formats becomes Maildirs by Dovecot's own program, `doveadm`, run as the account.

use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::super::dovecot::Language;
use super::mail_place::{INBOX, MailPlace, settings_file};
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
        let language = language(program, task)?;
        let run = Run { program, language, task, stop };
        let source = MailPlace::source(task, language);
        let target = MailPlace::target(task);
        let renamed = run.usual_inbox()?;
        let there = run.count(&source)?;
        if there == 0 && holds_anything(&task.work.join(task.source)) {
            return Err(run.failed("it finds no message in files that hold some"));
        }
        let status = match task.format {
            // Messages of an mbox are told apart by their headers alone where they are synchronised: two of the same
            // would both become the first. Copied one by one they are what they were.
            ForeignFormat::Mbox => {
                run.call(&target, &["import"], &[&source.argument(language), "", "all"])?.0
            }
            ForeignFormat::Mdbox | ForeignFormat::Sdbox => run.backup(&source, &target)?,
        };
        if status != Some(0) {
            return Err(run.failed("it did not end well"));
        }
        let here = run.count(&target)?;
        if here != there {
            return Err(run.failed(&format!("it read {there} messages and wrote {here}")));
        }
        match renamed {
            Some(name) => run.rename(INBOX, name),
            None => Ok(()),
        }
    }
}

/// In which words the program has to be told what to do. It tells no version itself, but the server beside it does.
fn language(program: &Path, task: &ConversionTask<'_>) -> Result<Language, NotDone> {
    let folder = program.parent().unwrap_or(Path::new("/"));
    let servers = [folder.join("dovecot"), folder.join("../sbin/dovecot")];
    let said = servers.iter().find_map(|server| {
        Command::new(server).arg("--version").env_clear().stdin(Stdio::null()).output().ok()
    });
    let said = said.map(|said| String::from_utf8_lossy(&said.stdout).into_owned()).unwrap_or_default();
    let version =
        said.split_whitespace().next().unwrap_or("not known, without the program dovecot beside it");
    Language::of(version).ok_or_else(|| {
        refusal(format!(
            "{} cannot be converted by {}: its version is {version}, and those of Dovecot 2.3 and 2.4 are understood; leave --convert-mail out, and its mail is copied as it is, and the report names it",
            task.mailbox,
            program.display()
        ))
    })
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

/// One mailbox's conversion.
struct Run<'a> {
    program: &'a Path,
    language: Language,
    task: &'a ConversionTask<'a>,
    stop: &'a AtomicBool,
}

impl Run<'_> {
    /// How many messages there are in all folders.
    fn count(&self, place: &MailPlace) -> Result<u64, NotDone> {
        let command = ["-f", "tab", "mailbox", "status"];
        let (status, output) = self.call(place, &command, &["-t", "messages", "*"])?;
        let number = output.lines().rev().find_map(|line| line.trim().parse().ok());
        match (status, number) {
            (Some(0), Some(number)) => Ok(number),
            _ => Err(self.failed("its messages cannot be counted")),
        }
    }

    /// Copies all of it, with the numbers by which clients know messages; its exit status.
    fn backup(&self, source: &MailPlace, target: &MailPlace) -> Result<Option<i32>, NotDone> {
        let mut status = Some(AGAIN);
        for _ in 0..MAX_RUNS {
            status = self.call(source, &["backup"], &["-f", &target.argument(self.language)])?.0;
            if status != Some(AGAIN) {
                break;
            }
        }
        Ok(status)
    }

    /// Gives the inbox the name that Dovecot 2.4 wants; the one that it had, if that was another.
    fn usual_inbox(&self) -> Result<Option<&str>, NotDone> {
        match (self.language, self.task.inbox) {
            (Language::V2_4, Some(name)) if name != INBOX => {
                if self.task.work.join(self.task.source).join(INBOX).symlink_metadata().is_ok() {
                    return Err(self.failed(&format!("{name} and {INBOX} are both there")));
                }
                self.rename(name, INBOX).map(|()| Some(name))
            }
            _ => Ok(None),
        }
    }

    /// Gives a file of the mail another name, as its owner.
    fn rename(&self, from: &str, to: &str) -> Result<(), NotDone> {
        let folder = self.task.work.join(self.task.source);
        let mut command = self.as_owner(Path::new("/bin/mv"));
        command.args(["-n", "-T", "--"]).arg(folder.join(from)).arg(folder.join(to));
        match command.stdin(Stdio::null()).status() {
            Ok(status) if status.success() => Ok(()),
            _ => Err(self.failed(&format!("its file {from} cannot be renamed to {to}"))),
        }
    }

    /// A program with the owner's rights and nothing of our environment.
    fn as_owner(&self, program: &Path) -> Command {
        let task = self.task;
        let mut command = Command::new(program);
        command.env_clear().env("HOME", task.work).env("USER", "import").current_dir(task.work);
        if rustix::process::geteuid().is_root() {
            command.uid(task.ids.0).gid(task.ids.1);
        }
        command
    }

    /// Runs a command at a place to its end; what it prints.
    fn call(
        &self,
        place: &MailPlace,
        command: &[&str],
        arguments: &[&str],
    ) -> Result<(Option<i32>, String), NotDone> {
        let (language, words) = (self.language, command);
        let io = |cause: std::io::Error| {
            Error::new(ErrorKind::StoreIo, format!("Running doveadm failed: {cause}"))
        };
        let mut command = self.as_owner(self.program);
        command.args(["-c", "/proc/self/fd/0"]);
        command.args(place.settings(language).iter().flat_map(|setting| ["-o", setting]));
        command.args(words);
        if language == Language::V2_4 {
            // Nobody is asked who the user is: it is this process.
            command.arg("--no-userdb-lookup");
        }
        command.args(arguments);
        command.stdin(settings_file(language).map_err(io)?).stdout(Stdio::piped()).stderr(Stdio::null());
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
            "{} cannot be converted from {} by doveadm: {why}; leave --convert-mail out, and its mail is copied as it is, and the report names it",
            self.task.mailbox,
            self.task.format.name()
        ))
    }
}
