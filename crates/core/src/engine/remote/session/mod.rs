//! Who a request comes from ([`signature`]), the login for a session ([`keeper`], [`opened`]), and what a server means that does not
//! answer ([`diagnosis`], [`advice`]).

mod advice;
pub(crate) mod diagnosis;
pub(crate) mod keeper;
pub(crate) mod opened;
pub(crate) mod signature;
pub(crate) mod step;
