//! From open ports to requests: connections are accepted ([`listen`]), secured ([`tls`]), counted
//! ([`connection_limit`]) and read ([`connection`]). What answers their requests is above, and known here only as a
//! [`handler::Handler`].

mod connection;
mod connection_limit;
pub(crate) mod handler;
pub(crate) mod listen;
pub(crate) mod tls;
