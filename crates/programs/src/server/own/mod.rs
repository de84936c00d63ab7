//! The functions that the daemon answers itself, whatever engine answers the others: those that manage its tokens
//! ([`tokens`]), and those that are about the daemon and no store ([`server_info`]). [`OwnEngine`] puts them before
//! the engine behind it.

mod engine;
mod server_info;
mod token_call;
mod token_functions;
pub mod tokens;

pub use engine::OwnEngine;
