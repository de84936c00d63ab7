//! Calls to servers and panels.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../../../../tests/common/backed.rs"]
#[allow(dead_code, unreachable_pub, reason = "each kind of tests uses its own part")]
mod backed;
#[path = "../../../../tests/common/mod.rs"]
mod common;
#[path = "../../../../tests/common/fleet.rs"]
#[allow(dead_code, unreachable_pub, reason = "each kind of tests uses its own part")]
mod fleet;
#[path = "../../../../tests/common/liveapid.rs"]
#[allow(dead_code, unreachable_pub, reason = "each kind of tests uses its own part")]
mod liveapid;
#[path = "../../../../tests/common/page.rs"]
#[allow(dead_code, unreachable_pub, reason = "each kind of tests uses its own part")]
mod page;
#[path = "../../../../tests/common/panel.rs"]
#[allow(dead_code, unreachable_pub, reason = "each kind of tests uses its own part")]
mod panel;
#[path = "../../../../tests/common/served.rs"]
#[allow(dead_code, unreachable_pub, reason = "each kind of tests uses its own part")]
mod served;

mod agree;
mod batch;
mod calls;
mod failures;
mod input;
mod logins;
mod lookup;
mod proxy;
mod servers;
mod socket_agree;
mod socket_client;
mod socket_failures;
mod tags;
mod trust;
