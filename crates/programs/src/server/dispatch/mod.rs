//! How a call is made: by whom it may be ([`dispatcher`]), and on which thread ([`fast_path`]).

mod dispatcher;
mod fast_path;

pub(crate) use dispatcher::Dispatcher;
pub(crate) use fast_path::Slot;
