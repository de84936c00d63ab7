//! The socket engine: calls go to the panel that runs this page, over the LiveAPI socket that it gave the page.
//!
//! A call becomes one frame ([`request`]), goes out on the process's one connection to that socket ([`mod@line`],
//! [`connection`]), and what comes back is taken out of its element ([`reply`], [`payload`], [`xml`]) and passed on.
//! The panel acts for the page's account and no other. No message holds a parameter's value.

mod ascii;
mod connection;
mod line;
mod payload;
mod place;
mod reply;
mod request;
mod xml;

pub use line::Times;
pub use place::Place;

use std::sync::Arc;

use self::line::Line;
use self::request::Request;
use super::answer::{self, Odd};
use super::lost::Lost;
use super::names::has_names;
use super::{Lookup, words};
use crate::api::{Answered, Call, Error, ErrorKind, Family, Outcome, members};
use crate::base::process::PerProcess;

/// The engine of one socket.
pub struct SocketEngine {
    place: Place,
    times: Times,
    lookup: Lookup,
    /// The connection, of which a forked child has its own.
    line: PerProcess<Arc<Line>>,
}

impl SocketEngine {
    /// An engine for that socket. Nothing is opened before the first call.
    pub fn new(place: Place, times: Times, lookup: Lookup) -> Self {
        Self { place, times, lookup, line: PerProcess::new() }
    }

    /// Sends a request; the JSON of its answer.
    fn ask(&self, request: &Request) -> Result<String, Lost> {
        let internal = |error: Error| Lost::Unsent(error.kind(), error.to_string());
        let line = self.line.get(|| line::of(&self.place)).map_err(internal)?;
        let answer = line.ask(request, self.times)?;
        payload::json(answer).map_err(|why| Lost::Broken(ErrorKind::BadAnswer, why.to_owned()))
    }

    /// What came instead of an answer to a call.
    fn odd(&self, call: &Call<'_>, request: &Request, odd: Odd) -> Error {
        let step = self.place.step(call);
        let why = match odd {
            Odd::Said(why) => {
                let secrets: Vec<&str> = words::secrets(call).collect();
                let said = words::repeated(&why, &secrets);
                let hidden = " why in words that hold a parameter, which are not repeated";
                let said = if said.is_empty() { hidden } else { &said };
                let sentence = format!("{step} was refused: the panel says{said}");
                return Error::new(ErrorKind::BadAnswer, sentence);
            }
            Odd::NotJson => "the answer is not whole JSON",
            Odd::Strange => "the answer has not the shape of an answer to this call",
        };
        Lost::Broken(ErrorKind::BadAnswer, why.to_owned()).error(&step, request.harmless)
    }
}

impl super::Engine for SocketEngine {
    fn call(&self, user: Option<&str>, call: &Call<'_>) -> Result<Outcome, Error> {
        self.place.require_own_account("The call is for the user", user)?;
        if matches!(call.family, Family::Whm | Family::Whm0) {
            return Err(self.place.no_whm(call));
        }
        if !has_names(call) && !request::is_print(call) {
            return Ok(Outcome::UnknownFunction);
        }
        let request = Request::of_call(call, (self.lookup)(call.family, call.module, call.func))?;
        let json = self.ask(&request).map_err(|lost| lost.error(&self.place.step(call), request.harmless))?;
        answer::read(call, call.family, false, unwrapped(call.family, json))
            .map_err(|(odd, _)| self.odd(call, &request, odd))
    }

    fn live(&self, text: &str) -> Option<Result<Answered, Error>> {
        let answered = Request::of_text(text).and_then(|request| {
            let failed = |lost: Lost| lost.error(&self.place.request(), request.harmless);
            let json = self.ask(&request).map_err(failed)?;
            match members(&json) {
                Some(_) => Ok(Answered::new(json)),
                None => {
                    Err(failed(Lost::Broken(ErrorKind::BadAnswer, "the answer is not whole JSON".to_owned())))
                }
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
