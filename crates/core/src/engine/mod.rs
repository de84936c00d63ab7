//! Who answers a call: the configuration that chooses an engine, the client that holds it, and the engines themselves.
//!
//! Floors, each of which imports only from those above it in this list:
//! - [`config`]: every setting, its sources, and where a URL leads; [`wire`]: what engines that ask somebody else share.
//! - [`batch`]: many calls as one; [`contract`]: the trait that every engine implements.
//! - The engines: [`local`], the functions themselves on the embedded mail store; [`remote`], a cPanel or WHM server, or
//!   the right one of many; [`socket`], the panel that runs a page.
//! - [`client`]: one configuration's engine, and the account that calls are for.

mod answer_list;
mod answerer;
pub mod batch;
mod client;
pub mod config;
mod contract;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod local;
mod open;
pub mod remote;
pub mod socket;
mod wire;

pub use answer_list::answer_list;
pub use answerer::{Answerer, answerer, home_store};
pub use client::Client;
pub use config::{Config, CredentialOptions, Credentials, Login, Options, Servers};
pub use contract::{Engine, Lookup};
pub use open::Process;
pub use wire::is_idempotent;
