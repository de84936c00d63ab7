//! Calls a function of WHM API 0 from the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    liveapi::cli::main(liveapi::cli::Program::Whmapi0)
}
