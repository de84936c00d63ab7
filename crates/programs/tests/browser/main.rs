//! The daemon's pages in a real browser.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../../../../tests/common/browser.rs"]
#[allow(dead_code, unreachable_pub, reason = "each kind of tests uses its own part")]
mod browser;
#[path = "../../../../tests/common/mod.rs"]
mod common;
#[path = "../../../../tests/common/example.rs"]
#[allow(dead_code, unreachable_pub, reason = "each kind of tests uses its own part")]
mod example;
#[path = "../../../../tests/common/liveapid.rs"]
#[allow(dead_code, unreachable_pub, reason = "each kind of tests uses its own part")]
mod liveapid;
#[path = "../../../../tests/common/pages.rs"]
#[allow(dead_code, unreachable_pub, reason = "each kind of tests uses its own part")]
mod pages;
#[path = "../../../../tests/common/shell.rs"]
#[allow(dead_code, unreachable_pub, reason = "each kind of tests uses its own part")]
mod shell;

mod api_shell;
mod billing;
mod example_page;
mod harness;
mod lines;
mod login;
mod pictures;
