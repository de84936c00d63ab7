//! `liveapi config show`: the settings that hold, where each comes from, and no secret.

use clap::{ArgMatches, Command};

use super::answer::{Answer, is_json, output};
use super::effective::{Setting, effective};
use liveapi_core::engine::Options;

pub(super) const NAME: &str = "config";
const SHOW: &str = "show";

/// The options of `liveapi config`.
pub(super) fn command() -> Command {
    Command::new(NAME).about("Looks at the settings").subcommand_required(true).subcommand(
        Command::new(SHOW).about("Shows the settings that hold and where each comes from").arg(output()),
    )
}

/// Shows the settings in the form that was asked for.
pub(super) fn run(matches: &ArgMatches) -> Result<Answer, String> {
    let is_json = matches.subcommand_matches(SHOW).is_some_and(is_json);
    let settings = effective(Options::default()).map_err(|error| error.to_string())?;
    Ok(Answer::text(if is_json { json(&settings) } else { text(&settings) }))
}

fn text(settings: &[Setting]) -> String {
    let line = |setting: &Setting| {
        let value = if setting.value.is_empty() { "(not set)" } else { &setting.value };
        format!("{:<18} {value}   [{}]\n", setting.key, setting.origin)
    };
    settings.iter().map(line).collect()
}

fn json(settings: &[Setting]) -> String {
    let rows: Vec<_> = settings
        .iter()
        .map(|setting| {
            serde_json::json!({"key": setting.key, "value": setting.value, "origin": setting.origin})
        })
        .collect();
    format!("{}\n", serde_json::Value::from(rows))
}
