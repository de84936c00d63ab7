//! `--batch FILE`: the calls of a file, one JSON object a line, with their results in the same order.
//!
//! The whole file is read and checked before anything is sent, and read again while calls are in flight, so only a
//! window of it is in memory. With `--resume` a journal says which calls were begun and what came of them, and
//! nothing that changes anything is begun twice, however the run before this one ended.

mod checked_input;
mod counts;
mod input;
mod journal;
pub(super) mod options;
mod progress;
mod results;
mod run;

pub(super) use options::NAME;
pub(super) use run::run;
