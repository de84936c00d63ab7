//! Mail hosts: a real Dovecot and a real Exim have the last word.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../../../../tests/common/mod.rs"]
mod common;

mod autoresponders;
mod delivery;
mod dovecot;
mod import;
mod limits;
mod names;
mod plus;
mod suspended;
mod trust;
