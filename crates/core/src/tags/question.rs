//! What decides between the two branches of a condition, in a page and in a request.

use crate::tags::condition::Condition;
use crate::tags::cursor::Cursor;
use crate::tags::error::Bad;
use crate::tags::text::Text;

/// What decides between two branches.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Question<'p> {
    If(Condition<'p>),
    Feature {
        /// Whether it must be missing.
        negated: bool,
        name: Text<'p>,
    },
}

impl<'p> Question<'p> {
    /// Reads the name of a feature up to the `>` of its tag, or to the end.
    pub(super) fn feature(cursor: &mut Cursor<'p>) -> Result<Self, Bad> {
        cursor.white();
        let negated = cursor.eat("!");
        let from = cursor.skip(|byte| !matches!(byte, b'<' | b'>'));
        let name = cursor.text(from, cursor.at)?.trim();
        if name.is_empty() {
            return Err(Bad::new(from, "The name of a feature is missing here"));
        }
        Ok(Self::Feature { negated, name: Text::with_variables(name) })
    }

    /// The name of the tag that asks it.
    pub(super) fn tag(&self) -> &'static str {
        match self {
            Self::If(_) => "cpanelif",
            Self::Feature { .. } => "cpanelfeature",
        }
    }
}
