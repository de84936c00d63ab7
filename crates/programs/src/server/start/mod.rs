//! The program `liveapid`: its command line ([`program`], [`invocation`]), and the life of the daemon as a process
//! ([`lifecycle`], [`process`]). The programs of the shell come in by [`mod@shell_call`].

mod invocation;
mod lifecycle;
mod process;
mod program;
mod shell_call;

pub use program::{command, main};
pub(crate) use shell_call::shell_call;
