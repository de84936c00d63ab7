//! One call to one server: as a request ([`request`]), sent once or twice ([`attempt`]), looked into where its answer
//! was lost ([`mailbox_lookup`]), and as UAPI where the server has no API 2 ([`answer`]).

pub(crate) mod answer;
mod attempt;
mod mailbox_lookup;
mod request;
