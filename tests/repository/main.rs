//! What the repository promises of itself: the documentation is true, and rooms import one way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../common/mod.rs"]
mod common;

mod benches;
mod bounded;
mod documentation;
mod environment;
mod errors;
mod fences;
mod imports;
mod links;
mod pictures;
mod rooms;
