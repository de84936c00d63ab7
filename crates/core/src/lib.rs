//! What every door of liveapi shares. Each room imports only from the rooms above it (`tests/repository/rooms.rs` of the
//! workspace keeps that order).
//!
//! - [`base`]: the clock, random numbers, what belongs to one process, and durable, link-safe files.
//! - [`api`]: what a call is, what an answer is, and how each API family writes it down. No I/O.
//! - [`store`]: what a mail store is, names and addresses, passwords and their hashes, and the store
//!   in cPanel-style home directories.
//! - [`engine`]: who answers a call. Configuration, the client, and the embedded engine with one
//!   file per cPanel function.
//! - [`tags`]: cPanel tags in pages, and the requests that pages send over LiveAPI.
//!
//! The way of a call: a door (the C ABI, the programs, the daemon) makes a [`api::Call`]; [`engine::Client`] hands it
//! to its engine; the engine returns an [`api::Outcome`], or an [`api::Error`] when it could not do its
//! work; the door writes either in the shape of the call's family ([`api::envelope`]).
#![forbid(unsafe_code)]

pub mod api;
pub mod base;
pub mod engine;
pub mod store;
pub mod tags;
