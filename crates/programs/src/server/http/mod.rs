//! HTTP/1.1 as the clients of cPanel's servers send it, mistakes included.
//!
//! No ready-made reader takes what some of the most used clients send: a `Transfer-Encoding: chunked` that is not
//! true, lines without a colon, line ends in disorder. [`Reader`] takes bytes as they come and gives [`Request`]s;
//! it never waits for more than was announced. Whatever could be read in two ways marks its request as
//! [`Request::last`]: it is answered, and nothing that follows it on its connection is ever read as another one.

mod arrival;
mod body;
mod chunked;
mod error;
mod head;
mod limits;
mod multipart;
mod params;
mod piecewise;
mod reader;
mod reply;
mod request;

pub use error::HttpError;
pub use limits::{MAX_BODY_BYTES, MAX_HEAD_BYTES};
pub use params::Params;
pub use piecewise::Piecewise;
pub use reader::{Reader, Step};
pub use reply::Reply;
pub use request::Request;
