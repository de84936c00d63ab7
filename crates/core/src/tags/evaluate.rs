//! Evaluates the tags of a page, in order.

use std::collections::HashMap;

use zeroize::Zeroizing;

use crate::api::catalogue::Answer;
use crate::api::{Args, Call, Data, Error, ErrorKind, Family, Outcome};
use crate::tags::api1::{Api1, Argument};
use crate::tags::api2::Api2;
use crate::tags::attribute::Attribute;
use crate::tags::error::{Bad, shown};
use crate::tags::limits::MAX_OUTPUT_BYTES;
use crate::tags::output::{Escape, Full, Output};
use crate::tags::page::{Node, Tag};
use crate::tags::question::Question;
use crate::tags::returned;
use crate::tags::returned::{Fields, Told};
use crate::tags::text::{Piece, Text};
use crate::tags::world::World;

/// A page on its way from tags to text.
pub(super) struct Evaluator<'w> {
    world: &'w dyn World,
    out: Output,
    /// What `setvar` set.
    set: HashMap<String, String>,
    /// cPanel's variables as they were since the last call, which may have changed them; `None` for a name
    /// that is not known.
    known: HashMap<String, Option<String>>,
    /// How much the texts with variables have added up to.
    expanded: usize,
    /// The first reason for which a function did not do its work.
    failure: Option<String>,
    /// What functions remarked, with the places of their tags.
    warnings: Vec<Bad>,
}

/// Most remarks of a page that are kept.
const MAX_WARNINGS: usize = 100;

/// A page and what went wrong on it.
pub(crate) struct Rendered {
    pub(crate) bytes: Vec<u8>,
    /// The first reason for which a function did not do its work.
    pub(crate) failure: Option<String>,
    /// What functions remarked although they did it.
    pub(crate) warnings: Vec<Bad>,
}

/// What a call came to.
enum Called {
    Data(Data),
    /// What a server returned.
    Rows(Vec<serde_json::Value>),
    /// The reason and the form of the refusal.
    Not(String, Answer),
}

impl<'w> Evaluator<'w> {
    pub(super) fn new(world: &'w dyn World, escape: Escape, expected: usize) -> Self {
        Self {
            world,
            out: Output::new(escape, expected),
            set: HashMap::new(),
            known: HashMap::new(),
            expanded: 0,
            failure: None,
            warnings: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Rendered {
        Rendered { bytes: self.out.finish(), failure: self.failure, warnings: self.warnings }
    }

    fn warn(&mut self, at: usize, warnings: impl IntoIterator<Item = String>) {
        let room = MAX_WARNINGS - self.warnings.len();
        self.warnings.extend(warnings.into_iter().take(room).map(|warning| Bad::new(at, warning)));
    }

    /// Evaluates a page or a branch; conditions are not deeper than the parser lets them be.
    pub(super) fn nodes(&mut self, nodes: &[Node<'_>]) -> Result<(), Bad> {
        for node in nodes {
            match node {
                Node::Plain(bytes) => self.out.plain(bytes).map_err(|Full| too_long(0))?,
                Node::Tag(at, Tag::Cpanel(attribute)) => self.cpanel(*at, attribute)?,
                Node::Tag(at, Tag::Api2(call)) => self.api2(*at, call)?,
                Node::Tag(at, Tag::Either(question, yes, no)) => {
                    let branch = if self.answer(*at, question)? { yes } else { no };
                    self.nodes(branch)?;
                }
            }
        }
        Ok(())
    }

    /// Whether a condition holds.
    pub(super) fn answer(&mut self, at: usize, question: &Question<'_>) -> Result<bool, Bad> {
        match question {
            Question::If(condition) => condition.holds(|text| self.text(at, text, Unknown::Empty)),
            Question::Feature { negated, name } => {
                let name = self.text(at, *name, Unknown::Kept)?;
                let has = self.world.feature(&name).map_err(|error| Bad::new(at, error.to_string()))?;
                Ok(has != *negated)
            }
        }
    }

    /// A text with its variables replaced, for LiveAPI.
    pub(super) fn print(&mut self, text: &str) -> Result<Zeroizing<String>, Bad> {
        self.text(0, Text::with_variables(text), Unknown::Kept)
    }

    fn cpanel(&mut self, at: usize, attribute: &Attribute<'_>) -> Result<(), Bad> {
        match attribute {
            Attribute::Print(text) => {
                let text = self.text(at, *text, Unknown::Kept)?;
                self.out.value(&text).map_err(|Full| too_long(at))
            }
            Attribute::SetVariable(name, value) => {
                let mut value = self.text(at, *value, Unknown::Kept)?;
                let value = std::mem::take(&mut *value);
                if let Some(variables) = self.world.variables() {
                    variables.set(name, &value).map_err(|why| Bad::new(at, why))?;
                }
                self.set.insert((*name).to_owned(), value);
                Ok(())
            }
            Attribute::Call(call) => self.api1(at, call),
        }
    }

    /// A reason is printed like a result: old pages show nothing else.
    fn api1(&mut self, at: usize, call: &Api1<'_>) -> Result<(), Bad> {
        let (world, mut args) = (self.world, Args::default());
        for (index, argument) in call.args.iter().enumerate() {
            match argument {
                Argument::Text(text) => {
                    let mut value = self.text(at, *text, Unknown::Kept)?;
                    args.push_positional(index, std::mem::take(&mut *value));
                }
                Argument::Field(name) => {
                    if let Some(value) = world.form(name) {
                        args.push_positional(index, value);
                    }
                }
            }
        }
        let text = match self.call(at, Family::Api1, call.module, call.func, args)? {
            Called::Data(data) => returned::printed(data),
            // Rows are API 2's.
            Called::Rows(_) => String::new(),
            Called::Not(why, _) => return self.out.value(&why).map_err(|Full| too_long(at)),
        };
        // The frame of a page is markup and not data.
        let written = match (call.module, call.func) {
            ("Branding", "include") => self.out.plain(text.as_bytes()),
            _ => self.out.value(&text),
        };
        written.map_err(|Full| too_long(at))
    }

    fn api2(&mut self, at: usize, call: &Api2<'_>) -> Result<(), Bad> {
        let mut args = Args::default();
        for (name, value) in &call.params {
            let mut value = self.text(at, *value, Unknown::Kept)?;
            args.push_text(*name, std::mem::take(&mut *value));
        }
        let rows = match self.call(at, Family::Api2, call.module, call.func, args)? {
            Called::Data(data) => returned::rows(data),
            Called::Rows(rows) => return self.filled(at, call, &rows),
            Called::Not(..) if call.otherwise.is_some() => Vec::new(),
            Called::Not(why, answer) if returned::REFUSAL.iter().any(|name| call.template.shows(name)) => {
                vec![returned::refusal(&why, answer)]
            }
            // A template that has no place for the reason must not hide it.
            Called::Not(why, _) => return self.out.value(&why).map_err(|Full| too_long(at)),
        };
        self.filled(at, call, &rows)
    }

    /// The template with these rows; its message where there are none.
    fn filled(&mut self, at: usize, call: &Api2<'_>, rows: &[impl Fields]) -> Result<(), Bad> {
        let written = match call.otherwise {
            Some(message) if rows.is_empty() => self.out.markup(message),
            _ => call.template.write(rows, &mut self.out),
        };
        written.map_err(|Full| too_long(at))
    }

    /// Makes a call. A function that says no, or could not do its work, is told in the page; a function
    /// that does not exist, or a configuration in which nothing works, stops it.
    fn call(
        &mut self,
        at: usize,
        family: Family,
        module: &str,
        func: &str,
        args: Args<'_>,
    ) -> Result<Called, Bad> {
        self.known.clear();
        let (why, answer) = match self.world.call(&Call { family, module, func, args }) {
            Ok(Outcome::Done(done)) => {
                self.warn(at, done.warnings);
                return Ok(Called::Data(done.data));
            }
            Ok(Outcome::Refused(refusal, answer)) => (refusal.to_string(), answer),
            Ok(Outcome::UnknownFunction) => return Err(unknown(at, family, module, func)),
            Ok(Outcome::Answered(answered)) => {
                self.warn(at, returned::warnings(&answered));
                match returned::told(&answered, family) {
                    Told::Printed(text) => return Ok(Called::Data(Data::Text(text))),
                    Told::Rows(rows) => return Ok(Called::Rows(rows)),
                    Told::Not(why) => (why, Answer::Single),
                    Told::Unknown => return Err(unknown(at, family, module, func)),
                }
            }
            Err(error) if stops(&error) => return Err(Bad::new(at, error.to_string())),
            Err(error) => (error.to_string(), Answer::Single),
        };
        self.failure.get_or_insert_with(|| why.clone());
        Ok(Called::Not(why, answer))
    }

    /// A text with its variables replaced, once.
    fn text(&mut self, at: usize, text: Text<'_>, unknown: Unknown) -> Result<Zeroizing<String>, Bad> {
        let room = MAX_OUTPUT_BYTES - self.expanded;
        let mut value = Zeroizing::new(String::with_capacity(text.len()));
        for piece in text.pieces() {
            let part = match piece {
                Piece::Plain(plain) => plain,
                Piece::Form(name) => self.world.form(name).unwrap_or_default(),
                Piece::Variable(name) => match (self.variable(at, name)?, unknown) {
                    (Some(value), _) => value,
                    (None, Unknown::Kept) => name,
                    (None, Unknown::Empty) => "",
                },
            };
            if part.len() > room.saturating_sub(value.len()) {
                return Err(too_long(at));
            }
            value.push_str(part);
        }
        self.expanded += value.len();
        Ok(value)
    }

    /// A variable by its name with the dollar sign: the page's own, else one of cPanel's.
    fn variable(&mut self, at: usize, name: &str) -> Result<Option<&str>, Bad> {
        if !self.set.contains_key(&name[1..])
            && let Some(value) = self.world.variables().and_then(|variables| variables.get(&name[1..]))
        {
            self.set.insert(name[1..].to_owned(), value);
        }
        if let Some(value) = self.set.get(&name[1..]) {
            return Ok(Some(value));
        }
        if !self.known.contains_key(name) {
            let value = self.world.print(name).map_err(|error| Bad::new(at, error.to_string()))?;
            self.known.insert(name.to_owned(), (value != name).then_some(value));
        }
        Ok(self.known.get(name).and_then(|value| value.as_deref()))
    }
}

/// What stands for a variable that nobody knows: itself, as cPanel prints it, or nothing, so that a
/// condition on it does not hold.
#[derive(Clone, Copy)]
enum Unknown {
    Kept,
    Empty,
}

/// Failures after which no other tag could work either.
fn stops(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Config | ErrorKind::UnknownAccount | ErrorKind::Internal)
}

fn unknown(at: usize, family: Family, module: &str, func: &str) -> Bad {
    let number = if family == Family::Api1 { 1 } else { 2 };
    let name = format!("{}::{}", shown(module), shown(func));
    Bad::new(at, format!("There is no function {name} in cPanel API {number}"))
}

fn too_long(at: usize) -> Bad {
    Bad::new(at, format!("The page would become longer than {MAX_OUTPUT_BYTES} bytes"))
}
