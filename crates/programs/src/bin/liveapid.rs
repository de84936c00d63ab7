//! Answers cPanel's, WHM's and webmail's URLs.

use std::process::ExitCode;

fn main() -> ExitCode {
    liveapi_programs::server::main()
}
