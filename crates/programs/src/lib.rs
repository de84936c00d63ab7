//! The programs of liveapi.
//!
//! - [`live`]: what pages written for the panel find around them, its LiveAPI socket.
//! - [`cli`]: `liveapi`, and the command-line family that it is under other names.
//! - [`server`]: `liveapid`, the daemon that answers cPanel's and WHM's URLs.
#![forbid(unsafe_code)]

pub mod cli;
pub mod live;
pub mod server;
