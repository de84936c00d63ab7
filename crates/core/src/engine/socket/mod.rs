//! The socket engine: calls go to the panel that runs this page, over the LiveAPI socket that it gave the page.
//!
//! A call becomes one frame ([`request`]), goes out on the process's one connection to that socket
//! ([`shared_connection`], [`connection`]), and what comes back is taken out of its element ([`reply`], [`payload`],
//! [`xml`]) and passed on. The panel acts for the page's account and no other. No message holds a parameter's value.

mod ascii;
mod connection;
mod engine;
mod failure;
#[cfg(fuzzing)]
pub mod fuzzing;
mod payload;
mod reply;
mod request;
mod shared_connection;
mod xml;

pub use crate::engine::config::SocketPath;
pub use engine::SocketEngine;
pub use shared_connection::Times;
