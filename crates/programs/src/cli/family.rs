//! What the programs of the family do: one call and its answer, a batch, or help.

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::ArgMatches;

use super::arguments::Inputs;
use super::exit_status::{NOT_CALLED, NOT_DONE};
use super::passed_on::PassedOn;
use super::program::Program;
use super::{batch, help, output};
use crate::server::shell_call;
use liveapi_core::api::catalogue::Function;
use liveapi_core::api::{Call, Error, ErrorKind, Family, Outcome, envelope};
use liveapi_core::base::limits::{self, Room};
use liveapi_core::engine::{Client, Options};

/// Runs one of the family with the arguments of the process.
pub(super) fn main(program: Program) -> ExitCode {
    if limits::room() != Room::ForACall {
        program.complain(&limits::no_memory().to_string());
        return ExitCode::from(NOT_CALLED);
    }
    match run(program, std::env::args_os()) {
        Ok((text, status)) => match std::io::stdout().write_all(text.as_bytes()) {
            Ok(()) => ExitCode::from(status),
            // The reader went away; there is nobody to tell.
            Err(cause) if cause.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::from(NOT_CALLED),
            Err(cause) => {
                let why = limits::named(&cause);
                program.complain(&format!("The call was made, but its answer cannot be printed: {why}"));
                ExitCode::from(NOT_CALLED)
            }
        },
        Err(message) => {
            program.complain(&message);
            ExitCode::from(NOT_CALLED)
        }
    }
}

/// What to print on standard output and the exit status, or the complaint that no call was made.
fn run(program: Program, args: impl Iterator<Item = OsString>) -> Result<(String, u8), String> {
    let matches = program.reader().try_get_matches_from(args).map_err(|e| e.render().to_string())?;
    if matches.get_flag("version") {
        return Ok((format!("{} (liveapi) {}\n", program.name(), env!("CARGO_PKG_VERSION")), 0));
    }
    let words: Vec<OsString> = matches.get_many("words").into_iter().flatten().cloned().collect();
    if matches.get_flag("help") {
        return help::text(program, &words).map(|text| (text, 0));
    }
    if matches.contains_id(batch::NAME) {
        return batch::run(program, &matches).map(|status| (String::new(), status));
    }
    call(program, &matches, &words)
}

fn call(program: Program, matches: &ArgMatches, words: &[OsString]) -> Result<(String, u8), String> {
    let format = format(program, matches)?;
    let client = client(program, matches)?;
    let Some((names, params)) = words.split_at_checked(program.leading_words()) else {
        return Err(format!(
            "Name {}; --help lists them",
            if program.is_whm() { "a function" } else { "a module and a function" }
        ));
    };
    let names: Vec<&str> = names.iter().map(|name| name.to_str().unwrap_or("\u{fffd}")).collect();
    let (module, func) = if let [module, func] = names[..] { (module, func) } else { ("", names[0]) };
    let known = help::find(program, module, func);
    let positional = (program.family() == Family::Api1).then_some(known);
    let inputs = Inputs::read(matches)?;
    let args = inputs.with_words(params, matches.get_flag("raw"), positional)?;
    if PassedOn::is_by(program, func) {
        return pass_on(program, matches, &PassedOn::of(func, &args)?);
    }
    let call = Call { family: program.family(), module, func, args };
    let own = shell_call(&client, &options(matches), &call);
    let result = own.unwrap_or_else(|| client.call(&call));
    if let Some(error) = result.as_ref().err().filter(|error| error.kind() == ErrorKind::UnknownAccount) {
        return Err(error.to_string());
    }
    hint(program, module, func, known, &result);
    warn(program, &result);
    let text = output::text(format, &envelope::write(program.family(), module, func, &result))?;
    Ok((text, if matches.get_flag("strict-exit") { strict_status(program.family(), &result) } else { 0 }))
}

/// Makes the call that another one holds, and answers in its shape.
fn pass_on(program: Program, matches: &ArgMatches, passed: &PassedOn<'_>) -> Result<(String, u8), String> {
    let call = &passed.call;
    let mut options = options(matches);
    options.user = passed.user.clone().or(options.user);
    let client = Client::new(options.clone()).map_err(|error| error.to_string())?;
    let result = shell_call(&client, &options, call).unwrap_or_else(|| client.call(call));
    if let Some(error) = result.as_ref().err().filter(|error| error.kind() == ErrorKind::UnknownAccount) {
        return Err(error.to_string());
    }
    warn(program, &result);
    let answer = envelope::write(call.family, call.module, call.func, &result);
    let answer = if passed.in_whm { crate::server::in_whm(answer) } else { answer };
    let text = output::text(format(program, matches)?, &answer)?;
    Ok((text, if matches.get_flag("strict-exit") { strict_status(call.family, &result) } else { 0 }))
}

/// What the options say of the engine and the account.
fn options(matches: &ArgMatches) -> Options {
    let named = |name: &str| matches.get_one::<String>(name).cloned();
    Options { user: named("user"), url: named("url"), ..Options::default() }
}

fn format(program: Program, matches: &ArgMatches) -> Result<output::Format, String> {
    let usual = if program == Program::Cpapi1 { "text" } else { "yaml" };
    let format = matches.get_one::<String>("output").map_or(usual, String::as_str).parse()?;
    if format == output::Format::Text && program != Program::Cpapi1 {
        return Err("The output format text is for cpapi1; use yaml, json, jsonpretty or xml".to_owned());
    }
    Ok(format)
}

fn client(program: Program, matches: &ArgMatches) -> Result<Client, String> {
    let client = Client::new(options(matches)).map_err(|e| e.to_string())?;
    if !program.is_whm() && client.lacks_user() && rustix::process::geteuid().is_root() {
        // Recorded.
        let help = help::text(program, &[])?;
        return Err(format!("This program must be passed the --user flag when run by root!\n\n{help}"));
    }
    Ok(client)
}

/// The answer for an unknown name is cPanel's, word for word; what may have been meant is said beside it.
fn hint(
    program: Program,
    module: &str,
    func: &str,
    known: Option<&Function>,
    result: &Result<Outcome, Error>,
) {
    if let (None, Ok(Outcome::UnknownFunction)) = (known, result)
        && let Some(nearest) = help::nearest(program, module, func)
    {
        program.complain(&format!("Did you mean {nearest}? --help lists all functions"));
    }
}

/// What a success should not hide, for who looks at the terminal and not at the answer.
fn warn(program: Program, result: &Result<Outcome, Error>) {
    if let Ok(Outcome::Done(done)) = result {
        done.warnings.iter().for_each(|warning| program.complain(&format!("Warning: {warning}")));
    }
}

fn strict_status(family: Family, result: &Result<Outcome, Error>) -> u8 {
    match result {
        Ok(Outcome::Done(_)) => 0,
        Ok(Outcome::Answered(answered)) if answered.is_done(family) => 0,
        Ok(Outcome::Refused(..) | Outcome::UnknownFunction | Outcome::Answered(_)) | Err(_) => NOT_DONE,
    }
}
