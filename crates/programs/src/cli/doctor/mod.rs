//! `liveapi doctor`: goes step by step through what a password change needs, and says which step fails and
//! what to do.

mod dovecot;
mod dovecot_config;
mod finding;
mod server;
mod suffixes;

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};

use super::answer::{Answer, is_json, output};
use super::effective::{Setting, effective};
use finding::{Finding, Findings};
use liveapi_core::base::environment::Environment;
use liveapi_core::engine::{Answerer, Client, Options, answerer, home_store};
use liveapi_core::store::public_suffix::LIST;

pub(super) const NAME: &str = "doctor";

/// Where the shared library is looked for, besides beside the program and in `LIVEAPI_LIBRARY`.
const LIBRARY_FOLDERS: [&str; 5] =
    ["/usr/local/lib", "/usr/lib", "/usr/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"];
const SONAME: &str = "libliveapi.so.1";

/// The options of `liveapi doctor`.
pub(super) fn command() -> Command {
    Command::new(NAME)
        .about("Checks library, settings, and store and Dovecot or the server, and says what to do about what is wrong")
        .arg(output())
        .arg(
            Arg::new("dovecot-config")
                .long("dovecot-config")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Dovecot's configuration, where it is not the usual one"),
        )
}

/// Does it. The complaint counts what is wrong, so that the exit status tells.
pub(super) fn run(matches: &ArgMatches) -> Result<Answer, String> {
    let mut findings = Findings::default();
    library(&mut findings);
    if configuration(&mut findings) && engine(&mut findings) == Some(Answers::Store) {
        let addresses = store(&mut findings);
        suffixes::check(&mut findings, LIST);
        let config = matches.get_one::<PathBuf>("dovecot-config");
        dovecot::check(&mut findings, config.map(PathBuf::as_path), &addresses);
    }
    let wrong = findings.wrong();
    let complaint = (wrong > 0).then(|| match wrong {
        1 => "One thing is wrong".to_owned(),
        many => format!("{many} things are wrong"),
    });
    Ok(Answer { text: if is_json(matches) { findings.json() } else { findings.text() }, complaint })
}

fn library(findings: &mut Findings) {
    let named = Environment::now().value("LIVEAPI_LIBRARY").map(PathBuf::from);
    let beside = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.to_owned()));
    let folders =
        beside.iter().flat_map(|folder| [folder.clone(), folder.join("../lib"), folder.join("deps")]);
    let folders = folders.chain(LIBRARY_FOLDERS.map(PathBuf::from));
    let names = folders.flat_map(|folder| [folder.join(SONAME), folder.join("libliveapi.so")]);
    let found = named.clone().into_iter().chain(names).find(|path| path.is_file());
    let version = format!("liveapi {}", env!("CARGO_PKG_VERSION"));
    match (&named, found) {
        (Some(named), found) if found.as_ref() != Some(named) => findings.add(Finding::wrong(
            "library",
            &named.display().to_string(),
            "LIVEAPI_LIBRARY names no file",
            "correct it, or unset it",
        )),
        (_, Some(path)) => findings.add(Finding::good("library", &path.display().to_string(), &version)),
        (_, None) => findings.add(Finding::odd(
            "library",
            SONAME,
            &format!(
                "{version}; the shared library is in no usual place, so PHP, Perl and C would not find it"
            ),
            "make install, or set LIVEAPI_LIBRARY to its path",
        )),
    }
}

fn configuration(findings: &mut Findings) -> bool {
    match effective(Options::default()) {
        Ok(settings) => {
            for Setting { key, value, origin } in
                settings.into_iter().filter(|setting| !setting.value.is_empty())
            {
                findings.add(Finding::good("configuration", &key, &format!("{value} ({origin})")));
            }
            true
        }
        Err(error) => {
            findings.add(Finding::wrong("configuration", "settings", &error.to_string(), "correct it"));
            false
        }
    }
}

/// Who answers calls, as far as the next steps depend on it.
#[derive(PartialEq, Eq)]
enum Answers {
    Store,
    Server,
}

fn engine(findings: &mut Findings) -> Option<Answers> {
    let made = Client::new(Options::default()).and_then(|client| Ok((client, answerer(Options::default())?)));
    match made {
        Ok((client, Answerer::Server(server))) => {
            server::check(findings, &client, &server);
            Some(Answers::Server)
        }
        Ok((_, Answerer::Servers(servers))) => {
            servers.iter().for_each(|(name, server)| server::check_named(findings, name, server));
            Some(Answers::Server)
        }
        Ok((client, Answerer::Socket(place))) => {
            server::check_socket(findings, &client, &place);
            Some(Answers::Server)
        }
        Ok((_, Answerer::Store)) => {
            findings.add(Finding::good("engine", "embedded store", "answers calls"));
            Some(Answers::Store)
        }
        Err(error) => {
            findings.add(Finding::wrong("engine", "url", &error.to_string(), "correct the settings"));
            None
        }
    }
}

/// Checks the store; the addresses of mailboxes that should be able to log in, one of each domain.
fn store(findings: &mut Findings) -> dovecot::Store {
    let examined = home_store(Options::default()).and_then(|store| store.examine());
    match examined {
        Ok(examination) => {
            for remark in &examination.remarks {
                findings.add(Finding::of_store(remark));
            }
            dovecot::Store {
                root: examination.root,
                accounts: examination.accounts,
                addresses: examination.addresses,
            }
        }
        Err(error) => {
            findings.add(Finding::wrong("store", "folder", &error.to_string(), "see there"));
            dovecot::Store::default()
        }
    }
}
