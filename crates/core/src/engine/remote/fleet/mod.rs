//! Many servers as one: a call goes to the server that has its domain or its account.
//!
//! Which server that is, the servers themselves say ([`listing`]); what they said is kept for some time
//! ([`directory`]) and consulted for each call ([`wanted`], [`routes`]).

mod directory;
mod engine;
mod listing;
mod member;
mod routes;
mod wanted;

pub use engine::Fleet;
pub use member::Member;
