//! Bytes to a server and back: connections that outlive their calls and clients ([`pool`], [`pool_cache`]), trust
//! ([`tls`]), proxies ([`tunnel`]), one POST within its deadlines ([`exchange`]), and why none came about ([`failure`]).

pub(crate) mod call_runtime;
pub(crate) mod exchange;
mod failure;
pub(crate) mod form_body;
pub(crate) mod pool;
pub(crate) mod pool_cache;
mod resolver;
mod tls;
mod tunnel;
