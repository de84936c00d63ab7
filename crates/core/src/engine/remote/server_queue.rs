//! One server's part of a batch: at most so many calls in flight.
//!
//! One call goes alone until the server has accepted a login, and none any more once it refused one: servers lock out who
//! repeats that.

use std::collections::VecDeque;

use reqwest::Client;

use crate::api::{Error, ErrorKind};
use crate::engine::batch::{Run, Status, Task};
use crate::engine::remote::routing::CallTarget;

/// Items that wait for one server, and how many are in flight there.
pub(crate) struct ServerQueue<'e, 'i> {
    pub(crate) target: CallTarget<'e>,
    /// Made for the first call, and gone with the batch: its connections belong to the batch's runtime.
    client: Option<Client>,
    waiting: VecDeque<Waiting<'i>>,
    pub(crate) in_flight: usize,
    /// Whether the server has accepted a login.
    trusted: bool,
    /// Why nothing is sent there any more.
    halted: Option<String>,
}

/// An item, the account that it is for, and the client that will send it.
pub(crate) type Waiting<'i> = (Task<'i>, Option<String>, Client);

impl<'e, 'i> ServerQueue<'e, 'i> {
    pub(crate) fn new(target: CallTarget<'e>) -> Self {
        Self { target, client: None, waiting: VecDeque::new(), in_flight: 0, trusted: false, halted: None }
    }

    /// The batch's own client of this server.
    pub(crate) fn client(&mut self, connections: usize) -> Result<Client, Error> {
        if let Some(client) = &self.client {
            return Ok(client.clone());
        }
        let client = self.target.link.pool()?.client(connections)?;
        self.client = Some(client.clone());
        Ok(client)
    }

    /// Puts an item into the queue, unless nothing goes to the server any more.
    pub(crate) fn push(&mut self, run: &mut Run<'_, 'i>, task: Task<'i>, account: Option<String>) {
        if let Some(why) = &self.halted {
            return unsent(run, &task, self.target.name, why);
        }
        match self.client(run.in_flight()) {
            Ok(client) => self.waiting.push_back((task, account, client)),
            Err(error) => run.end_without_answer(&task, self.target.name, Status::Failed, error),
        }
    }

    /// The next item that may be in flight beside those that are.
    pub(crate) fn take(&mut self, most: usize) -> Option<Waiting<'i>> {
        let most = if self.trusted { most } else { 1 };
        if self.in_flight >= most {
            return None;
        }
        let waiting = self.waiting.pop_front()?;
        self.in_flight += 1;
        Some(waiting)
    }

    /// Forgets what was never begun.
    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// Learns from the end of a call whether the server accepts the login.
    pub(crate) fn learn(&mut self, run: &mut Run<'_, 'i>, number: u64, kind: Option<ErrorKind>) {
        if kind == Some(ErrorKind::Authentication) {
            let why = format!(
                "{} refused item {number} of this batch as not allowed to log in or to call, and servers lock out clients that repeat a refused login",
                self.target.link.server.shown(),
            );
            let why = self.halted.get_or_insert(why).clone();
            for (task, ..) in std::mem::take(&mut self.waiting) {
                unsent(run, &task, self.target.name, &why);
            }
        } else if kind.is_none_or(has_reached) {
            self.trusted = true;
        }
    }
}

/// Whether a failure tells of the server, and not of a call that was never sent.
fn has_reached(kind: ErrorKind) -> bool {
    !matches!(kind, ErrorKind::BadJson | ErrorKind::BadParams | ErrorKind::Config)
}

fn unsent(run: &mut Run<'_, '_>, task: &Task<'_>, server: Option<&str>, why: &str) {
    let sentence = format!("The call was not sent: {why}. Correct the login, then send what was not sent");
    run.end_without_answer(task, server, Status::Unsent, Error::new(ErrorKind::Authentication, sentence));
}
