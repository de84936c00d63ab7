//! Calls a function of cPanel API 1 from the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    liveapi::cli::main(liveapi::cli::Program::Cpapi1)
}
