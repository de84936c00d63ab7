//! The command-line family: `cpapi2`, `uapi`, `whmapi1`, `whmapi0`.
//!
//! They are one program with three names and print one answer on standard output. The exit status is
//! 0 whenever an answer was printed, also a refusal: scripts for cPanel's programs read the text.
//! 1 means that no call was made; `--strict-exit` adds 2 for an answer that is not a success.
//!
//! And `liveapi`, which works on the store itself.

mod help;
mod import;
mod output;
mod subcommands;
mod words;

pub use subcommands::liveapi;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::api::{Call, Error, ErrorKind, Family, Outcome, envelope};
use crate::engine::{Client, Options};

/// One of the programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// cPanel API 2.
    Cpapi2,
    /// UAPI.
    Uapi,
    /// WHM API 1.
    Whmapi1,
    /// WHM API 0.
    Whmapi0,
}

impl Program {
    fn name(self) -> &'static str {
        match self {
            Self::Cpapi2 => "cpapi2",
            Self::Uapi => "uapi",
            Self::Whmapi1 => "whmapi1",
            Self::Whmapi0 => "whmapi0",
        }
    }

    fn family(self) -> Family {
        match self {
            Self::Cpapi2 => Family::Api2,
            Self::Uapi => Family::Uapi,
            Self::Whmapi1 => Family::Whm,
            Self::Whmapi0 => Family::Whm0,
        }
    }

    /// How many words stand before the parameters: module and function, or the function alone.
    fn leading_words(self) -> usize {
        if self.is_whm() { 1 } else { 2 }
    }

    /// Whether it speaks of the whole server; such calls need no account and have no module.
    fn is_whm(self) -> bool {
        matches!(self, Self::Whmapi1 | Self::Whmapi0)
    }
}

/// The exit status when no call was made.
const NOT_CALLED: u8 = 1;
/// The exit status of `--strict-exit` for an answer that is not a success.
const NOT_DONE: u8 = 2;

/// Runs a program with the arguments of the process.
pub fn main(program: Program) -> ExitCode {
    match run(program, std::env::args_os()) {
        Ok((text, status)) => match std::io::stdout().write_all(text.as_bytes()) {
            Ok(()) => ExitCode::from(status),
            // The reader went away; there is nobody to tell.
            Err(_) => ExitCode::from(NOT_CALLED),
        },
        Err(message) => {
            // Standard error may be closed; the status says it all the same.
            let _ = writeln!(std::io::stderr(), "[{}] {message}", program.name());
            ExitCode::from(NOT_CALLED)
        }
    }
}

/// What to print on standard output and the exit status, or the complaint that no call was made.
fn run(program: Program, args: impl Iterator<Item = OsString>) -> Result<(String, u8), String> {
    let matches = command(program).try_get_matches_from(args).map_err(|e| e.render().to_string())?;
    if matches.get_flag("version") {
        return Ok((format!("{} (liveapi) {}\n", program.name(), env!("CARGO_PKG_VERSION")), 0));
    }
    let words: Vec<OsString> = matches.get_many("words").into_iter().flatten().cloned().collect();
    if matches.get_flag("help") {
        return help::text(program, command(program), &words).map(|text| (text, 0));
    }
    call(program, &matches, &words)
}

fn call(program: Program, matches: &ArgMatches, words: &[OsString]) -> Result<(String, u8), String> {
    let format: output::Format =
        matches.get_one::<String>("output").map_or("yaml", String::as_str).parse()?;
    let user = matches.get_one::<String>("user").cloned();
    let client = Client::new(Options { user, ..Options::default() }).map_err(|e| e.to_string())?;
    if !program.is_whm() && client.user().is_none() && rustix::process::geteuid().is_root() {
        // Recorded.
        let help = help::text(program, command(program), &[])?;
        return Err(format!("This program must be passed the --user flag when run by root!\n\n{help}"));
    }
    let Some((names, params)) = words.split_at_checked(program.leading_words()) else {
        return Err(format!(
            "Name {}; --help lists them",
            if program.is_whm() { "a function" } else { "a module and a function" }
        ));
    };
    let names: Vec<&str> = names.iter().map(|name| name.to_str().unwrap_or("\u{fffd}")).collect();
    let (module, func) = if let [module, func] = names[..] { (module, func) } else { ("", names[0]) };
    let args = words::read(params, matches.get_flag("raw"))?;
    let result = client.call(&Call { family: program.family(), module, func, args });
    if let Some(error) = result.as_ref().err().filter(|error| error.kind() == ErrorKind::UnknownAccount) {
        return Err(error.to_string());
    }
    let text = output::text(format, &envelope::write(program.family(), module, func, &result))?;
    Ok((text, if matches.get_flag("strict-exit") { strict_status(&result) } else { 0 }))
}

fn strict_status(result: &Result<Outcome, Error>) -> u8 {
    match result {
        Ok(Outcome::Done(_)) => 0,
        Ok(Outcome::Refused(..) | Outcome::UnknownFunction) | Err(_) => NOT_DONE,
    }
}

fn command(program: Program) -> Command {
    let words = if program.is_whm() { "FUNCTION [KEY=VALUE]..." } else { "MODULE FUNCTION [KEY=VALUE]..." };
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
    };
    Command::new(program.name())
        .disable_help_flag(true)
        .override_usage(format!("{} [OPTIONS] {words}", program.name()))
        .arg(Arg::new("user").long("user").value_name("NAME").help("The account that the call is for"))
        .arg(
            Arg::new("output")
                .long("output")
                .value_name("FORMAT")
                .help("yaml (the default), json or jsonpretty"),
        )
        .arg(flag("raw", "Take values as they are: no %XX decoding, no @FILE"))
        .arg(flag("strict-exit", "Exit with 2 when the answer is not a success"))
        .arg(flag("help", "Print this, or the parameters of the function named"))
        .arg(flag("version", "Print the version"))
        .arg(Arg::new("words").num_args(0..).value_parser(value_parser!(OsString)).hide(true))
}
