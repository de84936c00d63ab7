//! What a page can ask for: calls, variables, features, form fields.

use super::Form;
use crate::api::{Args, Call, Data, Error, Family, Outcome};
use crate::engine::Client;

/// Who answers a page.
pub trait World {
    /// Answers a call.
    fn call(&self, call: &Call<'_>) -> Result<Outcome, Error>;
    /// The text with cPanel's variables replaced; names that are not known stay as they are.
    fn print(&self, text: &str) -> Result<String, Error>;
    /// Whether the account may use a feature.
    fn feature(&self, name: &str) -> Result<bool, Error>;
    /// A field that the visitor sent.
    fn form(&self, name: &str) -> Option<&str>;
}

/// A client and a form.
pub struct ClientWorld<'a> {
    /// Answers calls.
    pub client: &'a Client,
    /// What the visitor sent.
    pub form: &'a Form,
}

impl ClientWorld<'_> {
    /// One of the questions that engines answer as functions of API 1; `None` from an engine that does not.
    fn ask(&self, module: &str, func: &str, question: &str) -> Result<Option<String>, Error> {
        let mut args = Args::default();
        args.push_positional(0, question);
        match self.client.call(&Call { family: Family::Api1, module, func, args })? {
            Outcome::Done(done) => match done.data {
                Data::Text(text) => Ok(Some(text)),
                _ => Ok(None),
            },
            Outcome::Refused(..) | Outcome::UnknownFunction | Outcome::Answered(_) => Ok(None),
        }
    }
}

impl World for ClientWorld<'_> {
    fn call(&self, call: &Call<'_>) -> Result<Outcome, Error> {
        self.client.call(call)
    }

    fn print(&self, text: &str) -> Result<String, Error> {
        Ok(self.ask("print", "", text)?.unwrap_or_else(|| text.to_owned()))
    }

    fn feature(&self, name: &str) -> Result<bool, Error> {
        Ok(self.ask("feature", "feature", name)?.as_deref() == Some("1"))
    }

    fn form(&self, name: &str) -> Option<&str> {
        self.form.get(name)
    }
}
