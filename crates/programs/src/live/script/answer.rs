//! A script that answers a visitor: its request goes in, its answer comes out, and its end is awaited.

use std::future::Future;
use std::io;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::sync::watch;

use super::head::{self, CgiHead};
use super::pipe::read;
use super::process::Pipes;
use super::{Exit, Launch, Process, errors};

/// How much of an answer is in memory at once, in bytes.
const PIECE: usize = 16 * 1024;
/// Says that the visitor has gone, so that nobody reads the answer any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

/// Whoever gets the answer of a script, piece by piece.
pub trait ResponseSink {
    /// The head, once. What follows is the body.
    fn begin(&mut self, head: CgiHead) -> impl Future<Output = Result<(), Gone>> + Send;
    /// More of the body.
    fn more(&mut self, bytes: &[u8]) -> impl Future<Output = Result<(), Gone>> + Send;
}

/// How a script's answer ended.
#[derive(Debug)]
pub enum ScriptEnd {
    /// The script ended by itself; the answer is whole as far as the script knows.
    Exit(Exit),
    /// It did not end in time, and was ended.
    TooLong(u64),
    /// It printed more than it may, in MiB, and was ended.
    TooMuch(u64),
    /// What it printed first is no head; and how it ended, if it did so by itself.
    NoHead(&'static str, Option<Exit>),
    /// The visitor went away, and the script was ended.
    Gone,
    /// The script could not be started, watched or ended.
    Failed(io::Error),
}

/// What came of a script.
#[derive(Debug)]
pub struct Report {
    pub ended: ScriptEnd,
    /// Whether the visitor got its head.
    pub begun: bool,
    /// How many bytes of body it printed.
    pub bytes: u64,
    pub took: Duration,
}

impl Report {
    /// Whether the visitor has all that the script had to say.
    pub fn is_whole(&self) -> bool {
        self.begun && matches!(self.ended, ScriptEnd::Exit(Exit::Status(_)))
    }
}

/// Runs a script for a visitor, in a process group of its own. `gone` ends when the visitor does; `complain` gets the
/// lines of standard error. When this returns, nothing that stayed in the script's group is running any more.
pub async fn answer<V: ResponseSink>(
    launch: &Launch,
    body: &[u8],
    visitor: &mut V,
    gone: impl Future<Output = ()>,
    complain: impl FnMut(&str),
) -> Report {
    let begun = Instant::now();
    let mut out = AnswerPump { visitor, most: launch.limits.output_bytes(), begun: false, bytes: 0 };
    let ended = match Process::start_piped(launch.command()) {
        Ok((process, pipes)) => run(launch, process, pipes, body, &mut out, gone, complain).await,
        Err(cause) => ScriptEnd::Failed(cause),
    };
    Report { ended, begun: out.begun, bytes: out.bytes, took: begun.elapsed() }
}

/// Feeds a script, passes on what it says, and ends it where it does not end by itself in time.
async fn run<V: ResponseSink>(
    launch: &Launch,
    mut process: Process,
    pipes: Pipes,
    body: &[u8],
    out: &mut AnswerPump<'_, V>,
    gone: impl Future<Output = ()>,
    complain: impl FnMut(&str),
) -> ScriptEnd {
    let Pipes { input: Some(input), output: Some(output), errors: Some(errors) } = pipes else {
        return ScriptEnd::Failed(io::ErrorKind::BrokenPipe.into());
    };
    let (tell, exited) = watch::channel(false);
    let result = {
        let ends = async {
            let exit = process.wait().await.map_err(ScriptEnd::Failed);
            let _ = tell.send(true);
            exit
        };
        let beside = async {
            let fed = feed(input, body, exited.clone());
            tokio::join!(fed, errors::listen(errors, exited.clone(), complain));
            Ok(())
        };
        let work = async { tokio::try_join!(beside, out.pump(output, exited.clone()), ends) };
        tokio::select! {
            biased;
            result = work => result.map(|((), lacks, exit)| (lacks, exit)),
            () = gone => Err(ScriptEnd::Gone),
            seconds = over(launch.limits.seconds) => Err(ScriptEnd::TooLong(seconds)),
        }
    };
    match result {
        Ok((None, exit)) => ScriptEnd::Exit(exit),
        Ok((Some(lacks), exit)) => ScriptEnd::NoHead(lacks, Some(exit)),
        Err(why) => match process.end().await {
            Ok(_) => why,
            Err(cause) => ScriptEnd::Failed(cause),
        },
    }
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

/// Sends the request's body. A script may end, or close its input, without having read all of it.
async fn feed(mut input: Sender, body: &[u8], mut exited: watch::Receiver<bool>) {
    tokio::select! {
        _ = input.write_all(body) => {}
        _ = exited.wait_for(|exited| *exited) => {}
    }
}

/// The answer on its way.
struct AnswerPump<'v, V> {
    visitor: &'v mut V,
    most: u64,
    begun: bool,
    bytes: u64,
}

impl<V: ResponseSink> AnswerPump<'_, V> {
    /// Passes the answer on to its end; what the head lacks, if there is none.
    async fn pump(
        &mut self,
        mut output: Receiver,
        mut exited: watch::Receiver<bool>,
    ) -> Result<Option<&'static str>, ScriptEnd> {
        let mut piece = vec![0; PIECE];
        let mut head = Vec::new();
        loop {
            let length = read(&mut output, &mut piece, &mut exited).await.map_err(ScriptEnd::Failed)?;
            if length == 0 {
                return Ok(match (self.begun, head.is_empty()) {
                    (true, _) => None,
                    (false, true) => Some("it printed nothing"),
                    (false, false) => Some("its head has no end"),
                });
            }
            if self.begun {
                self.body(&piece[..length]).await?;
                continue;
            }
            head.extend_from_slice(&piece[..length]);
            if let Some(end) = head::end(&head) {
                let read = CgiHead::parse(&head[..end]).map_err(|bad| ScriptEnd::NoHead(bad.0, None))?;
                self.visitor.begin(read).await.map_err(|Gone| ScriptEnd::Gone)?;
                self.begun = true;
                self.body(&head[end..]).await?;
                head = Vec::new();
            } else if head.len() > head::MAX_BYTES {
                return Err(ScriptEnd::NoHead("its head is too long", None));
            }
        }
    }

    async fn body(&mut self, bytes: &[u8]) -> Result<(), ScriptEnd> {
        self.bytes += bytes.len() as u64;
        if self.bytes > self.most {
            return Err(ScriptEnd::TooMuch(self.most / (1024 * 1024)));
        }
        if bytes.is_empty() { Ok(()) } else { self.visitor.more(bytes).await.map_err(|Gone| ScriptEnd::Gone) }
    }
}
