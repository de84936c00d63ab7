//! Many calls as one piece of work: read one after the other, answered side by side where the engine can, and
//! told in the order in which they came.
//!
//! A [`Run`] hands [`Task`]s to the engine and takes their [`BatchRow`]s back. It reads ahead only as far as its window
//! is wide, so a source of a million items never stands in memory. No item is handed out twice. Who keeps a journal
//! hears of each item before it is sent and as soon as its answer is there: that is [`BatchWatch`].

mod item;
mod options;
mod row;
mod run;

pub use item::{Item, ItemText};
pub use options::BatchOptions;
pub use row::{BatchRow, Status};
pub use run::{BatchWatch, Ended, ItemSource, Run, SourceItem, Task};
