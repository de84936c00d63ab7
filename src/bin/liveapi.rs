//! Works on the mail store itself: `liveapi import`.

use std::process::ExitCode;

fn main() -> ExitCode {
    liveapi::cli::liveapi()
}
