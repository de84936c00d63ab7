//! `--help`: the options and all functions, or one function's parameters.

use std::ffi::OsString;
use std::fmt::Write;

use clap::Command;

use super::Program;
use crate::api::Family;
use crate::api::catalogue::Function;
use crate::engine::local::functions;

const RULES: &str = "\
Keys and values are percent-encoded: write email=user%40example.com, and %25 for a per cent sign. A plus
sign stays a plus sign. A value that begins with @ names a file whose content is taken as it is:
password=@/dev/stdin keeps a password out of the process list.

Environment: LIVEAPI_URL (which store, e.g. home:///srv/homes), LIVEAPI_USER (the account), LIVEAPI_CONFIG.
";

/// The text for `--help`; `words` may name a function.
pub(super) fn text(program: Program, mut command: Command, words: &[OsString]) -> Result<String, String> {
    let named: Vec<&str> =
        words.iter().filter_map(|word| word.to_str()).take(program.leading_words()).collect();
    if named.len() < program.leading_words() {
        let mut text = format!("{}\n{RULES}\nFunctions:\n", command.render_help());
        for function in of(program) {
            let _ = writeln!(text, "  {:<40} {}", name(function), function.summary);
        }
        return Ok(text);
    }
    let (module, func) = if let [module, func] = named[..] { (module, func) } else { ("", named[0]) };
    match of(program).find(|function| function.module == module && function.func == func) {
        Some(function) => Ok(describe(program, function)),
        None => Err(format!("There is no function {}; --help alone lists them", named.join("::"))),
    }
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
