//! A batch under way: which items were handed out, which rows wait for their turn, and when to stop.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use crate::api::{Error, ErrorKind, Family};
use crate::engine::batch::item::{Item, ItemText};
use crate::engine::batch::options::BatchOptions;
use crate::engine::batch::row::{BatchRow, Status};

/// Items that may be open for each call in flight, so that a slow one does not leave the others idle at once.
const READ_AHEAD: usize = 4;
/// The fewest that may be open.
const LEAST_OPEN: usize = 64;
/// Most bytes of items and rows that are held at the same time; one more item is always taken.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// What a source of items gives, one after the other.
pub enum SourceItem<'i> {
    /// An item to be answered.
    Item(u64, ItemText<'i>),
    /// An item whose row is known already.
    Known(u64, BatchRow),
}

/// Where items come from, in their order and with growing numbers. An error ends the batch.
pub type ItemSource<'i> = Box<dyn Iterator<Item = Result<SourceItem<'i>, Error>> + 'i>;

/// Who follows a batch. An error ends the batch: no more is sent, and what is in flight is waited for.
pub trait BatchWatch {
    /// Whether no more should be sent.
    fn stopped(&self) -> bool {
        false
    }

    /// Comes before the items of these numbers are sent.
    fn begin(&mut self, _numbers: &[u64]) -> Result<(), Error> {
        Ok(())
    }

    /// Comes as soon as the row of an item is there, in any order; not for rows that were known.
    fn ended(&mut self, _number: u64, _row: &BatchRow) -> Result<(), Error> {
        Ok(())
    }

    /// The rows in the order of the items.
    fn row(&mut self, number: u64, row: BatchRow) -> Result<(), Error>;
}

/// Why a batch ended before its last item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Whoever follows it asked for that.
    Stopped,
    /// The time of the option `seconds` was over.
    Late,
    /// An item was not done, and the caller wants no more then.
    NotDone,
}

/// An item on its way.
pub struct Task<'i> {
    pub number: u64,
    pub text: ItemText<'i>,
    /// When it was read.
    pub since: Instant,
}

/// A batch under way: hands tasks to the engine, takes their rows, and tells these in order.
pub struct Run<'r, 'i> {
    options: BatchOptions,
    source: ItemSource<'i>,
    watch: &'r mut dyn BatchWatch,
    began: Instant,
    exhausted: bool,
    /// Numbers that were read and not told yet.
    open: VecDeque<u64>,
    /// Rows that are there before those of items in front of them.
    early: BTreeMap<u64, BatchRow>,
    /// Of the open items, and of the rows that wait.
    bytes: usize,
    ended: Option<Ended>,
    failed: Option<Error>,
}

impl<'r, 'i> Run<'r, 'i> {
    /// A batch that has not begun.
    pub fn new(options: BatchOptions, source: ItemSource<'i>, watch: &'r mut dyn BatchWatch) -> Self {
        Self {
            options,
            source,
            watch,
            began: Instant::now(),
            exhausted: false,
            open: VecDeque::new(),
            early: BTreeMap::new(),
            bytes: 0,
            ended: None,
            failed: None,
        }
    }

    /// Calls in flight to one server.
    pub fn in_flight(&self) -> usize {
        self.options.in_flight
    }

    /// Whether nothing more shall be sent once an item is not done.
    pub fn stops_on_error(&self) -> bool {
        self.options.stop_on_error
    }

    /// The family of items that name none.
    pub fn family(&self) -> Family {
        self.options.family
    }

    /// The next item, if there is one and there is room for it. `servers`: how many servers work side by side.
    pub fn read(&mut self, servers: usize) -> Option<Task<'i>> {
        self.read_within((READ_AHEAD * self.options.in_flight * servers).max(LEAST_OPEN))
    }

    /// The next item, if there is one and fewer than that many are open.
    pub fn read_within(&mut self, room: usize) -> Option<Task<'i>> {
        while !self.exhausted && !self.is_ending() && self.open.len() < room {
            if self.bytes >= MOST_BYTES && !self.open.is_empty() {
                return None;
            }
            match self.source.next() {
                None => self.exhausted = true,
                Some(Err(error)) => self.fail(error),
                Some(Ok(SourceItem::Item(number, text))) => {
                    self.open.push_back(number);
                    self.bytes += text.len();
                    return Some(Task { number, text, since: Instant::now() });
                }
                Some(Ok(SourceItem::Known(number, row))) => {
                    self.open.push_back(number);
                    self.keep(number, row);
                }
            }
        }
        None
    }

    /// Whether no more is to be sent.
    pub fn is_ending(&mut self) -> bool {
        if self.ended.is_none() {
            if self.watch.stopped() {
                self.ended = Some(Ended::Stopped);
            } else if self.options.within.is_some_and(|within| self.began.elapsed() >= within) {
                self.ended = Some(Ended::Late);
            }
        }
        self.ended.is_some() || self.failed.is_some()
    }

    /// Announces items that are to be sent now; whether they may be.
    pub fn begin(&mut self, numbers: &[u64]) -> bool {
        if self.is_ending() {
            return false;
        }
        match self.watch.begin(numbers) {
            Ok(()) => true,
            Err(error) => {
                self.fail(error);
                false
            }
        }
    }

    /// Takes the row of an item, and tells the rows whose turn it is.
    pub fn end(&mut self, task: &Task<'_>, row: BatchRow) {
        self.bytes = self.bytes.saturating_sub(task.text.len());
        if self.options.stop_on_error && row.status != Status::Done && self.ended.is_none() {
            self.ended = Some(Ended::NotDone);
        }
        if let Err(error) = self.watch.ended(task.number, &row) {
            self.fail(error);
        }
        self.keep(task.number, row);
    }

    /// The same for an item that got no answer.
    pub fn end_without_answer(
        &mut self,
        task: &Task<'_>,
        server: Option<&str>,
        status: Status,
        error: Error,
    ) {
        match Item::read(&task.text, self.options.family) {
            Ok(item) => {
                let row = BatchRow::without_answer(task.number, &item, server, status, error);
                self.end(task, row);
            }
            // Items are checked before a batch begins, so this one was changed since.
            Err(error) => self.fail(error),
        }
    }

    /// Takes back that an item was begun: nothing of it was done, and the batch has ended before it.
    pub fn withdraw(&mut self, task: &Task<'_>, item: &Item<'_>) {
        let error = Error::new(ErrorKind::Stopped, "The call was not sent: an item before it was not done");
        let row = BatchRow::without_answer(task.number, item, None, Status::Unsent, error);
        if let Err(error) = self.watch.ended(task.number, &row) {
            self.fail(error);
        }
    }

    /// Tells the rows that still wait, and how the batch ended.
    pub fn finish(mut self) -> Result<Option<Ended>, Error> {
        for (number, row) in std::mem::take(&mut self.early) {
            if let Err(error) = self.watch.row(number, row) {
                self.fail(error);
            }
        }
        match self.failed {
            Some(error) => Err(error),
            None => Ok(self.ended),
        }
    }

    fn keep(&mut self, number: u64, row: BatchRow) {
        self.bytes += row.json.len();
        self.early.insert(number, row);
        while let Some(row) = self.open.front().and_then(|next| self.early.remove(next)) {
            self.bytes = self.bytes.saturating_sub(row.json.len());
            if let Some(number) = self.open.pop_front()
                && let Err(error) = self.watch.row(number, row)
            {
                self.fail(error);
            }
        }
    }

    /// Ends the batch: no more is sent, and what is in flight is waited for. The first failure is told.
    pub fn fail(&mut self, error: Error) {
        self.failed.get_or_insert(error);
    }
}
