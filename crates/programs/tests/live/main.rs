//! Live pages and the LiveAPI socket.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../../../../tests/common/mod.rs"]
mod common;
#[path = "../../../../tests/common/example.rs"]
#[allow(dead_code, unreachable_pub, reason = "each kind of tests uses its own part")]
mod example;
#[path = "../../../../tests/common/live_page.rs"]
#[allow(dead_code, unreachable_pub, reason = "each kind of tests uses its own part")]
mod live_page;
#[path = "../../../../tests/common/liveapid.rs"]
#[allow(dead_code, unreachable_pub, reason = "each kind of tests uses its own part")]
mod liveapid;
#[path = "../../../../tests/common/pages.rs"]
#[allow(dead_code, unreachable_pub, reason = "each kind of tests uses its own part")]
mod pages;

mod examples;
mod live_pages;
mod page_faults;
mod run;
mod socket;
mod socket_clients;
mod socket_faults;
