//! LiveAPI sockets of the daemon: one for each account, for its own scripts and jobs.

mod account_service;
mod account_sockets;

pub(crate) use account_service::AccountService;
pub(crate) use account_sockets::AccountSockets;
