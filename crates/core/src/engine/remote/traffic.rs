//! Many calls in flight at the same time, on the calling thread and no other.
//!
//! Each server has a lane of its own with at most so many calls in flight. A lane lets one call go alone until the
//! server has accepted a login, and none any more once it refused one: servers lock out who repeats that.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use reqwest::Client;

use super::guide::{Asking, Guide, Lane, Way};
use super::{RemoteEngine, pool};
use crate::api::{Error, ErrorKind};
use crate::engine::batch::{Item, Row, Run, Status, Task};
use crate::engine::is_harmless;

/// How often it is asked whether to stop while nothing else happens.
const TICK: Duration = Duration::from_millis(100);

/// A lane at work.
struct Busy<'e, 'i> {
    lane: Lane<'e>,
    /// Made for the first call, and gone with the batch: its connections belong to the batch's runtime.
    client: Option<Client>,
    waiting: VecDeque<Waiting<'i>>,
    flying: usize,
    /// Whether the server has accepted a login.
    trusted: bool,
    /// Why nothing is sent there any more.
    halted: Option<String>,
}

/// An item, the account that it is for, and the client that will send it.
type Waiting<'i> = (Task<'i>, Option<String>, Client);

impl Busy<'_, '_> {
    fn client(&mut self, connections: usize) -> Result<Client, Error> {
        if let Some(client) = &self.client {
            return Ok(client.clone());
        }
        let client = self.lane.engine.pool()?.client(connections)?;
        self.client = Some(client.clone());
        Ok(client)
    }
}

/// An item whose call has ended.
struct Landed<'i> {
    lane: usize,
    task: Task<'i>,
    /// Its row, and the kind of its failure if it is one.
    ended: Result<(Row, Option<ErrorKind>), Error>,
}

type Flying<'e, 'i> = FuturesUnordered<Pin<Box<dyn Future<Output = Landed<'i>> + 'e>>>;

/// What a batch waits for.
enum Event<'i> {
    Landed(Vec<Landed<'i>>),
    Asked,
    Tick,
}

/// A batch on its lanes.
pub(super) struct Traffic<'e, 'i> {
    lanes: Vec<Busy<'e, 'i>>,
    guide: &'e dyn Guide,
    user: Option<&'e str>,
    /// Items whose lane is not known yet.
    arrived: VecDeque<Task<'i>>,
    flying: Flying<'e, 'i>,
    asking: Option<Asking<'e>>,
}

impl<'e, 'i: 'e> Traffic<'e, 'i> {
    /// Answers a batch.
    pub(super) fn run(
        lanes: Vec<Lane<'e>>,
        guide: &'e dyn Guide,
        user: Option<&'e str>,
        run: &mut Run<'_, 'i>,
    ) -> Result<(), Error> {
        let busy = |lane| Busy {
            lane,
            client: None,
            waiting: VecDeque::new(),
            flying: 0,
            trusted: false,
            halted: None,
        };
        let lanes = lanes.into_iter().map(busy).collect();
        let mut traffic =
            Self { lanes, guide, user, arrived: VecDeque::new(), flying: Flying::new(), asking: None };
        let place = pool::place()?;
        pool::run(&place, traffic.drive(run));
        Ok(())
    }

    async fn drive(&mut self, run: &mut Run<'_, 'i>) {
        loop {
            let mut moved = false;
            while let Some(task) = run.read(self.lanes.len()) {
                self.arrived.push_back(task);
                moved = true;
            }
            moved |= self.sort(run);
            moved |= self.send(run);
            if run.is_ending() {
                // These were never begun.
                self.asking = None;
                self.arrived.clear();
                self.lanes.iter_mut().for_each(|busy| busy.waiting.clear());
            }
            if self.flying.is_empty() && self.asking.is_none() {
                if !moved {
                    return;
                }
                continue;
            }
            match self.event().await {
                Event::Landed(landed) => landed.into_iter().for_each(|landed| self.land(run, landed)),
                Event::Asked => self.asking = None,
                Event::Tick => {}
            }
        }
    }

    /// Gives items their lanes, as far as these are known.
    fn sort(&mut self, run: &mut Run<'_, 'i>) -> bool {
        let mut moved = false;
        while let Some(task) = self.arrived.pop_front() {
            match self.way(run, &task) {
                Way::To(number, account) => self.queue(run, number, task, account),
                Way::Nowhere(error) => run.end_without_answer(&task, None, Status::Failed, error),
                Way::Ask(numbers) => {
                    self.arrived.push_front(task);
                    if self.asking.is_none() {
                        let most = run.in_flight();
                        let asked =
                            numbers.into_iter().map(|number| (number, self.lanes[number].client(most)));
                        let asked = asked.collect();
                        self.asking = Some(self.guide.ask(asked));
                        moved = true;
                    }
                    return moved;
                }
            }
            moved = true;
        }
        moved
    }

    /// Puts an item into its lane, unless nothing goes there any more.
    fn queue(&mut self, run: &mut Run<'_, 'i>, number: usize, task: Task<'i>, account: Option<String>) {
        let busy = &mut self.lanes[number];
        if let Some(why) = &busy.halted {
            return unsent(run, &task, busy.lane.name, why);
        }
        match busy.client(run.in_flight()) {
            Ok(client) => busy.waiting.push_back((task, account, client)),
            Err(error) => run.end_without_answer(&task, busy.lane.name, Status::Failed, error),
        }
    }

    fn way(&self, run: &Run<'_, 'i>, task: &Task<'_>) -> Way {
        let found = Item::read(&task.text, run.family()).and_then(|item| {
            let user = item.user.as_deref().or(self.user);
            Ok(self.guide.way(user, item.server.as_deref(), &item.call()?, task.since))
        });
        found.unwrap_or_else(Way::Nowhere)
    }

    /// Sends what has a place in its lane, all of it announced at once.
    fn send(&mut self, run: &mut Run<'_, 'i>) -> bool {
        let mut going = Vec::new();
        for (number, busy) in self.lanes.iter_mut().enumerate() {
            let most = if busy.trusted { run.in_flight() } else { 1 };
            while busy.flying < most
                && let Some(waiting) = busy.waiting.pop_front()
            {
                busy.flying += 1;
                going.push((number, waiting));
            }
        }
        let numbers: Vec<u64> = going.iter().map(|(_, (task, ..))| task.number).collect();
        if numbers.is_empty() {
            return false;
        }
        if !run.begin(&numbers) {
            going.iter().for_each(|(number, _)| self.lanes[*number].flying -= 1);
            return false;
        }
        for (lane, (task, account, client)) in going {
            let Lane { name, engine } = self.lanes[lane].lane;
            let (guide, family) = (self.guide, run.family());
            self.flying.push(Box::pin(async move {
                let ended = match Item::read(&task.text, family) {
                    Ok(item) => {
                        Ok(fly(engine, &client, guide, (lane, name), (task.number, item), account).await)
                    }
                    Err(error) => Err(error),
                };
                Landed { lane, task, ended }
            }));
        }
        true
    }

    fn land(&mut self, run: &mut Run<'_, 'i>, landed: Landed<'i>) {
        let Landed { lane, task, ended } = landed;
        let busy = &mut self.lanes[lane];
        busy.flying -= 1;
        let (row, kind) = match ended {
            Ok(ended) => ended,
            Err(error) => return run.fail(error),
        };
        if kind == Some(ErrorKind::Authentication) {
            let why = format!(
                "{} refused item {} of this batch as not allowed to log in or to call, and servers lock out who repeats that",
                busy.lane.engine.server.shown(),
                task.number
            );
            let why = busy.halted.get_or_insert(why).clone();
            for (task, ..) in std::mem::take(&mut busy.waiting) {
                unsent(run, &task, busy.lane.name, &why);
            }
        } else if kind.is_none_or(has_reached) {
            busy.trusted = true;
        }
        run.end(&task, row);
    }

    /// All calls that have ended, or the first other news.
    async fn event(&mut self) -> Event<'i> {
        let mut tick = pin!(tokio::time::sleep(TICK));
        poll_fn(|cx: &mut Context<'_>| {
            let mut landed = Vec::new();
            while let Poll::Ready(Some(one)) = self.flying.poll_next_unpin(cx) {
                landed.push(one);
            }
            if !landed.is_empty() {
                return Poll::Ready(Event::Landed(landed));
            }
            if let Some(asking) = &mut self.asking
                && asking.as_mut().poll(cx).is_ready()
            {
                return Poll::Ready(Event::Asked);
            }
            tick.as_mut().poll(cx).map(|()| Event::Tick)
        })
        .await
    }
}

/// One call, from its item to its row.
async fn fly(
    engine: &RemoteEngine,
    client: &Client,
    guide: &dyn Guide,
    (lane, name): (usize, Option<&str>),
    (number, item): (u64, Item<'_>),
    account: Option<String>,
) -> (Row, Option<ErrorKind>) {
    let (result, harmless) = match item.call() {
        Ok(call) => {
            let result = engine.one(client, account.as_deref(), &call).await;
            guide.learn(lane, &call, &result);
            (result, is_harmless(&call))
        }
        Err(error) => (Err(error), true),
    };
    (Row::answered(number, &item, name, harmless, &result), result.err().map(|error| error.kind()))
}

/// Whether a failure tells of the server, and not of a call that was never sent.
fn has_reached(kind: ErrorKind) -> bool {
    !matches!(kind, ErrorKind::BadJson | ErrorKind::BadParams | ErrorKind::Config)
}

fn unsent(run: &mut Run<'_, '_>, task: &Task<'_>, server: Option<&str>, why: &str) {
    let sentence = format!("The call was not sent: {why}. Correct the login, then send what was not sent");
    run.end_without_answer(task, server, Status::Unsent, Error::new(ErrorKind::Authentication, sentence));
}
