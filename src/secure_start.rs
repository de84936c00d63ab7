//! Whether the kernel started this process with rights that its starter may lack.

use liveapi_core::base::environment::{SecureStart, offer_secure_start};

/// Lets the engine ask the C library. Every way to a client passes here.
pub(super) fn offer() {
    static ASK: SecureStart = ask;
    offer_secure_start(&ASK);
}

fn ask() -> bool {
    // SAFETY: it takes any number and reads what the kernel gave the process at its start.
    unsafe { libc::getauxval(libc::AT_SECURE) != 0 }
}
