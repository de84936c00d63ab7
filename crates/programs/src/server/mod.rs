//! `liveapid`: answers cPanel's, WHM's and webmail's URLs, for clients that will never be rewritten.
//!
//! The way of a request: [`listen`] accepts and [`tls`] secures its connection, [`http`] reads it from the bytes
//! that [`connection`] takes off it, [`routes`] finds out what it asks for, [`auth`] who asks and whether he may,
//! the [`daemon`]'s engine answers, and [`routes`] puts the answer in the shape in which it was asked.

mod admin;
pub mod auth;
mod certificate;
mod connection;
mod daemon;
pub mod http;
mod listen;
mod live;
mod log;
mod metrics;
mod monitor;
mod pace;
mod pages;
mod program;
mod room;
mod routes;
mod settings;
mod shell;
mod tls;
mod whm;

pub use program::{command, main};

use daemon::Daemon;

/// Which of cPanel's services a port is; it decides who may log in there and which calls there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// Server administration: ports 2087 and 2086.
    Whm,
    /// The account's own: ports 2083 and 2082.
    Cpanel,
    /// The mailbox's own: ports 2096 and 2095.
    Webmail,
}
