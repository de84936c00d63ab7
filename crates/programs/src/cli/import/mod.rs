//! `liveapi import`: takes over a cPanel account, from its home directory or a backup.

mod archive;
mod doveadm;
mod formats;
mod json;
mod mail_place;
mod patience;
mod progress;
mod text;

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

pub(in crate::cli) use self::formats::Parsers;
use self::patience::Patience;
use super::answer::{Answer, is_json, output};
use super::stop::Stop;
use liveapi_core::api::NotDone;
use liveapi_core::engine::{Options, home_store};
use liveapi_core::store::Domain;
use liveapi_core::store::home::import::{ImportRequest, ImportWatch, MailConverter, import};

pub(super) const NAME: &str = "import";

/// The options of `liveapi import`.
pub(super) fn command() -> Command {
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
    };
    Command::new(NAME)
        .about("Takes over a cPanel account with its domains, mailboxes, passwords and mail")
        .arg(
            Arg::new("source")
                .value_name("SOURCE")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("A home directory (with etc and mail), a cpmove or backup archive (.tar, .tar.gz, .bz2, .xz, .zst), or one unpacked"),
        )
        .arg(Arg::new("user").long("user").value_name("NAME").help("The account's name, if another one is wanted"))
        .arg(Arg::new("domain").long("domain").value_name("MAIN").help("Which of its domains is the main one"))
        .arg(flag("any-domain", "Take domains that no account may claim by itself, such as one below another account's"))
        .arg(flag("convert-mail", "Make Maildirs of mail in mbox, mdbox and sdbox format, by Dovecot's doveadm").conflicts_with("in-place"))
        .arg(flag("in-place", "Leave the home where it is, and change nothing in it"))
        .arg(flag("dry-run", "Say what would be done, and do nothing"))
        .arg(output())
        .arg(flag("no-progress", "Show no progress bar on the terminal"))
}

/// Does it. A refusal is a complaint, and with JSON also an answer.
pub(super) fn run(matches: &ArgMatches) -> Result<Answer, String> {
    let is_json = is_json(matches);
    let dry_run = matches.get_flag("dry-run");
    match done(matches, dry_run, is_json) {
        Ok(report) => {
            let text = if is_json { json::report(&report, dry_run) } else { text::report(&report, dry_run) };
            Ok(Answer { text, complaint: None })
        }
        Err(complaint) => {
            let text = if is_json { json::refusal(&complaint) } else { String::new() };
            Ok(Answer { text, complaint: Some(text::printable(&complaint)) })
        }
    }
}

fn done(
    matches: &ArgMatches,
    dry_run: bool,
    is_json: bool,
) -> Result<liveapi_core::store::home::import::Report, String> {
    let source = matches.get_one::<PathBuf>("source").ok_or("Name a home directory or a backup")?;
    let main_domain = matches.get_one::<String>("domain").map(|name| Domain::parse(name));
    let converter = doveadm::Doveadm::find();
    let request = ImportRequest {
        formats: &Parsers,
        source,
        user: matches.get_one::<String>("user").map(String::as_str),
        main_domain: main_domain.transpose().map_err(|refusal| refusal.to_string())?,
        any_domain: matches.get_flag("any-domain"),
        converter: matches.get_flag("convert-mail").then_some(&converter as &dyn MailConverter),
        in_place: matches.get_flag("in-place"),
        dry_run,
    };
    let store = home_store(Options::default()).map_err(|error| error.to_string())?;
    // What was begun is cleaned up. A second signal ends the process at once; the next import cleans up then.
    let stop = Arc::new(Stop::watch(|_| 1)?);
    let patience = Patience::begin(&stop, source, is_json)?;
    let mut bar = progress::ImportBar::new(!matches.get_flag("no-progress"));
    let mut watch = ImportWatch { progress: &mut bar, stop: stop.flag(), phase: &patience.phase };
    import(&store, &request, &mut watch).map_err(|cause| match cause {
        NotDone::Refused(refusal) => refusal.to_string(),
        NotDone::Failed(error) => error.to_string(),
    })
}
