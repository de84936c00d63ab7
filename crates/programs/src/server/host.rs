//! The machine that the daemon runs on.

pub(crate) use liveapi_core::engine::local::host_name;
