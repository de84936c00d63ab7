//! The settings: a page of the documentation and manual pages, written from the settings of the code.

use std::fmt::Write;

use crate::common::repository;
use crate::manual_page::ManualPage;
use liveapi_core::engine::config::{SERVERS, described_server_settings, described_settings};
use liveapi_programs::server::described_settings as daemon_settings;

const PRECEDENCE: &str = "Precedence: options of a call or client, then the environment, then the configuration file, then defaults.";
const CLIENT_FILE: &str = "The file is the one that `LIVEAPI_CONFIG` names, else `~/.config/liveapi/liveapi.toml`, else \
     `/etc/liveapi/liveapi.toml`.";
const DAEMON_FILE: &str = "The file is the one of `--config`, else `/etc/liveapi/liveapid.toml`. A setting is a key of the \
     file, and an option of the program with `-` for `_`; the option takes precedence.";
const TABLE: &str = "A table for each server, `[servers.NAME]`. NAME has letters, digits, `.`, `-` and `_`. A file with a \
     secret must be closed to others, and so must each file that a setting with `_file` names.";

/// The page `docs/reference/settings.md`.
fn page() -> String {
    let mut page = format!(
        "# Settings\n\nMade from the code: `LIVEAPI_WRITE_DOCS=1 cargo test -p liveapi-programs --test functions settings` \
         rewrites this page. Defaults stand in parentheses. The manual pages `liveapi.toml(5)` and `liveapid.toml(5)` say \
         the same.\n\n## Library and programs\n\n{PRECEDENCE} {CLIENT_FILE} The names are also the options of \
         `new CPANEL([...])`, `Cpanel::LiveAPI->new(...)` and `liveapi_client_new`.\n\n\
         | setting | environment | meaning |\n| --- | --- | --- |\n"
    );
    for (name, meaning) in described_settings() {
        let _ = writeln!(page, "| `{name}` | `{}` | {meaning} |", variable(name));
    }
    let _ = write!(page, "\n## `[servers.NAME]`\n\n{TABLE} Each can have: ");
    let names: Vec<_> = described_server_settings().map(|(name, _)| format!("`{name}`")).collect();
    let _ = writeln!(page, "{}.\n\n## liveapid\n\n{DAEMON_FILE}\n", names.join(", "));
    page += "| setting | option | meaning |\n| --- | --- | --- |\n";
    for (name, meaning) in daemon_settings() {
        let _ = writeln!(page, "| `{name}` | `--{}` | {meaning} |", name.replace('_', "-"));
    }
    page
}

fn variable(name: &str) -> String {
    format!("LIVEAPI_{}", name.to_uppercase())
}

/// The manual page of the library's and the programs' configuration file.
pub(crate) fn client_file() -> ManualPage {
    let mut page = ManualPage::new("liveapi.toml", 5, "settings of the liveapi library and its programs");
    page.section("SYNOPSIS").paragraph("`~/.config/liveapi/liveapi.toml`, `/etc/liveapi/liveapi.toml`");
    page.section("DESCRIPTION")
        .paragraph("A TOML file of settings, each one a text or a number.")
        .paragraph(CLIENT_FILE)
        .paragraph(PRECEDENCE)
        .paragraph("Each setting is an environment variable too: `LIVEAPI_` and the name in capitals.")
        .paragraph("Root reads a file only if nobody but root can write it or a folder above it.");
    page.section("SETTINGS").terms(described_settings());
    page.section("SERVERS").paragraph(TABLE).paragraph("The settings of a server:");
    page.terms(described_server_settings());
    page.section("EXAMPLE").lines(&format!(
        "url = \"{SERVERS}:\"\n\n[{SERVERS}.web1]\nurl = \"whm://root@web1.example.com\"\ntoken_file = \"/etc/liveapi/web1.token\""
    ));
    page.section("SEE ALSO").paragraph("`liveapi`(1), `liveapi`(7), `liveapid.toml`(5)");
    page
}

/// The manual page of the daemon's configuration file.
pub(crate) fn daemon_file() -> ManualPage {
    let mut page = ManualPage::new("liveapid.toml", 5, "settings of the liveapid daemon");
    page.section("SYNOPSIS").paragraph("`/etc/liveapi/liveapid.toml`");
    page.section("DESCRIPTION")
        .paragraph("A TOML file of settings, each one a text or a number.")
        .paragraph(DAEMON_FILE)
        .paragraph("The signal HUP makes the daemon read it again; ports need a restart.")
        .paragraph("Which store or server answers is a setting of `liveapi.toml`(5).");
    page.section("SETTINGS").terms(daemon_settings());
    page.section("SEE ALSO").paragraph("`liveapid`(1), `liveapi.toml`(5), `liveapi`(7)");
    page
}

#[test]
fn the_page_of_settings_is_current() {
    let path = repository().join("docs/reference/settings.md");
    if std::env::var_os("LIVEAPI_WRITE_DOCS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    assert!(
        std::fs::read_to_string(path).unwrap_or_default() == page(),
        "docs/reference/settings.md is stale; run LIVEAPI_WRITE_DOCS=1 cargo test -p liveapi-programs --test functions settings"
    );
}
