//! The programs of the command-line family, and their options.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::Path;

use clap::{Arg, ArgAction, Command, ValueHint, value_parser};

use super::batch::options;
use liveapi_core::api::Family;

/// A program of the family; each speaks one API family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    Cpapi1,
    Cpapi2,
    Uapi,
    Whmapi1,
    Whmapi0,
}

impl Program {
    pub const ALL: [Self; 5] = [Self::Cpapi1, Self::Cpapi2, Self::Uapi, Self::Whmapi1, Self::Whmapi0];

    /// The program that a process is by the name it was started with, a path or a name alone.
    pub(super) fn named(started_as: &OsStr) -> Option<Self> {
        let name = Path::new(started_as).file_name()?;
        Self::ALL.into_iter().find(|program| name == program.name())
    }

    /// The name under which the process is that program.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpapi1 => "cpapi1",
            Self::Cpapi2 => "cpapi2",
            Self::Uapi => "uapi",
            Self::Whmapi1 => "whmapi1",
            Self::Whmapi0 => "whmapi0",
        }
    }

    /// The API family that it speaks.
    pub fn family(self) -> Family {
        match self {
            Self::Cpapi1 => Family::Api1,
            Self::Cpapi2 => Family::Api2,
            Self::Uapi => Family::Uapi,
            Self::Whmapi1 => Family::Whm,
            Self::Whmapi0 => Family::Whm0,
        }
    }

    /// How many words stand before the parameters: module and function, or the function alone.
    pub(super) fn leading_words(self) -> usize {
        if self.is_whm() { 1 } else { 2 }
    }

    /// Whether it speaks of the whole server; such calls need no account and have no module.
    pub(super) fn is_whm(self) -> bool {
        matches!(self, Self::Whmapi1 | Self::Whmapi0)
    }

    /// Says on standard error what went wrong. That may be closed; the status says it all the same.
    pub(super) fn complain(self, message: &str) {
        let _ = writeln!(std::io::stderr(), "[{}] {message}", self.name());
    }

    fn about(self) -> &'static str {
        match self {
            Self::Cpapi1 => "Calls a function of cPanel API 1",
            Self::Cpapi2 => "Calls a function of cPanel API 2",
            Self::Uapi => "Calls a function of cPanel's UAPI",
            Self::Whmapi1 => "Calls a function of WHM API 1",
            Self::Whmapi0 => "Calls a function of WHM API 0",
        }
    }

    fn usage(self) -> &'static str {
        match self {
            Self::Cpapi1 => "cpapi1 [OPTIONS] MODULE FUNCTION [VALUE]...",
            Self::Cpapi2 => "cpapi2 [OPTIONS] MODULE FUNCTION [KEY=VALUE]...",
            Self::Uapi => "uapi [OPTIONS] MODULE FUNCTION [KEY=VALUE]...",
            Self::Whmapi1 => "whmapi1 [OPTIONS] FUNCTION [KEY=VALUE]...",
            Self::Whmapi0 => "whmapi0 [OPTIONS] FUNCTION [KEY=VALUE]...",
        }
    }

    /// Its options. Help, completions and manual pages are made from them.
    pub fn command(self) -> Command {
        Command::new(self.name())
            .about(self.about())
            .disable_help_flag(true)
            .override_usage(self.usage())
            .args(self.options())
    }

    /// The same with the words behind the options, for reading a command line.
    pub(super) fn reader(self) -> Command {
        let words = Arg::new("words").num_args(0..).value_parser(value_parser!(OsString)).hide(true);
        self.command().arg(words)
    }

    fn options(self) -> Vec<Arg> {
        let formats = if self == Self::Cpapi1 {
            "text (what the function prints; the default), yaml, json, jsonpretty or xml"
        } else {
            "yaml (the default), json, jsonpretty or xml"
        };
        let mut options = vec![
            option("user", "NAME", "The account that the call is for"),
            option("url", "URL", "Which store or server answers, e.g. home:///srv/homes"),
            option("output", "FORMAT", formats),
            option("input", "FORMAT", "key-value (the default), or json: an object from standard input"),
            option(
                "args-json",
                "FILE",
                "Read parameters from a file with a JSON object; - is standard input",
            )
            .value_hint(ValueHint::FilePath),
            flag(
                "password-stdin",
                "Read the parameter password from standard input, up to the first line end",
            ),
            flag("raw", "Take values as they are: no %XX decoding, no @FILE"),
            flag("strict-exit", "Exit with 2 when the answer is not a success"),
        ];
        options.extend(options::options());
        options.extend([
            flag("help", "Print this, or the parameters of the function named"),
            flag("version", "Print the version"),
        ]);
        options
    }
}

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}
