//! The program `liveapid`: its command line ([`program`], [`invocation`]), and the life of the daemon as a process
//! ([`lifecycle`], [`process`]).

mod invocation;
mod lifecycle;
mod process;
mod program;

pub use program::{command, main};
