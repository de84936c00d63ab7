//! Sends a request and receives its answer, within the deadlines.

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Client, Response, Url};

use super::failure::Lost;
use super::request::Request;

/// Longest answer that is read, in bytes.
pub(super) const MAX_ANSWER_BYTES: usize = 20 * 1024 * 1024;
/// Most that is taken for an answer before any of it came, whatever it says of its length.
const FIRST_BYTES: usize = 1024 * 1024;

/// An answer, whatever it says.
pub(super) struct Reply {
    /// HTTP's status.
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    /// Where the server would rather be asked.
    pub(super) location: Option<String>,
    /// When it would rather be asked.
    pub(super) retry_after: Option<String>,
}

/// Sends a request and waits for its answer. A second time only if the first one met a connection that was
/// closed without a word and twice does no harm.
pub(super) async fn exchange(
    client: &Client,
    address: &Url,
    authorization: &HeaderValue,
    request: &Request,
) -> Result<Reply, Lost> {
    match once(client, address, authorization, request).await {
        Err(Lost::Silent(_)) if request.harmless => once(client, address, authorization, request).await,
        done => done,
    }
}

async fn once(
    client: &Client,
    address: &Url,
    authorization: &HeaderValue,
    request: &Request,
) -> Result<Reply, Lost> {
    // Nobody looked at the connections since the last call. Without this the first news of one that the server
    // has closed would be the failure of this call.
    tokio::task::yield_now().await;
    let request = client
        .post(address.clone())
        .header(AUTHORIZATION, authorization)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(request.body.clone());
    let response = request.send().await.map_err(|cause| Lost::sending(&cause))?;
    receive(response).await
}

async fn receive(mut response: Response) -> Result<Reply, Lost> {
    let header = |name| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
    let (location, retry_after) = (header(LOCATION), header(RETRY_AFTER));
    let status = response.status().as_u16();
    let announced =
        response.content_length().map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
    if announced > MAX_ANSWER_BYTES {
        return Err(Lost::TooLong);
    }
    let mut body = Vec::with_capacity(announced.min(FIRST_BYTES));
    while let Some(chunk) = response.chunk().await.map_err(|cause| Lost::receiving(&cause))? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(Lost::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { status, body, location, retry_after })
}
