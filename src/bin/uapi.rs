//! Calls a function of UAPI from the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    liveapi::cli::main(liveapi::cli::Program::Uapi)
}
