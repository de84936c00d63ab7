//! What a page can ask for: calls, variables, features, form fields.

use crate::api::{Args, Call, Data, Done, Error, ErrorKind, Family, Outcome};
use crate::engine::Client;
use crate::tags::form::Form;
use crate::tags::variables::Variables;

/// Who answers what a page asks for; pages in tests have a small one of their own.
pub trait World {
    /// Answers a call that a tag makes.
    fn call(&self, call: &Call<'_>) -> Result<Outcome, Error>;

    /// The text with cPanel's variables replaced; names that are not known stay as they are.
    fn print(&self, text: &str) -> Result<String, Error> {
        let mut args = Args::default();
        args.push_positional(0, text);
        let call = Call { family: Family::Api1, module: "print", func: "", args };
        match self.call(&call)? {
            Outcome::Done(Done { data: Data::Text(text), .. }) => Ok(text),
            Outcome::Answered(answered) => answered.printed().map_err(|why| {
                Error::new(ErrorKind::BadAnswer, format!("The panel does not print {text}: {why}"))
            }),
            _ => Ok(text.to_owned()),
        }
    }

    /// Whether the account may use a feature.
    fn feature(&self, name: &str) -> Result<bool, Error> {
        let mut args = Args::default();
        args.push_text("name", name);
        let call = Call { family: Family::Uapi, module: "Features", func: "has_feature", args };
        Ok(match self.call(&call)? {
            Outcome::Done(_) => true,
            Outcome::Answered(answered) => answered.is_done(Family::Uapi),
            Outcome::Refused(..) | Outcome::UnknownFunction => false,
        })
    }

    /// A field that the visitor sent.
    fn form(&self, name: &str) -> Option<&str>;

    /// What `setvar` set in requests before, where several belong together.
    fn variables(&self) -> Option<&Variables> {
        None
    }
}

/// A client and a form.
pub struct ClientWorld<'a> {
    pub client: &'a Client,
    pub form: &'a Form,
}

impl World for ClientWorld<'_> {
    fn call(&self, call: &Call<'_>) -> Result<Outcome, Error> {
        self.client.call(call)
    }

    fn form(&self, name: &str) -> Option<&str> {
        self.form.get(name)
    }
}

/// The same world with more fields, or with requests that belong together.
pub(crate) struct Within<'a> {
    pub(crate) world: &'a dyn World,
    /// Fields that count before those of the world.
    pub(crate) form: Form,
    /// Where `setvar` keeps what it sets, if not where the world does.
    pub(crate) variables: Option<&'a Variables>,
}

impl World for Within<'_> {
    fn call(&self, call: &Call<'_>) -> Result<Outcome, Error> {
        self.world.call(call)
    }

    fn print(&self, text: &str) -> Result<String, Error> {
        self.world.print(text)
    }

    fn feature(&self, name: &str) -> Result<bool, Error> {
        self.world.feature(name)
    }

    fn form(&self, name: &str) -> Option<&str> {
        self.form.get(name).or_else(|| self.world.form(name))
    }

    fn variables(&self) -> Option<&Variables> {
        self.variables.or_else(|| self.world.variables())
    }
}
