//! A mailbox that was to be created when the connection was lost: whether it is there now.
//!
//! It is never sent again before it was looked for. Sending again what is not there does no harm: if the first
//! request was slow and not lost, the server refuses the second. What is there counts as done only if it is what
//! the call asked for: the password opens it and the quota is the one given.

use std::fmt::Write;

use serde_json::Value;

use crate::api::{Answered, Arg, Args, Call, Error, ErrorKind, Family, Outcome, UNLIMITED};
use crate::engine::remote::call::attempt::{Attempt, Received};
use crate::engine::wire::transport_error::{OUTCOME_UNKNOWN, TransportError};

/// A mailbox that a call creates.
struct NewMailbox<'c> {
    address: String,
    /// `None` where the call has a hash, which no server compares.
    password: Option<&'c str>,
    quota: Option<&'c str>,
}

/// What looking for it showed.
enum LookupResult {
    Nothing,
    There(Doubt),
    /// Nothing could be learned.
    Unknown(String),
}

/// Whether a mailbox is as the call wants it.
enum Doubt {
    None,
    /// What is not, or could not be learned.
    That(String),
}

impl<'c> NewMailbox<'c> {
    /// That of a call; `None` for all other calls, and where the call leaves its domain to the server.
    fn of_call(call: &'c Call<'_>) -> Option<Self> {
        let is_one = matches!((call.family, call.func), (Family::Api2, "addpop") | (Family::Uapi, "add_pop"));
        if !is_one || call.module != "Email" {
            return None;
        }
        let text = |name| match call.args.get(name) {
            Some(Arg::Text(text) | Arg::Inexact(text, _)) if !text.is_empty() => Some(&**text),
            _ => None,
        };
        let email = text("email")?;
        let address =
            if email.contains('@') { email.to_owned() } else { format!("{email}@{}", text("domain")?) };
        let password = text("password").filter(|_| text("password_hash").is_none());
        Some(Self { address: address.to_ascii_lowercase(), password, quota: text("quota") })
    }
}

/// What an answer says, or what is known without one.
pub(crate) async fn outcome(
    attempt: &Attempt<'_>,
    received: Result<Received, TransportError>,
) -> Result<Outcome, Error> {
    match (received, NewMailbox::of_call(attempt.call)) {
        (Err(lost), Some(mailbox)) if lost.can_be_looked_into() => {
            MailboxLookup { attempt, mailbox }.after(lost).await
        }
        (received, _) => attempt.outcome(received),
    }
}

/// A mailbox, and the attempt to create it whose answer was lost.
struct MailboxLookup<'a> {
    attempt: &'a Attempt<'a>,
    mailbox: NewMailbox<'a>,
}

impl MailboxLookup<'_> {
    /// Goes on after a lost connection; the mailbox is sent at most once more.
    async fn after(&self, lost: TransportError) -> Result<Outcome, Error> {
        let first = lost.why().to_owned();
        let unknown = |found: &str| {
            let sentence =
                format!("{} was sent, but {first}. {found}. {OUTCOME_UNKNOWN}", self.attempt.step());
            Err(Error::new(ErrorKind::OutcomeUnknown, sentence))
        };
        match self.find().await {
            LookupResult::There(Doubt::None) => Ok(self.created()),
            LookupResult::There(Doubt::That(found)) | LookupResult::Unknown(found) => unknown(&found),
            LookupResult::Nothing => match self.attempt.once().await? {
                Err(lost) => unknown(&format!(
                    "The mailbox was not there then, so the call was made once more, but {}",
                    lost.why()
                )),
                Ok(received) => {
                    let outcome = self.attempt.understood(received)?;
                    if !self.says_exists(&outcome) {
                        return Ok(outcome);
                    }
                    // The first request was slow, or somebody else was quick, or the list was old.
                    match self.compare().await {
                        Doubt::None => Ok(self.created()),
                        Doubt::That(found) => unknown(&found),
                    }
                }
            },
        }
    }

    async fn find(&self) -> LookupResult {
        let pattern = format!("^{}$", escaped(&self.mailbox.address));
        let (family, func) = match self.attempt.request.family {
            Family::Api2 => (Family::Api2, "listpops"),
            _ => (Family::Uapi, "list_pops"),
        };
        let rows = match self.ask(family, func, &[("regex", &pattern)]).await {
            Ok(Value::Array(rows)) => rows,
            Ok(_) => return LookupResult::Unknown("Looking for the mailbox showed no list".to_owned()),
            Err(why) => return LookupResult::Unknown(format!("Looking for the mailbox failed, too: {why}")),
        };
        let is_it = |row: &Value| {
            row["email"].as_str().is_some_and(|email| email.eq_ignore_ascii_case(&self.mailbox.address))
        };
        if rows.iter().any(is_it) { LookupResult::There(self.compare().await) } else { LookupResult::Nothing }
    }

    /// Whether what is there is what the call asked for.
    async fn compare(&self) -> Doubt {
        let address = &self.mailbox.address;
        let Some(password) = self.mailbox.password else {
            return Doubt::That(format!(
                "The mailbox {address} is there now; a hash cannot be compared, so it may have been there before"
            ));
        };
        match self.ask(Family::Uapi, "verify_password", &[("email", address), ("password", password)]).await {
            Ok(opens) if is_number(&opens, 1) => {}
            Ok(opens) if is_number(&opens, 0) => {
                return Doubt::That(format!(
                    "The mailbox {address} is there, but the password given does not open it: it was there before, most likely, and nothing was done"
                ));
            }
            Ok(_) => {
                return Doubt::That(format!(
                    "The mailbox {address} is there now; whether the password given opens it was not learned"
                ));
            }
            Err(why) => {
                return Doubt::That(format!(
                    "The mailbox {address} is there now; whether the password given opens it was not learned: {why}"
                ));
            }
        }
        let Some(quota) = self.mailbox.quota else { return Doubt::None };
        let wanted = if quota.eq_ignore_ascii_case(UNLIMITED) { Some(0) } else { quota.trim().parse().ok() };
        let has = self.ask(Family::Uapi, "get_pop_quota", &[("email", address)]).await;
        match (wanted, has) {
            (Some(wanted), Ok(has)) if is_number(&has, wanted) => Doubt::None,
            _ => Doubt::That(format!(
                "The mailbox {address} is there now and the password given opens it, but its quota is not the one given, or was not learned"
            )),
        }
    }

    /// One question that changes nothing: the payload of its answer.
    async fn ask(&self, family: Family, func: &str, params: &[(&str, &str)]) -> Result<Value, String> {
        let mut args = Args::default();
        for (name, value) in params {
            args.push_text(*name, *value);
        }
        let Attempt { link, client, user, until, .. } = *self.attempt;
        let call = Call { family, module: self.attempt.call.module, func, args };
        let asked = async {
            let question = Attempt::new(link, client, user, &call, None, until)?;
            question.outcome(question.once().await?)
        };
        let Ok(Outcome::Answered(answered)) = asked.await else {
            return Err(format!("{func} had no answer"));
        };
        if !answered.is_done(family) {
            return Err(format!("the server refused {func}"));
        }
        let answer: Value = serde_json::from_str(answered.json()).unwrap_or_default();
        let frame = if family == Family::Api2 { "cpanelresult" } else { "result" };
        Ok(answer[frame]["data"].clone())
    }

    /// Whether an answer is the refusal of what exists already; the text is recorded.
    fn says_exists(&self, outcome: &Outcome) -> bool {
        let Outcome::Answered(answered) = outcome else { return false };
        !answered.is_done(self.attempt.request.family) && answered.json().contains("already exists")
    }

    /// The answer that was lost.
    fn created(&self) -> Outcome {
        let (module, func) = (self.attempt.call.module, self.attempt.request.func.as_str());
        let answer = if self.attempt.request.family == Family::Api2 {
            serde_json::json!({"cpanelresult": {"apiversion": 2, "func": func, "module": module,
                "data": [{"reason": "", "result": 1}], "event": {"result": 1}}})
        } else {
            serde_json::json!({"apiversion": 3, "func": func, "module": module, "result": {
                "status": 1, "errors": null, "warnings": null, "metadata": {},
                "messages": ["The server's answer was lost; the mailbox was looked up: it is there, and the password opens it."],
                "data": self.mailbox.address.replace('@', "+")}})
        };
        Outcome::Answered(Answered::new(answer.to_string()))
    }
}

/// A pattern for that text alone, in every dialect.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut pattern, c| {
        let _ = if c.is_ascii_punctuation() { write!(pattern, "\\{c}") } else { write!(pattern, "{c}") };
        pattern
    })
}

/// Servers write numbers as numbers and as texts.
fn is_number(value: &Value, number: u64) -> bool {
    value.as_u64() == Some(number) || value.as_str().is_some_and(|text| text.parse() == Ok(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_for_one_address() {
        assert_eq!(escaped("a.b+c@x-y.example"), r"a\.b\+c\@x\-y\.example");
        let args =
            Args::from_json_object(r#"{"email":"A.b","domain":"Example.com","password":"p"}"#).unwrap();
        let call = Call { family: Family::Api2, module: "Email", func: "addpop", args };
        let mailbox = NewMailbox::of_call(&call).unwrap();
        assert_eq!((mailbox.address.as_str(), mailbox.password), ("a.b@example.com", Some("p")));
        for (family, func) in [(Family::Api1, "addpop"), (Family::Api2, "delpop"), (Family::Uapi, "addpop")] {
            let args = Args::from_json_object(r#"{"email":"a@b"}"#).unwrap();
            assert!(NewMailbox::of_call(&Call { family, module: "Email", func, args }).is_none());
        }
    }
}
