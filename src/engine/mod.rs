//! Who answers a call: the configuration that chooses an engine, the client that holds it, and the
//! engines themselves.
//!
//! Two engines so far: [`local`], the functions themselves on the embedded mail store, and [`remote`], which
//! sends calls to a cPanel or WHM server, or to the right one of many. [`batch`] is many calls as one.

pub mod batch;
mod client;
mod config;
mod credentials;
mod debug_log;
mod effective;
pub mod local;
mod location;
mod options;
pub mod process;
pub mod remote;
mod second_factor;
mod secret;
mod servers;

pub use client::{Answerer, Client, answerer, home_store};
pub use config::Config;
pub use credentials::{CredentialOptions, Credentials, Login};
pub use debug_log::DebugLog;
pub use effective::{Setting, effective};
pub use options::Options;
pub use servers::Servers;

use self::batch::{Item, Row, Run};
use crate::api::{Call, Error, ErrorKind, Outcome};

/// Somebody who answers calls. Callable from any thread and after a fork: what a fork could break and is held
/// between two calls stands in a [`process::PerProcess`].
pub trait Engine: Send + Sync {
    /// Answers one call. `user` is the account it is for, where the door or the configuration named one.
    fn call(&self, user: Option<&str>, call: &Call<'_>) -> Result<Outcome, Error>;

    /// Answers the items of a batch. `user` is the account of those that name none. One after the other, unless the
    /// engine can have several in flight.
    fn batch(&self, user: Option<&str>, run: &mut Run<'_, '_>) -> Result<(), Error> {
        while let Some(task) = run.read(1) {
            if !run.begin(&[task.number]) {
                break;
            }
            match Item::read(&task.text, run.family()) {
                Ok(item) => {
                    let result = self.of_item(user, &item);
                    let row = Row::answered(task.number, &item, None, true, &result);
                    run.end(&task, row);
                }
                Err(error) => run.fail(error),
            }
        }
        Ok(())
    }

    /// Answers one item of a batch.
    fn of_item(&self, user: Option<&str>, item: &Item<'_>) -> Result<Outcome, Error> {
        if let Some(name) = &item.server {
            return Err(no_table(name));
        }
        self.call(item.user.as_deref().or(user), &item.call()?)
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
fn no_table(name: &str) -> Error {
    let sentence = format!(
        "The item names the server “{name}”, and the setting url names no table of servers; set it to servers: or leave the name out"
    );
    Error::new(ErrorKind::Config, sentence)
}
