//! Items of a batch that change mailboxes, made in one step on the disk.

use std::time::{Duration, Instant};

use crate::api::catalogue::Function;
use crate::api::{Args, Call, Done, Error, ErrorKind, NotDone, Outcome, Params};
use crate::engine::batch::{BatchRow, Item, Run, Task};
use crate::engine::contract::no_table;
use crate::engine::local::context::Context;
use crate::engine::local::outcome::outcome;
use crate::engine::local::prepared_change::{Prepare, PreparedChange};
use crate::store::{Changed, MailStore, OnRefusal};

/// How many items are made in one step: few at first, so that something is soon to be seen, then many, so that flushes
/// cost next to nothing also where each is slow; on a quick machine as many again.
pub(super) struct WindowSize(usize);

impl WindowSize {
    const FIRST: usize = 64;
    /// A step has at most a dozen flushes, whatever is changed: 200 of them are enough for 10,000 changes.
    const USUAL: usize = 768;
    const MOST: usize = 1024;
    /// So quick a window could have been a larger one.
    const SHORT: Duration = Duration::from_millis(500);

    pub(super) fn first() -> Self {
        Self(Self::FIRST)
    }

    /// After a whole window that took that long.
    fn adapt(&mut self, took: Duration) {
        let is_usual = self.0 >= Self::USUAL && took < Self::SHORT;
        self.0 = if is_usual { Self::MOST } else { Self::USUAL };
    }

    pub(super) fn items(&self) -> usize {
        self.0
    }
}

/// An item that is one change.
struct WindowItem<'i> {
    task: Task<'i>,
    function: &'static Function,
    prepare: Prepare,
}

/// Items that follow each other.
#[derive(Default)]
pub(super) struct Window<'i>(Vec<WindowItem<'i>>);

/// What has come of an item; nothing where it was not begun.
type Came = Option<Result<Changed, NotDone>>;

impl<'i> Window<'i> {
    pub(super) fn add(&mut self, task: Task<'i>, function: &'static Function, prepare: Prepare) {
        self.0.push(WindowItem { task, function, prepare });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn is_full(&self, size: &WindowSize) -> bool {
        self.0.len() >= size.items()
    }

    /// Makes the changes; whether the batch goes on.
    pub(super) fn answer(
        &mut self,
        run: &mut Run<'_, '_>,
        size: &mut WindowSize,
        context: Context<'_>,
    ) -> bool {
        let window = std::mem::take(&mut self.0);
        if window.is_empty() {
            return true;
        }
        let numbers: Vec<u64> = window.iter().map(|item| item.task.number).collect();
        if !run.begin(&numbers) {
            return false;
        }
        let since = Instant::now();
        let on_refusal = if run.stops_on_error() { OnRefusal::Stop } else { OnRefusal::GoOn };
        let items: Vec<_> = window.iter().map(|item| Item::read(&item.task.text, run.family())).collect();
        let calls: Vec<_> = items.iter().map(call_of).collect();
        let read: Vec<_> = window
            .iter()
            .zip(&calls)
            .zip(&items)
            .map(|((window, call), item)| ReadItem::new(window, call, user_of(item).or(context.user)))
            .collect();
        let prepared: Vec<_> = read
            .iter()
            .zip(&items)
            .zip(&window)
            .map(|((read, item), window)| {
                let user = user_of(item).or(context.user);
                read.prepare(window.prepare, &Context { user, ..context })
            })
            .collect();
        let mut came = make(context.store, &prepared, on_refusal);
        let told = if on_refusal == OnRefusal::Stop { told(&came) } else { came.len() };
        came.truncate(told);
        let mut came = came.into_iter();
        for (((item, read), prepared), window) in items.iter().zip(&read).zip(prepared).zip(&window) {
            let item = match item {
                Ok(item) => item,
                // Items are checked before a batch begins, so this one was changed since.
                Err(error) => {
                    run.fail(error.clone());
                    continue;
                }
            };
            match came.next().flatten() {
                Some(result) => {
                    let done = prepared.and_then(|prepared| prepared.answer(result));
                    let result = read.outcome(window.function, done);
                    let row = BatchRow::answered(window.task.number, item, None, true, &result);
                    run.end(&window.task, row);
                }
                None => run.withdraw(&window.task, item),
            }
        }
        if window.len() >= size.items() {
            size.adapt(since.elapsed());
        }
        true
    }
}

/// An item with its arguments, or why it has none.
enum ReadItem<'a> {
    Call(&'a Args<'a>, Params<'a>),
    None(&'a Error),
}

impl<'a> ReadItem<'a> {
    fn new(item: &WindowItem<'_>, call: &'a Result<Call<'a>, Error>, user: Option<&'a str>) -> Self {
        match call {
            Ok(call) => Self::Call(&call.args, Params::new(item.function, &call.args).of_account(user)),
            Err(error) => Self::None(error),
        }
    }

    fn prepare(&self, prepare: Prepare, context: &Context<'_>) -> Result<PreparedChange<'a>, NotDone> {
        match self {
            Self::Call(_, params) => {
                params.require().map_err(NotDone::from).and_then(|()| prepare(context, params))
            }
            Self::None(error) => Err((*error).clone().into()),
        }
    }

    fn outcome(&self, function: &'static Function, done: Result<Done, NotDone>) -> Result<Outcome, Error> {
        match self {
            Self::Call(args, params) => outcome(function, args, params, done),
            Self::None(error) => Err((*error).clone()),
        }
    }
}

/// The account that an item names.
fn user_of<'t>(item: &'t Result<Item<'t>, Error>) -> Option<&'t str> {
    item.as_ref().ok().and_then(|item| item.user.as_deref())
}

fn call_of<'t>(item: &'t Result<Item<'t>, Error>) -> Result<Call<'t>, Error> {
    let item = item.as_ref().map_err(Error::clone)?;
    match &item.server {
        Some(name) => Err(no_table(name)),
        None => item.call(),
    }
}

/// Makes those that are prepared, in their order, up to the first that is not where the rest shall not be made then.
fn make(
    store: &dyn MailStore,
    prepared: &[Result<PreparedChange<'_>, NotDone>],
    on_refusal: OnRefusal,
) -> Vec<Came> {
    let stops = on_refusal == OnRefusal::Stop;
    let good = prepared.iter().take_while(|prepared| !stops || prepared.is_ok());
    let changes: Vec<_> = good.flatten().map(PreparedChange::change).collect();
    let mut results = store.change_mailboxes(&changes, on_refusal).into_iter();
    let mut is_ended = false;
    prepared
        .iter()
        .map(|prepared| {
            let came = match prepared {
                Ok(_) => results.next(),
                Err(_) if stops && is_ended => None,
                Err(refused) => Some(Err(refused.clone())),
            };
            is_ended |= !matches!(came, Some(Ok(_)));
            came
        })
        .collect()
}

/// How many items have a row where a batch ends with the first that is not done: those up to it, and those behind it
/// of which not everybody can say that they are as they were.
fn told(came: &[Came]) -> usize {
    let is_done = |came: &Came| matches!(came, Some(Ok(_)));
    let is_unknown = |came: &Came| match came {
        Some(Err(NotDone::Failed(error))) => error.kind() == ErrorKind::NotVerified,
        _ => false,
    };
    let first = came.iter().position(|came| !is_done(came)).unwrap_or(came.len());
    let last = came.iter().rposition(|came| is_done(came) || is_unknown(came)).unwrap_or(0);
    came.len().min(first.max(last) + 1)
}
