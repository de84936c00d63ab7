//! What pages written for the panel find around them: the LiveAPI socket, and whoever starts them ([`script`]).
//!
//! A page gets a [`Socket`] of its own, whose path stands in the environment ([`variables`]). The clients of all
//! languages and ages connect to it and ask; [`frame`] reads their requests from the bytes that come,
//! [`conversation`] knows what was agreed on and how answers are framed, [`serve`] accepts connections and keeps one
//! from holding up others, and a [`Service`] answers. What a daemon's ports have in common with a socket is in
//! [`connection`]. Sources of the wire's facts: open clients of the socket, as
//! the guide in `docs/reference/socket.md` names them.

pub(crate) mod connection;
mod conversation;
mod frame;
mod request_memory;
pub mod script;
mod serve;
mod service;
mod socket;
mod turns;

pub use conversation::{Conversation, SocketReply};
pub use frame::{BadFrame, FrameReader, MAX_REQUEST_BYTES};
pub use request_memory::{MemoryLimit, MemoryShare, NoMemory, RequestMemory};
pub use serve::Limits;
pub use service::{ClientService, Service};
pub use socket::{Socket, SocketOwner, variables};
pub use turns::{Turn, Turns};
