//! `liveapi render`: replaces the cPanel tags of a page, as a filter or as a CGI program.
//!
//! Nothing is written before the whole page is rendered, so a page that is wrong leaves standard output
//! empty. Complaints begin with the page's name, line and column, and never hold a value.

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::cgi::Cgi;
use super::exit_status::NOT_CALLED;
use liveapi_core::engine::{Client, Options};
use liveapi_core::tags::{ClientWorld, Form, MAX_PAGE_BYTES, RenderedPage, TagError, render};

/// The name of the subcommand.
pub(super) const NAME: &str = "render";

/// The options of `liveapi render`.
pub(super) fn command() -> Command {
    Command::new(NAME)
        .about("Replaces the cPanel tags of a page and writes the page")
        .after_help(
            "As a CGI program (GATEWAY_INTERFACE is set) it reads the form that the visitor sent, takes the \
             page from PATH_TRANSLATED where none is named, and writes a Content-Type first.",
        )
        .arg(Arg::new("user").long("user").value_name("NAME").help("The account that the page is for"))
        .arg(
            Arg::new("form")
                .long("form")
                .value_name("KEY=VALUE")
                .action(ArgAction::Append)
                .value_parser(value_parser!(OsString))
                .help("A field of the form, as it is; other users see it in the process list"),
        )
        .arg(
            Arg::new("output")
                .long("output")
                .value_name("FILE")
                .value_parser(value_parser!(OsString))
                .help("Where the page is written to; else standard output"),
        )
        .arg(
            Arg::new("page")
                .value_name("PAGE")
                .value_parser(value_parser!(OsString))
                .help("The page; - or nothing for standard input"),
        )
}

/// Renders the page and writes it; a complaint goes to standard error.
pub(super) fn run(matches: &ArgMatches) -> ExitCode {
    let written = page(matches).and_then(|bytes| write(matches, &bytes));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(complaint) => {
            // Standard error may be closed; the status says it all the same.
            let _ = writeln!(std::io::stderr(), "{complaint}");
            ExitCode::from(NOT_CALLED)
        }
    }
}

/// The rendered page, after its header if this is CGI.
fn page(matches: &ArgMatches) -> Result<Vec<u8>, String> {
    let cgi = Cgi::from_environment(given(matches)).map_err(general)?;
    let named = matches.get_one::<OsString>("page").cloned();
    let named = named.or_else(|| cgi.as_ref()?.page.clone()).unwrap_or_else(|| "-".into());
    if cgi.is_some() && named == "-" {
        return Err(general(
            "Under CGI the page must be a file: name it, or let PATH_TRANSLATED name it".into(),
        ));
    }
    let source = read(&named).map_err(general)?;
    let mut form = Form::default();
    if let Some(cgi) = &cgi {
        cgi.read_form(&mut form).map_err(general)?;
    }
    for field in matches.get_many::<OsString>("form").into_iter().flatten() {
        push(&mut form, field).map_err(general)?;
    }
    let user = matches.get_one::<String>("user").cloned();
    let client = Client::new(Options { user, ..Options::default() }).map_err(|e| general(e.to_string()))?;
    let world = ClientWorld { client: &client, form: &form };
    let RenderedPage { bytes: rendered, warnings } =
        render(&source, &world).map_err(|error| format!("{}:{error}", named.display()))?;
    for TagError { line, column, sentence } in &warnings {
        let _ = writeln!(std::io::stderr(), "{}:{line}:{column}: Warning: {sentence}", named.display());
    }
    Ok(match cgi {
        Some(_) => [b"Content-Type: text/html; charset=utf-8\r\n\r\n", &rendered[..]].concat(),
        None => rendered,
    })
}

/// Whether the command line holds what only its owner may say.
fn given(matches: &ArgMatches) -> bool {
    matches.contains_id("form") || matches.contains_id("output")
}

fn general(complaint: String) -> String {
    format!("[liveapi] {complaint}")
}

fn read(page: &OsStr) -> Result<Vec<u8>, String> {
    let complain = |cause: std::io::Error| format!("The page {} cannot be read: {cause}", page.display());
    let source: Box<dyn Read> = if page == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(std::fs::File::open(Path::new(page)).map_err(complain)?)
    };
    let mut bytes = Vec::new();
    // One byte more than is allowed, for the renderer to complain about.
    source.take(MAX_PAGE_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(complain)?;
    Ok(bytes)
}

/// A field from the command line; the complaint holds neither name nor value.
fn push(form: &mut Form, field: &OsStr) -> Result<(), String> {
    let text = field.to_str().ok_or("A --form is not UTF-8")?;
    let (name, value) = text.split_once('=').ok_or("A --form has no “=”; write --form key=value")?;
    form.push(name, value);
    Ok(())
}

fn write(matches: &ArgMatches, bytes: &[u8]) -> Result<(), String> {
    match matches.get_one::<OsString>("output") {
        Some(path) => std::fs::write(Path::new(path), bytes)
            .map_err(|cause| general(format!("The file {} cannot be written: {cause}", path.display()))),
        None => std::io::stdout()
            .write_all(bytes)
            .map_err(|cause| general(format!("Standard output cannot be written: {cause}"))),
    }
}
