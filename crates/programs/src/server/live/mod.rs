//! LiveAPI sockets of the daemon: one for each account, for its own scripts and jobs.

mod service;
mod standing;

pub(super) use service::AccountService;
pub(super) use standing::Standing;
