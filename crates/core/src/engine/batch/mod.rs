//! Many calls as one piece of work: read one after the other, answered side by side where the engine can, and
//! told in the order in which they came.
//!
//! A [`Run`] hands [`Task`]s to the engine and takes their [`Row`]s back. It reads ahead only as far as its window
//! is wide, so a source of a million items never stands in memory. No item is handed out twice. Who keeps a journal
//! hears of each item before it is sent and as soon as its answer is there: that is [`Watch`].

mod item;
mod list;
mod options;
mod row;
mod run;

pub use item::{Item, Text};
pub use list::answer_list;
pub use options::BatchOptions;
pub use row::{Row, Status};
pub use run::{Ended, Given, Run, Source, Task, Watch};
