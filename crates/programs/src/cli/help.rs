//! `--help`: the options and all functions, or one function's parameters.

use std::ffi::OsString;
use std::fmt::Write;

use super::program::Program;
use crate::server::own::functions;
use liveapi_core::api::Family;
use liveapi_core::api::catalogue::Function;
use liveapi_core::base::likely;

const KEYS: &str = "\
Keys and values are percent-encoded: write email=user%40example.com, and %25 for a per cent sign. A plus
sign stays a plus sign. A value that begins with @ names a file whose content is taken as it is.
";

const POSITIONAL: &str = "\
Values are percent-encoded and stand in the order that --help MODULE FUNCTION shows: write %25 for a per
cent sign. A plus sign stays a plus sign. Words that all begin with names of parameters (email=user) are named.
";

const ENVIRONMENT: &str = "\
--password-stdin and --args-json - keep a password out of the process list.

Environment: LIVEAPI_URL (which store or server, e.g. home:///srv/homes or
whm://root@host; servers: is a table of them), LIVEAPI_USER (the account), LIVEAPI_CONFIG.
Without a URL, in a panel's page, the socket that CPANEL_PHPCONNECT_SOCKET or
CPANEL_CONNECT_SOCKET names.
";

/// The text for `--help`; `words` may name a function.
pub(super) fn text(program: Program, words: &[OsString]) -> Result<String, String> {
    let named: Vec<&str> =
        words.iter().filter_map(|word| word.to_str()).take(program.leading_words()).collect();
    if named.len() < program.leading_words() {
        let rules = if program == Program::Cpapi1 { POSITIONAL } else { KEYS };
        let mut text = format!("{}\n{rules}\n{ENVIRONMENT}\nFunctions:\n", program.command().render_help());
        for function in of(program) {
            let _ = writeln!(text, "  {:<40} {}", name(function), function.summary);
        }
        return Ok(text);
    }
    let (module, func) = if let [module, func] = named[..] { (module, func) } else { ("", named[0]) };
    match find(program, module, func) {
        Some(function) => Ok(describe(program, function)),
        None => {
            let meant = nearest(program, module, func).map(|name| format!("; did you mean {name}?"));
            Err(format!(
                "There is no function {}{}; --help alone lists them",
                named.join("::"),
                meant.unwrap_or_default()
            ))
        }
    }
}

/// The function of that name.
pub(super) fn find(program: Program, module: &str, func: &str) -> Option<&'static Function> {
    of(program).find(|function| function.module == module && function.func == func)
}

/// The function whose name is most like it, if any is.
pub(super) fn nearest(program: Program, module: &str, func: &str) -> Option<String> {
    let whole = |function: &&Function| format!("{}::{}", function.module, function.func);
    likely(of(program), &format!("{module}::{func}"), whole).map(name)
}

fn of(program: Program) -> impl Iterator<Item = &'static Function> {
    let family = if program.is_whm() { Family::Whm } else { program.family() };
    functions().filter(move |function| function.family == family)
}

fn name(function: &Function) -> String {
    if function.module.is_empty() {
        function.func.to_owned()
    } else {
        format!("{}::{}", function.module, function.func)
    }
}

fn describe(program: Program, function: &Function) -> String {
    let mut text = format!("{}: {}\n\nUsage: {}", name(function), function.summary, program.name());
    if !function.module.is_empty() {
        let _ = write!(text, " {}", function.module);
    }
    let _ = write!(text, " {}", function.func);
    for param in function.params {
        let _ = write!(
            text,
            "{}",
            if param.required { format!(" {}=…", param.name) } else { format!(" [{}=…]", param.name) }
        );
    }
    text.push('\n');
    section(&mut text, "Parameters", function.params.iter().map(|param| (param.name, param.meaning)));
    section(&mut text, "Returns", function.returns.iter().map(|field| (field.name, field.meaning)));
    if let Some(uapi) = &function.uapi {
        let _ = write!(text, "\nIn UAPI: {}::{}\n", function.module, uapi.func);
        section(&mut text, "Renamed there", uapi.renamed.iter().copied());
    }
    text
}

fn section<'a>(text: &mut String, title: &str, rows: impl Iterator<Item = (&'a str, &'a str)>) {
    for (index, (name, meaning)) in rows.enumerate() {
        if index == 0 {
            let _ = write!(text, "\n{title}:\n");
        }
        let _ = writeln!(text, "  {name:<20} {meaning}");
    }
}
