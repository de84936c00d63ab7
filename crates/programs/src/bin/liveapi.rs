//! Works beside the functions; under the name of one of cPanel's programs (`cpapi2`, `uapi`, …) it is that program.

use std::process::ExitCode;

fn main() -> ExitCode {
    liveapi_programs::cli::main()
}
