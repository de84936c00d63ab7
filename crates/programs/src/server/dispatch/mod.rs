//! How a call is made: by whom it may be ([`dispatcher`]), and on which thread ([`fast_path`]).

mod dispatcher;
mod fast_path;
mod room;

pub(crate) use dispatcher::Dispatcher;
pub(crate) use dispatcher::line_of_account;
pub(crate) use fast_path::{at_once, is_quick, is_quick_text, is_small};
pub(crate) use room::Room;
