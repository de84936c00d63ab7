//! cPanel tags: pages whose `<cpanel …>` and `<?cp … ?>` are replaced by what they ask for, and the
//! requests that pages send over LiveAPI.
//!
//! A page is bytes. It is read as a whole first ([`page`]), so a wrong tag is found before any call is
//! made; then its tags are evaluated in order ([`evaluate`]). What is no tag passes byte for byte. What a
//! tag prints is data: it is escaped for HTML and never looked at again, so a tag or a variable inside a
//! mailbox's name or a form field stays the text that it is.
//!
//! Every step goes forward once over its input, and everything that a page can multiply is limited; a
//! hostile page costs time in proportion to its size. `docs/guides/tags.md` tells users all of this.

mod api1;
mod api2;
mod attribute;
mod compare;
mod condition;
mod cursor;
mod error;
mod evaluate;
mod form;
mod limits;
mod live_request;
mod output;
mod page;
mod question;
mod render;
mod request;
mod returned;
mod template;
mod text;
mod variables;
mod world;

#[cfg(test)]
mod tests;

pub use error::TagError;
pub use form::Form;
pub use limits::{MAX_DEPTH, MAX_OUTPUT_BYTES, MAX_PAGE_BYTES, MAX_TAGS};
pub use render::{RenderedPage, render};
pub use request::{answer, answer_in, answer_or_failure, answer_within, called};
pub use variables::Variables;
pub use world::{ClientWorld, World};
