//! Reading what a script prints, to its end and no longer.

use std::io;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe::Receiver;
use tokio::sync::watch;
use tokio::time::timeout;

/// How long is waited for what a script wrote right before its end: it is in the pipe already, unless it is not from
/// the script itself but from something that it left running.
const REST: Duration = Duration::from_millis(100);

/// Reads once; 0 at the end. After the script's own end only what is there already is read: something that it left
/// running, outside of its group, may keep the pipe open for ever.
pub(super) async fn read(
    pipe: &mut Receiver,
    piece: &mut [u8],
    exited: &mut watch::Receiver<bool>,
) -> io::Result<usize> {
    if !*exited.borrow() {
        tokio::select! {
            biased;
            length = pipe.read(piece) => return length,
            _ = exited.wait_for(|exited| *exited) => {}
        }
    }
    timeout(REST, pipe.read(piece)).await.unwrap_or(Ok(0))
}
