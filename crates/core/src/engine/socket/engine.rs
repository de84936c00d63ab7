//! The engine of one LiveAPI socket: a call becomes a frame, and what comes back is taken out of its element.

use std::sync::Arc;

use crate::api::{Answered, Call, Error, ErrorKind, Family, Outcome, members};
use crate::base::process::PerProcess;
use crate::engine::config::SocketPath;
use crate::engine::contract::{Engine, Lookup};
use crate::engine::socket::failure::{call_name, no_whm, request_name};
use crate::engine::socket::payload;
use crate::engine::socket::request::{self, SocketRequest};
use crate::engine::socket::shared_connection::{SharedConnection, Times, shared};
use crate::engine::wire::exact;
use crate::engine::wire::names::has_names;
use crate::engine::wire::normalize::{self, Malformed};
use crate::engine::wire::redact;
use crate::engine::wire::transport_error::TransportError;

/// The engine of one socket.
pub struct SocketEngine {
    socket: SocketPath,
    times: Times,
    lookup: Lookup,
    /// The connection, of which a forked child has its own.
    connection: PerProcess<Arc<SharedConnection>>,
}

impl SocketEngine {
    /// An engine for that socket. Nothing is opened before the first call.
    pub fn new(socket: SocketPath, times: Times, lookup: Lookup) -> Self {
        Self { socket, times, lookup, connection: PerProcess::new() }
    }

    /// Sends a request; the JSON of its answer.
    fn ask(&self, request: &SocketRequest) -> Result<String, TransportError> {
        let internal = |error: Error| TransportError::Unsent(error.kind(), error.to_string());
        let connection = self.connection.get(|| shared(&self.socket)).map_err(internal)?;
        let answer = connection.ask(request, self.times)?;
        payload::json(answer).map_err(|why| TransportError::Broken(ErrorKind::BadAnswer, why.to_owned()))
    }

    /// What came instead of an answer to a call.
    fn malformed(&self, call: &Call<'_>, request: &SocketRequest, malformed: Malformed) -> Error {
        let step = call_name(&self.socket, call);
        let why = match malformed {
            Malformed::Said(why) => {
                let secrets: Vec<&str> = redact::secrets(call).collect();
                let said = redact::repeated(&why, &secrets);
                let said = match said.as_str() {
                    "" => "’s message is withheld because it contains a parameter value",
                    said => &format!(" says{said}"),
                };
                let sentence = format!("{step} was refused: the panel{said}");
                return Error::new(ErrorKind::BadAnswer, sentence);
            }
            Malformed::NotJson => "the answer is not whole JSON",
            Malformed::Strange => "the answer has not the shape of an answer to this call",
        };
        TransportError::Broken(ErrorKind::BadAnswer, why.to_owned()).error(&step, request.idempotent)
    }
}

impl Engine for SocketEngine {
    fn call(&self, user: Option<&str>, call: &Call<'_>) -> Result<Outcome, Error> {
        self.socket.require_own_account("The call is for the user", user)?;
        if matches!(call.family, Family::Whm | Family::Whm0) {
            return Err(no_whm(&self.socket, call));
        }
        if !has_names(call) && !request::is_print(call) {
            return Ok(Outcome::UnknownFunction);
        }
        let known = (self.lookup)(call.family, call.module, call.func);
        if let Some(refused) = exact::refusal(call, known) {
            return Ok(refused);
        }
        let request = SocketRequest::of_call(call, known)?;
        let json = self
            .ask(&request)
            .map_err(|lost| lost.error(&call_name(&self.socket, call), request.idempotent))?;
        normalize::read(call, call.family, false, unwrapped(call.family, json))
            .map_err(|(malformed, _)| self.malformed(call, &request, malformed))
    }

    fn live(&self, text: &str) -> Option<Result<Answered, Error>> {
        let answered = SocketRequest::of_text(text).and_then(|request| {
            let failed = |lost: TransportError| lost.error(&request_name(&self.socket), request.idempotent);
            let json = self.ask(&request).map_err(failed)?;
            match members(&json) {
                Some(_) => Ok(Answered::new(json)),
                None => Err(failed(TransportError::Broken(
                    ErrorKind::BadAnswer,
                    "the answer is not whole JSON".to_owned(),
                ))),
            }
        });
        Some(answered)
    }

    fn finds_account(&self) -> bool {
        true
    }
}

/// Answers of API 1 and UAPI without the `cpanelresult` that some panels put around them, and XML always has.
fn unwrapped(family: Family, json: String) -> String {
    let wanted = match family {
        Family::Api1 => "event",
        Family::Uapi => "result",
        Family::Api2 | Family::Whm | Family::Whm0 => return json,
    };
    let inner = members(&json).and_then(|top| {
        let inner = top.get("cpanelresult")?.get();
        members(inner)?.contains_key(wanted).then(|| inner.to_owned())
    });
    inner.unwrap_or(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_that_only_some_have_are_taken_off() {
        let uapi = r#"{"result":{"status":1}}"#;
        let framed = format!(r#"{{"cpanelresult":{uapi}}}"#);
        assert_eq!(unwrapped(Family::Uapi, framed.clone()), uapi);
        assert_eq!(unwrapped(Family::Uapi, uapi.to_owned()), uapi);
        assert_eq!(unwrapped(Family::Api2, framed.clone()), framed);
        assert_eq!(unwrapped(Family::Api1, framed.clone()), framed);
    }
}
