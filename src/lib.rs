//! cPanel's LiveAPI as a native library.
//!
//! One shared object with the C function `api2(module, func, params_json)` and its relatives, used
//! from PHP through FFI, from Perl through FFI::Platypus, from C, and by the programs `cpapi2`,
//! `uapi` and `whmapi1`. This file is the map; each room imports only from the rooms above it
//! (`tests/rooms.rs` keeps that order).
//!
//! - [`api`]: what a call is, what an answer is, and how each API family writes it down. No I/O.
//! - [`store`]: what a mail store is, names and addresses, passwords and their hashes, and the store
//!   in cPanel-style home directories.
//! - [`engine`]: who answers a call. Configuration, the client, and the embedded engine with one
//!   file per cPanel function.
//! - [`tags`]: cPanel tags in pages, and the requests that pages send over LiveAPI.
//! - [`live`]: what pages written for the panel find around them, its LiveAPI socket (feature `live`).
//! - [`ffi`]: the C ABI, and the only `unsafe` code.
//! - [`cli`]: the command-line family (feature `cli`).
//! - [`server`]: the daemon that answers cPanel's and WHM's URLs (feature `server`).
//!
//! The way of a call: a door (`ffi`, `cli`, `server`) makes a [`api::Call`]; [`engine::Client`] hands it to its
//! engine; the engine returns an [`api::Outcome`], or an [`api::Error`] when it could not do its
//! work; the door writes either in the shape of the call's family ([`api::envelope`]).

pub mod api;
#[cfg(feature = "cli")]
pub mod cli;
pub mod engine;
pub mod ffi;
#[cfg(feature = "live")]
pub mod live;
#[cfg(feature = "server")]
pub mod server;
pub mod store;
pub mod tags;
