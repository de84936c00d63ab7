//! Live pages: the folder of the setting `pages`, served on cPanel's ports below `/frontend/` to whoever logged in
//! as an account.
//!
//! A request is looked at where waiting is allowed: who asks ([`visit`]), what the address is ([`find`]), whether
//! everybody on the way to the file is trusted ([`trust`]). Files and pages with tags are answered there. A script is
//! only prepared there ([`prepare`]), and runs as a process of the account beside its connection ([`mod@run`]):
//! nothing but a bit of memory waits with it, so pages that take a minute keep nobody from changing a password.

mod client;
mod environment;
mod file;
mod find;
mod host;
mod prepare;
mod run;
mod running_pages;
mod sentence;
mod trust;
mod visit;

pub(crate) use host::PageHost;
pub(crate) use prepare::Visit;
pub(crate) use run::run;
pub(crate) use visit::{answer, is_meant};
