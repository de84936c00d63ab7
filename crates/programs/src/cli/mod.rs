//! The command-line family: `cpapi1`, `cpapi2`, `uapi`, `whmapi1`, `whmapi0`.
//!
//! They are one program with several names and print one answer on standard output. The exit status is
//! 0 whenever an answer was printed, also a refusal: scripts for cPanel's programs read the text.
//! 1 means that no call was made; `--strict-exit` adds 2 for an answer that is not a success. `--batch` makes the calls
//! of a file.
//!
//! And `liveapi`, which works beside the functions.

mod answer;
mod arguments;
mod argv;
mod batch;
mod cgi;
mod config;
mod doctor;
mod dovecot;
mod effective;
mod exit_status;
mod family;
#[cfg(fuzzing)]
pub mod fuzzing;
mod help;
mod import;
mod openapi;
mod output;
mod passed_on;
mod program;
mod read_limited;
mod render;
mod run;
mod run_cgi;
mod run_plain;
mod stop;
mod subcommands;

pub use program::Program;
pub use subcommands::command as liveapi_command;

use std::process::ExitCode;

use crate::live::script::hold_back_size_signal;

/// Runs the program that the process was started as.
pub fn main() -> ExitCode {
    hold_back_size_signal();
    match std::env::args_os().next().and_then(|name| Program::named(&name)) {
        Some(program) => family::main(program),
        None => subcommands::liveapi(),
    }
}
