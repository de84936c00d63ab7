//! cPanel tags: pages whose `<cpanel …>` and `<?cp … ?>` are replaced by what they ask for, and the
//! requests that pages send over LiveAPI.
//!
//! A page is bytes. It is read as a whole first ([`page`]), so a wrong tag is found before any call is
//! made; then its tags are evaluated in order ([`evaluate`]). What is no tag passes byte for byte. What a
//! tag prints is data: it is escaped for HTML and never looked at again, so a tag or a variable inside a
//! mailbox's name or a form field stays the text that it is.
//!
//! Every step goes forward once over its input, and everything that a page can multiply is limited; a
//! hostile page costs time in proportion to its size. `docs/tags.md` tells users all of this.

mod api1;
mod api2;
mod attribute;
mod compare;
mod condition;
mod cursor;
mod error;
mod evaluate;
mod form;
mod output;
mod page;
mod request;
mod returned;
mod template;
mod text;
mod world;

#[cfg(test)]
mod tests;

pub use error::TagError;
pub use form::Form;
pub use request::{answer, answer_in, answer_or_failure, called};
pub use world::{ClientWorld, World};

use error::Bad;
use evaluate::Evaluator;
use output::Escape;

/// Longest page that is read, in bytes.
pub const MAX_PAGE_BYTES: usize = 16 * 1024 * 1024;
/// Longest page that is written, in bytes; also the most that the variables in a page may add up to.
pub const MAX_OUTPUT_BYTES: usize = 64 * 1024 * 1024;
/// Most tags in a page.
pub const MAX_TAGS: usize = 100_000;
/// How deep conditions may stand inside each other.
pub const MAX_DEPTH: usize = 32;
/// Most arguments of a call, names of a template, parts of a condition.
const MAX_PARTS: usize = 200;

/// Renders a page for a browser. An error says where the page is wrong; what tags before that place
/// changed stays changed unless the error is in the page's syntax.
pub fn render(page: &[u8], world: &dyn World) -> Result<Vec<u8>, TagError> {
    let rendered = rendered(page, world, Escape::Html).map_err(|bad| bad.locate(page))?;
    Ok(rendered.bytes)
}

/// A page and what went wrong on it.
struct Rendered {
    bytes: Vec<u8>,
    /// The first reason for which a function did not do its work.
    failure: Option<String>,
}

fn rendered(page: &[u8], world: &dyn World, escape: Escape) -> Result<Rendered, Bad> {
    let nodes = page::parse(page)?;
    let mut evaluator = Evaluator::new(world, escape, page.len());
    evaluator.nodes(&nodes)?;
    Ok(evaluator.finish())
}
