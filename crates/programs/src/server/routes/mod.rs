//! From an address to what it asks for.
//!
//! [`target`] says what an address means, [`router`] answers it: with a call ([`call_request`], made of the
//! parameters by [`cpanel`], [`whm`], [`xmlin`] and [`legacy`]) in the shape in which it was asked ([`mod@answer`],
//! [`response`]), with a page, or with the form to log in.

mod answer;
mod call_request;
mod cpanel;
mod legacy;
mod line;
mod live_page;
mod login;
mod page;
mod response;
mod router;
mod security_token;
mod target;
mod visitor;
mod whm;
mod xmlin;

pub(crate) use line::line;
pub(crate) use live_page::{denied, identify, refuse};
pub(crate) use response::in_whm;
pub(crate) use router::{answer, answer_at_once};
pub(crate) use security_token::is_security_token;
