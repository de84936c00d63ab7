//! A page with a sentence, where there is no other.

use crate::live::script::{HTML, page};
use crate::server::http::Reply;

/// A page with that sentence.
pub(super) fn sentence_page(status: u16, sentence: &str) -> Reply {
    Reply::text(status, HTML, page(sentence))
}
