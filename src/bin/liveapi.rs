//! Works beside the functions: on mail stores, pages and settings.

use std::process::ExitCode;

fn main() -> ExitCode {
    liveapi::cli::liveapi()
}
