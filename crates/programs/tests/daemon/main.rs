//! The daemon liveapid on the wire.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../../../../tests/common/mod.rs"]
mod common;
#[path = "../../../../tests/common/liveapid.rs"]
#[allow(dead_code, unreachable_pub, reason = "each kind of tests uses its own part")]
mod liveapid;
#[path = "../../../../tests/common/roundcube.rs"]
#[allow(dead_code, unreachable_pub, reason = "each kind of tests uses its own part")]
mod roundcube;

mod admin;
mod answers;
mod auth;
mod clients;
mod cuts;
mod fairness;
mod faults;
mod identity;
mod lists;
mod openapi;
mod pages;
mod permission;
mod remote;
mod requests;
mod sessions;
mod systemd;
mod together;
mod whm;
