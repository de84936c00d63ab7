//! Pages and requests from tags to text.

use crate::tags::error::{Bad, TagError};
use crate::tags::evaluate::{Evaluator, Rendered};
use crate::tags::output::Escape;
use crate::tags::page;
use crate::tags::world::World;

/// Renders a page for a browser. An error says where the page is wrong; what tags before that place
/// changed stays changed unless the error is in the page's syntax.
pub fn render(page: &[u8], world: &dyn World) -> Result<Vec<u8>, TagError> {
    let rendered = rendered(page, world, Escape::Html).map_err(|bad| bad.locate(page))?;
    Ok(rendered.bytes)
}

/// Reads the whole page before its first tag is evaluated.
pub(crate) fn rendered(page: &[u8], world: &dyn World, escape: Escape) -> Result<Rendered, Bad> {
    let nodes = page::parse(page)?;
    let mut evaluator = Evaluator::new(world, escape, page.len());
    evaluator.nodes(&nodes)?;
    Ok(evaluator.finish())
}
