//! Calls and answers as XML, as cPanel's servers wrote and read them while they still did.

mod action;
mod answer;

pub use action::XmlAction;
pub use answer::{document, members};
