//! The parameters of a call, from all the places that a command line can name: its words, a file or
//! standard input with JSON, and a password on standard input.

use std::ffi::OsString;

use clap::ArgMatches;
use zeroize::Zeroizing;

use super::argv;
use super::read_limited::read_limited;
use liveapi_core::api::Args;
use liveapi_core::api::catalogue::Function;

/// What was read from a file or from standard input.
pub(super) struct Inputs {
    /// A JSON object, and where it came from.
    json: Option<(Zeroizing<String>, String)>,
    password: Option<Zeroizing<String>>,
}

impl Inputs {
    /// Reads what the options name.
    pub(super) fn read(matches: &ArgMatches) -> Result<Self, String> {
        let as_input = match matches.get_one::<String>("input").map(String::as_str) {
            None | Some("key-value") => None,
            Some("json") => Some("-"),
            Some(other) => {
                return Err(format!("There is no input format {other:?}; use key-value or json"));
            }
        };
        let as_file = matches.get_one::<String>("args-json").map(String::as_str);
        if as_input.and(as_file).is_some() {
            return Err("--input=json and --args-json are both given; give one of them".to_owned());
        }
        let source = as_input.or(as_file);
        let wants_password = matches.get_flag("password-stdin");
        if wants_password && source == Some("-") {
            return Err("JSON and --password-stdin both want standard input; give one of them".to_owned());
        }
        Ok(Self {
            json: source.map(json).transpose()?,
            password: if wants_password { Some(standard_input()?) } else { None },
        })
    }

    /// All parameters; of equal names the command line's counts. Complaints hold no value.
    pub(super) fn with_words(
        &self,
        words: &[OsString],
        raw: bool,
        positional: Option<Option<&Function>>,
    ) -> Result<Args<'_>, String> {
        let mut args = match &self.json {
            Some((text, what)) => Args::from_json_object(text).map_err(|_| not_an_object(text, what))?,
            None => Args::default(),
        };
        match positional {
            Some(function) => argv::read_positional(words, raw, function, &mut args)?,
            None => argv::read(words, raw, &mut args)?,
        }
        if let Some(text) = &self.password {
            let line = text.split('\n').next().unwrap_or_default();
            args.push_text("password", line.strip_suffix('\r').unwrap_or(line));
        }
        Ok(args)
    }
}

fn standard_input() -> Result<Zeroizing<String>, String> {
    read_limited(std::io::stdin().lock(), "Standard input")
}

fn json(source: &str) -> Result<(Zeroizing<String>, String), String> {
    if source == "-" {
        return Ok((standard_input()?, "Standard input".to_owned()));
    }
    let what = format!("The file {source} of --args-json");
    let file =
        std::fs::File::open(source).map_err(|cause| format!("{what} cannot be read: {}", cause.kind()))?;
    Ok((read_limited(file, &what)?, what))
}

/// Line and column, and no part of the text: it may hold a password.
fn not_an_object(text: &str, what: &str) -> String {
    match serde_json::from_str::<Box<serde_json::value::RawValue>>(text) {
        Err(cause) => format!("{what} is not JSON: line {}, column {}", cause.line(), cause.column()),
        Ok(_) => format!("{what} holds no JSON object of parameters"),
    }
}
