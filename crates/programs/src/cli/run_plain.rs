//! A page on a terminal or in a pipe: it has our standard streams, our signals, and we have its exit status.

use std::io::{IsTerminal, Write};
use std::process::{ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustix::process::Signal;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::Signals;
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe::Receiver;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use super::exit_status::NOT_CALLED;
use crate::live::script::{Exit, Launch, NEVER_CONNECTED, Process};
use crate::live::{ClientService, Limits, Socket};
use liveapi_core::engine::Client;
use liveapi_core::tags::Form;

/// The signals that are passed on.
const SIGNALS: [(i32, Signal); 6] = [
    (SIGHUP, Signal::HUP),
    (SIGINT, Signal::INT),
    (SIGQUIT, Signal::QUIT),
    (SIGTERM, Signal::TERM),
    (SIGUSR1, Signal::USR1),
    (SIGUSR2, Signal::USR2),
];
/// How long is waited for the rest of its output after a script's end.
const REST: Duration = Duration::from_secs(1);
/// What timeout(1) returns, too.
const TOO_LONG: u8 = 124;

enum PageEnd {
    Exit(Exit),
    TooLong(u64),
    TooMuch(u64),
}

/// Runs a page to its end.
pub(super) fn run(launch: &Launch, socket: Socket, client: Client) -> Result<ExitCode, String> {
    // Before the page starts: a signal that comes early must not end us alone.
    let signals = signals()?;
    let ended = super::run_cgi::runtime()?.block_on(run_to_end(launch, &socket, client, signals))?;
    let say = |what: &str| {
        let _ = writeln!(std::io::stderr(), "[liveapi] {what}");
    };
    if !socket.was_used() {
        say(NEVER_CONNECTED);
    }
    Ok(match ended {
        PageEnd::Exit(Exit::Status(status)) => ExitCode::from(u8::try_from(status).unwrap_or(NOT_CALLED)),
        PageEnd::Exit(Exit::Signal(signal)) => {
            ExitCode::from(u8::try_from(128 + signal).unwrap_or(NOT_CALLED))
        }
        PageEnd::TooLong(seconds) => {
            say(&format!("The page took longer than {seconds} seconds (--time) and was ended"));
            ExitCode::from(TOO_LONG)
        }
        PageEnd::TooMuch(limit) => {
            say(&format!("The page printed more than {limit} MiB (--output) and was ended"));
            ExitCode::from(NOT_CALLED)
        }
    })
}

/// Starts the page and waits for its end, passing on its output and our signals.
async fn run_to_end(
    launch: &Launch,
    socket: &Socket,
    client: Client,
    mut signals: mpsc::UnboundedReceiver<Signal>,
) -> Result<PageEnd, String> {
    let mut command = launch.command();
    if launch.limits.output_mb.is_some() {
        command.stdout(Stdio::piped());
    }
    let mut process = Process::start(command, launch.own_group).map_err(failed)?;
    let output = process.take_output().map_err(failed)?;
    let service = Arc::new(ClientService { client, form: Form::default() });
    let (_never, stop) = watch::channel(false);
    let too_much = PageEnd::TooMuch(launch.limits.output_mb.unwrap_or_default());
    let output = copy(output, launch.limits.output_bytes());
    let serve = socket.serve(service, Limits::default(), stop);
    let over = over(launch.limits.seconds);
    tokio::pin!(output, serve, over);
    let mut copied = launch.limits.output_mb.is_none();
    loop {
        tokio::select! {
            biased;
            whole = &mut output, if !copied => match whole {
                true => copied = true,
                false => return end(process, too_much).await,
            },
            exit = process.wait() => {
                let exit = exit.map_err(failed)?;
                // What is still in the pipe; unless something that left the script's group keeps it open.
                let rest = async { copied || output.await };
                let is_whole = timeout(REST, rest).await.unwrap_or(true);
                return Ok(if is_whole { PageEnd::Exit(exit) } else { too_much });
            },
            Some(signal) = signals.recv() => pass_on(&process, signal),
            seconds = &mut over => return end(process, PageEnd::TooLong(seconds)).await,
            lost = &mut serve => return Err(lost.err().map_or_else(String::new, |error| error.to_string())),
        }
    }
}

/// Ends a page that used more than it may.
async fn end(mut process: Process, why: PageEnd) -> Result<PageEnd, String> {
    process.end().await.map_err(failed)?;
    Ok(why)
}

/// Ends when the time is over; never without a limit.
async fn over(seconds: Option<u64>) -> u64 {
    match seconds {
        Some(seconds) => {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            seconds
        }
        None => std::future::pending().await,
    }
}

fn failed(cause: std::io::Error) -> String {
    format!("The page cannot be run: {cause}")
}

/// Ctrl-C and Ctrl-\ on a terminal reach the script by themselves, which must not get them twice.
fn pass_on(process: &Process, signal: Signal) {
    let is_terminals = signal == Signal::INT || signal == Signal::QUIT;
    if !(is_terminals && std::io::stdin().is_terminal()) {
        process.signal(signal);
    }
}

/// Passes the output on, as far as it may go; whether that was all of it. Without a pipe there is nothing to do.
async fn copy(output: Option<Receiver>, most: u64) -> bool {
    let Some(mut output) = output else { return std::future::pending().await };
    let mut total = 0;
    let mut piece = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = output.read(&mut piece).await {
        total += length as u64;
        if total > most {
            return false;
        }
        let mut out = std::io::stdout().lock();
        if out.write_all(&piece[..length]).and_then(|()| out.flush()).is_err() {
            // The reader went away; the script learns it by SIGPIPE as soon as the pipe is closed.
            return true;
        }
    }
    true
}

/// The signals, as they come.
fn signals() -> Result<mpsc::UnboundedReceiver<Signal>, String> {
    let failed = |cause: std::io::Error| format!("Signals cannot be watched: {cause}");
    let mut signals = Signals::new(SIGNALS.map(|(number, _)| number)).map_err(failed)?;
    let (send, receive) = mpsc::unbounded_channel();
    let thread = std::thread::Builder::new().spawn(move || {
        for number in signals.forever() {
            if let Some((_, signal)) = SIGNALS.iter().find(|(known, _)| *known == number) {
                let _ = send.send(*signal);
            }
        }
    });
    thread.map(|_| receive).map_err(failed)
}
