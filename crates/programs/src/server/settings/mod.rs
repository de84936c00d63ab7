//! What the configuration file and the command line decide.

mod daemon;
mod folders;
mod keys;
mod pages;
mod ports;
mod values;

pub(crate) use daemon::Settings;
pub use keys::keys;
pub(crate) use ports::{Port, every_port};
