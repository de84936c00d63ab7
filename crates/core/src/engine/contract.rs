//! What every engine offers, and what engines know of functions.

use crate::api::catalogue::Function;
use crate::api::{Answered, Call, Error, ErrorKind, Family, Outcome};
use crate::engine::batch::{BatchRow, Item, Run, Task};

/// Finds what is known of a function; the catalogue stands in the embedded engine.
pub type Lookup = fn(Family, &str, &str) -> Option<&'static Function>;

/// Somebody who answers calls. Callable from any thread and after a fork: what a fork could break and is held
/// between two calls stands in a [`PerProcess`](crate::base::process::PerProcess).
pub trait Engine: Send + Sync {
    /// Answers one call. `user` is the account it is for, where the door or the configuration named one.
    fn call(&self, user: Option<&str>, call: &Call<'_>) -> Result<Outcome, Error>;

    /// Answers the items of a batch. `user` is the account of those that name none. One after the other, unless the
    /// engine can have several in flight.
    fn batch(&self, user: Option<&str>, run: &mut Run<'_, '_>) -> Result<(), Error> {
        while let Some(task) = run.read(1) {
            if !self.answer_task(user, run, &task) {
                break;
            }
        }
        Ok(())
    }

    /// Answers one item of a batch by itself; whether the batch goes on.
    fn answer_task(&self, user: Option<&str>, run: &mut Run<'_, '_>, task: &Task<'_>) -> bool {
        if !run.begin(&[task.number]) {
            return false;
        }
        match Item::read(&task.text, run.family()) {
            Ok(item) => {
                let result = self.of_item(user, &item);
                let row = BatchRow::answered(task.number, &item, None, true, &result);
                run.end(task, row);
            }
            Err(error) => run.fail(error),
        }
        true
    }

    /// Answers one item of a batch.
    fn of_item(&self, user: Option<&str>, item: &Item<'_>) -> Result<Outcome, Error> {
        if let Some(name) = &item.server {
            return Err(no_table(name));
        }
        self.call(item.user.as_deref().or(user), &item.call()?)
    }

    /// Answers a request of LiveAPI (a tag, or JSON) as a panel does, with its own tags and variables; `None` where
    /// there is no panel and the request is evaluated here.
    fn live(&self, _request: &str) -> Option<Result<Answered, Error>> {
        None
    }

    /// Whether it finds the account of a call by itself.
    fn finds_account(&self) -> bool {
        false
    }

    /// Whether it has a server of that name in its table.
    fn has_server(&self, _name: &str) -> bool {
        false
    }
}

/// Why an item cannot choose a server.
pub(crate) fn no_table(name: &str) -> Error {
    let sentence = format!(
        "The item names the server “{name}”, and the setting url names no table of servers; set it to servers: or leave the name out"
    );
    Error::new(ErrorKind::Config, sentence)
}
