//! `liveapid`: answers cPanel's, WHM's and webmail's URLs, for clients that will never be rewritten.
//!
//! The floors, from the ground up; each knows those below it and none above:
//!
//! 1. [`origin`] says where a request comes from, [`http`] reads it and writes its reply, [`settings`] is what the
//!    configuration decides.
//! 2. [`auth`] finds out who asks and whether he may. [`ops`] is what the owner of the machine sees, and [`context`]
//!    hands settings, counters and log to every floor above.
//! 3. [`accept`] takes connections and reads their requests, for a handler that it does not know.
//! 4. [`own`] puts the daemon's own functions before the engine, and [`dispatch`] makes a call with them.
//! 5. [`routes`] finds out what an address asks for, [`openapi`] describes what is at all of them, [`live`] answers LiveAPI sockets, [`shell`] has the pages of
//!    the daemon itself, and [`pages`] runs those of others.
//! 6. The [`app`] is the handler that joins them, and [`start`] is the program that runs it; [`admin`] manages who
//!    may log in.

mod accept;
mod admin;
mod app;
pub mod auth;
mod context;
mod current;
mod dispatch;
mod host;
pub mod http;
mod live;
pub mod openapi;
mod ops;
mod origin;
pub mod own;
mod pages;
pub(crate) mod passed_on;
mod routes;
mod settings;
mod shell;
mod start;

pub use origin::ServiceKind;
pub(crate) use routes::in_whm;
pub use settings::keys as described_settings;
pub(crate) use start::shell_call;
pub use start::{command, main};
