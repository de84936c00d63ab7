//! The C ABI of liveapi: the shared library that PHP, Perl and C load, and the only unsafe code of the workspace.
//!
//! Every exported function has the same five steps: enter the guard; refuse nulls; read the texts;
//! one call into the engine; write the answer. The header `include/liveapi.h` is generated from the
//! files of this package, in the order version, status, calls, client, batch, request, debug.
#![allow(unsafe_code)]
// The comments become the manual of C, where a heading of Rust's would say nothing: “Arguments” has what a caller must keep.
#![allow(clippy::missing_safety_doc)]
// And its examples and tables are C's, or nobody's.
#![allow(rustdoc::invalid_rust_codeblocks)]
#![deny(missing_docs)]

#[cfg(panic = "abort")]
compile_error!(
    "liveapi is loaded into other people's processes and must catch its panics: build it with panic = \"unwind\""
);

mod batch;
mod calls;
mod client;
mod debug;
mod debug_log;
mod fork_page;
mod guard;
mod request;
mod room;
mod secure_start;
mod status;
mod text;
mod version;

pub use batch::{liveapi_client_batch, liveapi_client_batch_borrowed, liveapi_client_batch_stop};
pub use calls::{api1, api2, liveapi_free, uapi};
pub use client::{
    LiveapiClient, LiveapiFamily, liveapi_client_call, liveapi_client_call_borrowed, liveapi_client_free,
    liveapi_client_new,
};
pub use debug::{
    liveapi_client_debug_file, liveapi_client_debug_level, liveapi_client_debug_write,
    liveapi_client_debug_write_json, liveapi_client_set_debug,
};
pub use request::{liveapi_client_request, liveapi_client_request_borrowed};
pub use status::{LiveapiStatus, liveapi_last_error_code, liveapi_last_error_message};
pub use version::{LIVEAPI_ABI_REVISION, liveapi_abi_version, liveapi_version};
