//! Which library this is.

use std::ffi::{c_char, c_int};

/// The revision of the ABI that this header describes; the number in the soname.
pub const LIVEAPI_ABI_REVISION: c_int = 1;

/// Returns the version of the library, e.g. `0.1.0`.
///
/// Ownership: static text; never free it.
/// Threads: any thread. Fork: safe before and after.
/// Since: ABI revision 1.
#[unsafe(no_mangle)]
pub extern "C" fn liveapi_version() -> *const c_char {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    super::guard::guard(std::ptr::null, || VERSION.as_ptr().cast())
}

/// Returns the ABI revision of the library; compare it with `LIVEAPI_ABI_REVISION` of the header.
///
/// A library and a header of equal revision fit together. The revision grows only for a break.
///
/// Example:
///
///     if (liveapi_abi_version() != LIVEAPI_ABI_REVISION) {
///         fprintf(stderr, "liveapi %s has another ABI than its header\n", liveapi_version());
///     }
///
/// Threads: any thread. Fork: safe before and after.
/// Since: ABI revision 1.
#[unsafe(no_mangle)]
pub extern "C" fn liveapi_abi_version() -> c_int {
    super::guard::guard(|| 0, || LIVEAPI_ABI_REVISION)
}
