//! Who answers a call: the configuration that chooses an engine, the client that holds it, and the
//! engines themselves.
//!
//! Two engines so far: [`local`], the functions themselves on the embedded mail store, and [`remote`], which
//! sends calls to a cPanel or WHM server.

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

pub use client::{Client, home_store, server};
pub use config::Config;
pub use credentials::{CredentialOptions, Credentials, Login};
pub use debug_log::DebugLog;
pub use effective::{Setting, effective};
pub use options::Options;

use crate::api::{Call, Error, Outcome};

/// Somebody who answers calls. Callable from any thread and after a fork: what a fork could break and is held
/// between two calls stands in a [`process::PerProcess`].
pub trait Engine: Send + Sync {
    /// Answers one call. `user` is the account it is for, where the door or the configuration named one.
    fn call(&self, user: Option<&str>, call: &Call<'_>) -> Result<Outcome, Error>;
}
