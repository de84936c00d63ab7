//! The embedded engine: cPanel's functions themselves, on a mail store.
//!
//! One folder per cPanel module, one file per operation. A file holds the operation, written once,
//! and one [`entry::CatalogueEntry`] for each family that has it: API 2 `passwdpop`, UAPI `passwd_pop` and API 1
//! `passwdpop` are the same work with other clothes.

mod accounts;
mod context;
mod domains;
mod email;
mod engine;
mod entry;
mod none;
mod outcome;
mod packages;
mod page;
mod passwdstrength;
mod prepared_change;
mod quota;
mod server;
mod statsbar;
mod window;

pub use engine::{LocalEngine, Settings, function, functions};
pub use server::{VERSION, host_name};
