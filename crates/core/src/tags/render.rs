//! Pages and requests from tags to text.

use crate::tags::error::{Bad, TagError};
use crate::tags::evaluate::{Evaluator, Rendered};
use crate::tags::output::Escape;
use crate::tags::page;
use crate::tags::world::World;

/// A page as a browser gets it.
#[derive(Debug)]
pub struct RenderedPage {
    pub bytes: Vec<u8>,
    /// What functions remarked although they did their work, such as parameters that nothing used. No visitor is shown
    /// that; it is for whoever wrote the page.
    pub warnings: Vec<TagError>,
}

/// Renders a page for a browser. An error says where the page is wrong; what tags before that place
/// changed stays changed unless the error is in the page's syntax.
pub fn render(page: &[u8], world: &dyn World) -> Result<RenderedPage, TagError> {
    let rendered = rendered(page, world, Escape::Html).map_err(|bad| bad.locate(page))?;
    let warnings = rendered.warnings.into_iter().map(|warning| warning.locate(page)).collect();
    Ok(RenderedPage { bytes: rendered.bytes, warnings })
}

/// Reads the whole page before its first tag is evaluated.
pub(crate) fn rendered(page: &[u8], world: &dyn World, escape: Escape) -> Result<Rendered, Bad> {
    let nodes = page::parse(page)?;
    let mut evaluator = Evaluator::new(world, escape, page.len());
    evaluator.nodes(&nodes)?;
    Ok(evaluator.finish())
}
