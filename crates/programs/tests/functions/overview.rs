//! The manual page `liveapi(7)`: programs, modules and environment, from the programs and the catalogue.

use std::collections::BTreeMap;

use crate::manual_page::ManualPage;
use liveapi_core::engine::config::described_settings;
use liveapi_programs::cli::{Program, liveapi_command};
use liveapi_programs::server::own::functions;

/// The page.
pub(crate) fn overview() -> ManualPage {
    let mut page = ManualPage::new("liveapi", 7, "cPanel's LiveAPI as a native library");
    page.section("SYNOPSIS").paragraph("`cc` FILE `-lliveapi`");
    page.section("DESCRIPTION").paragraph(
        "The library answers calls of cPanel's API families (API 1, API 2, UAPI, WHM API 1 and WHM API 0) for C, PHP and \
         Perl. An embedded mail store, a cPanel or WHM server, or a panel's LiveAPI socket does the work; the setting `url` \
         says which. `liveapi.h` documents every function of the library.",
    );
    page.section("PROGRAMS").terms(programs());
    page.section("MODULES")
        .paragraph("The modules that the embedded store and the daemon answer. A program's `--help` lists their functions.")
        .terms(modules());
    let variables = described_settings()
        .map(|(name, meaning)| (format!("LIVEAPI_{}", name.to_uppercase()), meaning.to_owned()))
        .chain([(
            "LIVEAPI_CONFIG".to_owned(),
            "The configuration file, instead of those of `liveapi.toml`(5)".to_owned(),
        )]);
    page.section("ENVIRONMENT")
        .paragraph("A program with more rights than the user that starts it ignores them all.")
        .terms(variables);
    page.section("SEE ALSO").paragraph("`liveapi`(1), `liveapid`(1), `liveapi.toml`(5), `liveapid.toml`(5)");
    page
}

fn programs() -> Vec<(String, String)> {
    let commands = Program::ALL.map(|program| (program.name(), program.command()));
    let others = [("liveapi", liveapi_command()), ("liveapid", liveapi_programs::server::command())];
    let described = |(name, command): (&str, clap::Command)| {
        (name.to_owned(), command.get_about().map(ToString::to_string).unwrap_or_default())
    };
    commands.into_iter().chain(others).map(described).collect()
}

fn modules() -> Vec<(String, String)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for function in functions() {
        *counts.entry(function.module).or_default() += 1;
    }
    let row = |(module, count): (&str, usize)| match module {
        "" => ("WHM".to_owned(), format!("{count} functions, without a module's name")),
        module => (module.to_owned(), format!("{count} functions")),
    };
    counts.into_iter().map(row).collect()
}
