//! Texts from outside, as every room may have to read or write them.

mod html;
mod pattern;
mod urlencoded;
mod wiped;

pub use html::escape_html;
pub use pattern::pattern;
pub use urlencoded::urlencoded;
pub use wiped::{append, append_within};
