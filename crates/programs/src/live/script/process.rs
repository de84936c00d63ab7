//! A running script and what it left running.
//!
//! It is watched by a descriptor of the process (pidfd), not by signals: no handler is needed, and the number of its
//! process group stays its own until it is waited for, so that nobody else's processes are ever signalled.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, kill_process_group, pidfd_open};
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::time::timeout;

/// How long a script that was asked to end (TERM) has before it is made to (KILL).
const GRACE: Duration = Duration::from_secs(2);

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Status(i32),
    Signal(i32),
}

impl From<ExitStatus> for Exit {
    fn from(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => Self::Status(code),
            (None, signal) => Self::Signal(signal.unwrap_or_default()),
        }
    }
}

/// A script that was started. One that is dropped before it ended is killed, with its group.
pub struct Process {
    child: Child,
    /// No pipe, but readable in the same way once the process has ended.
    watched: Receiver,
    own_group: bool,
    ended: bool,
}

/// The ends of a script's standard streams, where they are pipes.
pub struct Pipes {
    pub(super) input: Option<Sender>,
    pub(super) output: Option<Receiver>,
    pub(super) errors: Option<Receiver>,
}

impl Process {
    /// Starts a command of [`super::Launch`]. `piped`: the three standard streams are pipes, and the process leads a
    /// group of its own. Within a runtime of tokio.
    pub fn start(mut command: Command, own_group: bool) -> io::Result<Self> {
        let child = command.spawn()?;
        let watched = pidfd_open(Pid::from_child(&child), PidfdFlags::empty())
            .map_err(io::Error::from)
            .and_then(Receiver::from_owned_fd_unchecked);
        match watched {
            Ok(watched) => Ok(Self { child, watched, own_group, ended: false }),
            Err(cause) => {
                let mut child = child;
                let _ = child.kill();
                let _ = child.wait();
                Err(cause)
            }
        }
    }

    /// The same with pipes for all standard streams.
    pub fn start_piped(mut command: Command) -> io::Result<(Self, Pipes)> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = Self::start(command, true)?;
        let input = process.child.stdin.take().map(|pipe| Sender::from_owned_fd(pipe.into()));
        let output = process.take_output()?;
        let errors = process.child.stderr.take().map(|pipe| Receiver::from_owned_fd(pipe.into()));
        Ok((process, Pipes { input: input.transpose()?, output, errors: errors.transpose()? }))
    }

    /// The script's standard output, if it is a pipe.
    pub fn take_output(&mut self) -> io::Result<Option<Receiver>> {
        self.child.stdout.take().map(|pipe| Receiver::from_owned_fd(pipe.into())).transpose()
    }

    /// Waits until it ends; what it left running in its group ends with it.
    pub async fn wait(&mut self) -> io::Result<Exit> {
        self.watched.readable().await?;
        self.end_rest()
    }

    /// Passes a signal on to it.
    pub fn signal(&self, signal: Signal) {
        if !self.ended {
            // It may just have ended.
            let _ = kill_process(Pid::from_child(&self.child), signal);
        }
    }

    /// Ends it: asks first, then insists. Why it could not be ended, if so.
    pub async fn end(&mut self) -> io::Result<Exit> {
        self.kill(Signal::TERM)?;
        if timeout(GRACE, self.watched.readable()).await.is_err() {
            self.kill(Signal::KILL)?;
            // What hangs in the kernel (a dead network disk) ends when that lets go of it.
            let stuck = || io::Error::new(io::ErrorKind::TimedOut, "it does not end even when killed");
            timeout(GRACE, self.watched.readable()).await.map_err(|_| stuck())??;
        }
        self.end_rest()
    }

    /// The script itself has ended and is not waited for yet: ends what is left of its group, then waits.
    fn end_rest(&mut self) -> io::Result<Exit> {
        let killed = self.kill(Signal::KILL);
        let exit = self.child.wait()?.into();
        self.ended = true;
        killed.map(|()| exit)
    }

    fn kill(&self, signal: Signal) -> io::Result<()> {
        let pid = Pid::from_child(&self.child);
        let sent = if self.own_group { kill_process_group(pid, signal) } else { kill_process(pid, signal) };
        match sent {
            // In its last moment a group is empty.
            Ok(()) | Err(Errno::SRCH) => Ok(()),
            Err(cause) => Err(io::Error::new(
                cause.kind(),
                format!("its processes cannot be ended: {cause}; liveapid needs the right CAP_KILL"),
            )),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.ended {
            let _ = self.kill(Signal::KILL);
            let _ = self.child.try_wait();
        }
    }
}
