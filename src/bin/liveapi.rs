//! Works with pages and mail stores: `liveapi render`.

use std::process::ExitCode;

fn main() -> ExitCode {
    liveapi::cli::liveapi()
}
