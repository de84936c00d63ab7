//! Sends a request and receives its answer, within the deadlines.

use std::time::Instant;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER, SET_COOKIE};
use reqwest::{Client, Response, Url};

use crate::engine::remote::transport::failure::{receiving, sending};
use crate::engine::wire::transport_error::{MAX_ANSWER_BYTES, TransportError};

/// Most that is taken for an answer before any of it came, whatever it says of its length. Memory that nothing is
/// written to costs nothing, and growing copies.
const FIRST_BYTES: usize = 4 * 1024 * 1024;

/// A form on its way to an address.
pub(crate) struct Parcel<'p> {
    pub(crate) address: Url,
    /// They tell who it comes from.
    pub(crate) headers: &'p HeaderMap,
    pub(crate) body: &'p Bytes,
    /// Whether a second time does nothing that the first did not.
    pub(crate) idempotent: bool,
    /// When everything must have ended.
    pub(crate) until: Instant,
}

/// An answer, whatever it says.
pub(crate) struct HttpReply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    /// Where the server would rather be asked.
    pub(crate) location: Option<String>,
    /// When it would rather be asked.
    pub(crate) retry_after: Option<String>,
    /// What it wants to be told with each later request.
    pub(crate) cookies: Vec<String>,
}

impl HttpReply {
    /// Whether HTTP says that this is an answer.
    pub(crate) fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Sends a request and waits for its answer. A second time only if the first one met a connection that was
/// closed without a word and twice does no harm.
pub(crate) async fn exchange(client: &Client, parcel: &Parcel<'_>) -> Result<HttpReply, TransportError> {
    match once(client, parcel).await {
        Err(TransportError::Silent(_)) if parcel.idempotent => once(client, parcel).await,
        done => done,
    }
}

async fn once(client: &Client, parcel: &Parcel<'_>) -> Result<HttpReply, TransportError> {
    // Nobody looked at the connections since the last call. Without this the first news of one that the server
    // has closed would be the failure of this call.
    tokio::task::yield_now().await;
    let request = client
        .post(parcel.address.clone())
        .headers(parcel.headers.clone())
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .timeout(parcel.until.saturating_duration_since(Instant::now()))
        .body(parcel.body.clone());
    let response = request.send().await.map_err(|cause| sending(&cause))?;
    receive(response).await
}

async fn receive(mut response: Response) -> Result<HttpReply, TransportError> {
    let text = |value: &reqwest::header::HeaderValue| Some(value.to_str().ok()?.to_owned());
    let header = |name| response.headers().get(name).and_then(text);
    let (location, retry_after) = (header(LOCATION), header(RETRY_AFTER));
    let cookies = response.headers().get_all(SET_COOKIE).iter().filter_map(text).collect();
    let status = response.status().as_u16();
    let announced =
        response.content_length().map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
    if announced > MAX_ANSWER_BYTES {
        return Err(TransportError::TooLong);
    }
    // And one, for what C callers want at the end of a text.
    let mut body = Vec::with_capacity(announced.min(FIRST_BYTES) + 1);
    while let Some(chunk) = response.chunk().await.map_err(|cause| receiving(&cause))? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(TransportError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(HttpReply { status, body, location, retry_after, cookies })
}
