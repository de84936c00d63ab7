//! Answers cPanel's, WHM's and webmail's URLs.

use std::process::ExitCode;

/// Gives memory back to the system when a large answer is done, whichever thread made it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    liveapi_programs::server::main()
}
