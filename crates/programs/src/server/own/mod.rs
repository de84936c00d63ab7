//! The functions that the daemon answers itself, whatever engine answers the others: those that manage its tokens
//! ([`tokens`]), links that log in ([`session_function`]), and those that are about the daemon and no store
//! ([`server_info`]). [`OwnEngine`] puts them before the engine behind it, and [`functions`] is the catalogue of all.

mod catalogue;
mod engine;
mod server_info;
mod session_function;
mod token_call;
mod token_functions;
pub mod tokens;

pub use catalogue::functions;
pub use engine::OwnEngine;
