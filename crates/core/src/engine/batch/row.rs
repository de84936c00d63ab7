//! What came of one item.

use crate::api::{Error, ErrorKind, Outcome, envelope, members};
use crate::engine::batch::item::Item;

/// The states in which an item can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The function did its work.
    Done,
    /// The function said no.
    Refused,
    /// The call failed, and nothing was done.
    Failed,
    /// The call was sent, and nobody knows whether it was done.
    Unknown,
    /// The call was not sent, because of what came of others.
    Unsent,
}

impl Status {
    /// The word that stands in a row for this state.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Unsent => "unsent",
        }
    }

    /// The state that a row of a journal names.
    pub fn of_word(word: &str) -> Option<Self> {
        let all = [Self::Done, Self::Refused, Self::Failed, Self::Unknown, Self::Unsent];
        all.into_iter().find(|status| status.word() == word)
    }
}

/// The result of one item: one line of JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchRow {
    /// In which state it ended.
    pub status: Status,
    /// The line, without a line feed.
    pub json: String,
}

impl BatchRow {
    /// The row of an item that the engine answered. `idempotent`: whether a second time would do no harm.
    pub fn answered(
        number: u64,
        item: &Item<'_>,
        server: Option<&str>,
        idempotent: bool,
        result: &Result<Outcome, Error>,
    ) -> Self {
        let status = match result {
            Ok(Outcome::Done(_)) => Status::Done,
            Ok(Outcome::Answered(answered)) if answered.is_done(item.family) => Status::Done,
            Ok(_) => Status::Refused,
            Err(error) => match error.kind() {
                ErrorKind::OutcomeUnknown | ErrorKind::NotVerified => Status::Unknown,
                ErrorKind::BadAnswer if !idempotent => Status::Unknown,
                _ => Status::Failed,
            },
        };
        Self::new(number, item, server, status, result)
    }

    /// The row of an item that was not sent, or of which only that is known that it was begun.
    pub fn without_answer(
        number: u64,
        item: &Item<'_>,
        server: Option<&str>,
        status: Status,
        error: Error,
    ) -> Self {
        Self::new(number, item, server, status, &Err(error))
    }

    /// A row that was written before.
    pub fn written(json: String) -> Option<Self> {
        let members = members(&json)?;
        let status = Status::of_word(members.get("status")?.get().trim_matches('"'))?;
        Some(Self { status, json })
    }

    fn new(
        number: u64,
        item: &Item<'_>,
        server: Option<&str>,
        status: Status,
        result: &Result<Outcome, Error>,
    ) -> Self {
        let code = result.as_ref().err().map_or(0, |error| error.kind() as i32);
        let id = item.id.map(|id| format!(r#","id":{id}"#)).unwrap_or_default();
        let server = server.map(|name| format!(r#","server":"{name}""#)).unwrap_or_default();
        let answer = envelope::write(item.family, &item.module, &item.func, result);
        let answer = String::from_utf8_lossy(&answer);
        let status_word = status.word();
        let json = format!(
            r#"{{"item":{number}{id}{server},"status":"{status_word}","code":{code},"answer":{answer}}}"#
        );
        Self { status, json }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Data, Done, Family};

    #[test]
    fn a_row_is_one_line_and_read_back() {
        let item = Item::read(r#"{"id":"a<b","module":"Email","func":"f"}"#, Family::Api2).unwrap();
        let unknown = Error::new(ErrorKind::OutcomeUnknown, "Sent");
        let odd = Error::new(ErrorKind::BadAnswer, "Malformed");
        for (idempotent, result, status, code) in [
            (false, Ok(Outcome::Done(Done::with(Data::Nothing))), Status::Done, 0),
            (false, Ok(Outcome::UnknownFunction), Status::Refused, 0),
            (true, Err(unknown), Status::Unknown, 65),
            (false, Err(odd.clone()), Status::Unknown, 64),
            (true, Err(odd), Status::Failed, 64),
        ] {
            let row = BatchRow::answered(3, &item, Some("web1"), idempotent, &result);
            let value: serde_json::Value = serde_json::from_str(&row.json).unwrap();
            assert_eq!((row.status, &value["code"], &value["item"]), (status, &code.into(), &3.into()));
            assert_eq!((&value["id"], &value["server"]), (&"a<b".into(), &"web1".into()));
            assert!(value["answer"]["cpanelresult"].is_object() && !row.json.contains('\n'), "{value}");
            assert_eq!(BatchRow::written(row.json.clone()), Some(row));
        }
    }
}
