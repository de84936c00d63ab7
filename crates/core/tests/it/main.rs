//! The core by itself: batches, and API 2 over UAPI.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../../../../tests/common/backed.rs"]
#[allow(dead_code, unreachable_pub, reason = "each kind of tests uses its own part")]
mod backed;
#[path = "../../../../tests/common/mod.rs"]
mod common;
#[path = "../../../../tests/common/fleet.rs"]
#[allow(dead_code, unreachable_pub, reason = "each kind of tests uses its own part")]
mod fleet;
#[path = "../../../../tests/common/panel.rs"]
#[allow(dead_code, unreachable_pub, reason = "each kind of tests uses its own part")]
mod panel;

mod batch;
mod uapi;
