//! Many calls in flight at the same time, on the calling thread and no other.
//!
//! Items wait for their route, then in the queue of their server ([`ServerQueue`]), then for their answer.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use reqwest::Client;

use crate::api::{Error, ErrorKind};
use crate::engine::batch::{BatchRow, Item, Run, Status, Task};
use crate::engine::remote::call::answer::answer;
use crate::engine::remote::routing::{Asking, CallTarget, Route, Router};
use crate::engine::remote::server_link::ServerLink;
use crate::engine::remote::server_queue::ServerQueue;
use crate::engine::remote::transport::call_runtime::CallRuntime;
use crate::engine::wire::retry::is_idempotent;

/// How often it is asked whether to stop while nothing else happens.
const TICK: Duration = Duration::from_millis(100);

/// An item whose call has ended.
struct Completed<'i> {
    queue: usize,
    task: Task<'i>,
    /// Its row, and the kind of its failure if it is one.
    ended: Result<(BatchRow, Option<ErrorKind>), Error>,
}

type InFlight<'e, 'i> = FuturesUnordered<Pin<Box<dyn Future<Output = Completed<'i>> + 'e>>>;

/// What a batch waits for.
enum Event<'i> {
    Completed(Vec<Completed<'i>>),
    Asked,
    Tick,
}

/// A batch on its servers.
pub(crate) struct Scheduler<'e, 'i> {
    queues: Vec<ServerQueue<'e, 'i>>,
    router: &'e dyn Router,
    user: Option<&'e str>,
    /// Items whose server is not known yet.
    arrived: VecDeque<Task<'i>>,
    in_flight: InFlight<'e, 'i>,
    asking: Option<Asking<'e>>,
}

impl<'e, 'i: 'e> Scheduler<'e, 'i> {
    /// Answers all items of a batch, on a runtime and with connections of its own.
    pub(crate) fn run(
        targets: Vec<CallTarget<'e>>,
        router: &'e dyn Router,
        user: Option<&'e str>,
        run: &mut Run<'_, 'i>,
    ) -> Result<(), Error> {
        let queues = targets.into_iter().map(ServerQueue::new).collect();
        let mut scheduler =
            Self { queues, router, user, arrived: VecDeque::new(), in_flight: InFlight::new(), asking: None };
        CallRuntime::new()?.run(scheduler.drive(run));
        Ok(())
    }

    async fn drive(&mut self, run: &mut Run<'_, 'i>) {
        loop {
            let mut moved = false;
            while let Some(task) = run.read(self.queues.len()) {
                self.arrived.push_back(task);
                moved = true;
            }
            moved |= self.sort(run);
            moved |= self.send(run);
            if run.is_ending() {
                // These were never begun.
                self.asking = None;
                self.arrived.clear();
                self.queues.iter_mut().for_each(ServerQueue::clear);
            }
            if self.in_flight.is_empty() && self.asking.is_none() {
                if !moved {
                    return;
                }
                continue;
            }
            match self.event().await {
                Event::Completed(completed) => {
                    completed.into_iter().for_each(|completed| self.complete(run, completed))
                }
                Event::Asked => self.asking = None,
                Event::Tick => {}
            }
        }
    }

    /// Gives items their queues, as far as these are known.
    fn sort(&mut self, run: &mut Run<'_, 'i>) -> bool {
        let mut moved = false;
        while let Some(task) = self.arrived.pop_front() {
            match self.route(run, &task) {
                Route::To(number, account) => self.queues[number].push(run, task, account),
                Route::Nowhere(error) => run.end_without_answer(&task, None, Status::Failed, error),
                Route::Ask(numbers) => {
                    self.arrived.push_front(task);
                    if self.asking.is_none() {
                        let most = run.in_flight();
                        let asked =
                            numbers.into_iter().map(|number| (number, self.queues[number].client(most)));
                        let asked = asked.collect();
                        self.asking = Some(self.router.ask(asked));
                        moved = true;
                    }
                    return moved;
                }
            }
            moved = true;
        }
        moved
    }

    fn route(&self, run: &Run<'_, 'i>, task: &Task<'_>) -> Route {
        let found = Item::read(&task.text, run.family()).and_then(|item| {
            let user = item.user.as_deref().or(self.user);
            Ok(self.router.route(user, item.server.as_deref(), &item.call()?, task.since))
        });
        found.unwrap_or_else(Route::Nowhere)
    }

    /// Sends what may be in flight, all of it announced at once.
    fn send(&mut self, run: &mut Run<'_, 'i>) -> bool {
        let mut going = Vec::new();
        for (number, queue) in self.queues.iter_mut().enumerate() {
            while let Some(waiting) = queue.take(run.in_flight()) {
                going.push((number, waiting));
            }
        }
        let numbers: Vec<u64> = going.iter().map(|(_, (task, ..))| task.number).collect();
        if numbers.is_empty() {
            return false;
        }
        if !run.begin(&numbers) {
            going.iter().for_each(|(number, _)| self.queues[*number].in_flight -= 1);
            return false;
        }
        for (queue, (task, account, client)) in going {
            let CallTarget { name, link } = self.queues[queue].target;
            let (router, family) = (self.router, run.family());
            self.in_flight.push(Box::pin(async move {
                let ended = match Item::read(&task.text, family) {
                    Ok(item) => {
                        Ok(send_one(link, &client, router, (queue, name), (task.number, item), account).await)
                    }
                    Err(error) => Err(error),
                };
                Completed { queue, task, ended }
            }));
        }
        true
    }

    fn complete(&mut self, run: &mut Run<'_, 'i>, completed: Completed<'i>) {
        let Completed { queue, task, ended } = completed;
        let queue = &mut self.queues[queue];
        queue.in_flight -= 1;
        let (row, kind) = match ended {
            Ok(ended) => ended,
            Err(error) => return run.fail(error),
        };
        queue.learn(run, task.number, kind);
        run.end(&task, row);
    }

    /// All calls that have ended, or the first other news.
    async fn event(&mut self) -> Event<'i> {
        let mut tick = pin!(tokio::time::sleep(TICK));
        poll_fn(|cx: &mut Context<'_>| {
            let mut completed = Vec::new();
            while let Poll::Ready(Some(one)) = self.in_flight.poll_next_unpin(cx) {
                completed.push(one);
            }
            if !completed.is_empty() {
                return Poll::Ready(Event::Completed(completed));
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
async fn send_one(
    link: &ServerLink,
    client: &Client,
    router: &dyn Router,
    (target, name): (usize, Option<&str>),
    (number, item): (u64, Item<'_>),
    account: Option<String>,
) -> (BatchRow, Option<ErrorKind>) {
    let (result, idempotent) = match item.call() {
        Ok(call) => {
            let result = answer(link, client, account.as_deref(), &call).await;
            router.learn(target, &call, &result);
            (result, is_idempotent(&call))
        }
        Err(error) => (Err(error), true),
    };
    (BatchRow::answered(number, &item, name, idempotent, &result), result.err().map(|error| error.kind()))
}
