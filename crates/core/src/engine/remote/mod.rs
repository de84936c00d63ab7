//! The remote engines: calls go to a cPanel or WHM server over HTTPS, or to the right one of many, and the answers come
//! back as they are.
//!
//! A call ([`call`]) becomes one POST, signed by a token, a password or a session ([`session`]); it goes out on a
//! connection of this process, within deadlines ([`transport`]); what comes back is passed on or explained. Where a
//! server has no API 2 ([`api2_support`]), the call goes out as UAPI ([`translate`]). The items of a batch are in flight
//! side by side ([`scheduler`]), each to the server that a [`routing::Router`] names; that of many servers is [`fleet`].
//! Parameters are in the body only, and no message holds one, nor a secret.

mod api2_support;
mod call;
mod engine;
mod fleet;
mod process_state;
mod routing;
mod scheduler;
mod server_link;
mod server_queue;
mod session;
mod translate;
mod transport;

pub use crate::engine::config::{Pin, ProxySetting, RemoteOptions, RemoteSettings, Server, Service};
pub use engine::RemoteEngine;
pub use fleet::{Fleet, Member};
pub use server_link::ServerLink;
