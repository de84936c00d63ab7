//! The program `liveapid`: its options, and what it does besides serving.

use std::io::Write;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint};

use super::invocation::Invocation;
use super::lifecycle;
use crate::live::script::{hold_back_size_signal, launched};
use crate::server::admin;
use crate::server::ops::certificate::{self, CertificateFiles};
use crate::server::settings::{Settings, keys};
use liveapi_core::api::Error;

/// The options of the program. Help, completions and the manual page are made from them.
pub fn command() -> Command {
    let option = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name.replace('_', "-")).value_name(value).help(help)
    };
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
    };
    // These may stand behind a subcommand too: they say on which daemon's files it works.
    let settings = keys().map(|(key, meaning)| option(key, "VALUE", meaning).global(key == "state"));
    Command::new("liveapid")
        .about("Answers cPanel's, WHM's and webmail's URLs, for clients of cPanel servers")
        .after_help(
            "Calls are answered by the engine of the liveapi configuration (LIVEAPI_URL; liveapi config show). \
             The options above are also the keys of the configuration file, with _ for -. \
             Signals: HUP reads the configuration again, TERM and INT finish what is being answered and end.",
        )
        .arg(
            option("config", "FILE", "The configuration file (/etc/liveapi/liveapid.toml, if there is one)")
                .value_hint(ValueHint::FilePath)
                .global(true),
        )
        .arg(option("url", "URL", "Which store or server answers, e.g. home:///srv/homes").global(true))
        .args(settings)
        .arg(flag("check", "Check the configuration and end"))
        .arg(flag("trust", "Print how clients come to trust this server's certificate, and end"))
        .arg(flag("version", "Print the version"))
        .subcommands(admin::commands())
}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    hold_back_size_signal();
    // Pages are started by this program, which becomes them.
    if let Some(status) = launched() {
        return status;
    }
    let matches = match command().try_get_matches_from(std::env::args_os()) {
        Ok(matches) => matches,
        Err(cause) => {
            let _ = cause.print();
            return if cause.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
        }
    };
    match run(&matches) {
        Ok(text) => {
            let printed = std::io::stdout().write_all(text.as_bytes());
            if printed.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            // Standard error may be closed; the status says it all the same.
            let _ = writeln!(std::io::stderr(), "[liveapid] {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(matches: &ArgMatches) -> Result<String, Error> {
    if matches.get_flag("version") {
        return Ok(format!("liveapid {}\n", env!("CARGO_PKG_VERSION")));
    }
    let invocation = Invocation(matches);
    let settings = invocation.settings()?;
    if let Some((name, subcommand)) = matches.subcommand() {
        return admin::run(name, subcommand, &settings.state, invocation.options());
    }
    let ports = settings.ports()?;
    if matches.get_flag("check") {
        invocation.client()?;
        return Ok("The configuration is good\n".to_owned());
    }
    let (files, is_new) = certificates(&settings)?;
    if matches.get_flag("trust") {
        return trust(&settings, &files);
    }
    if is_new {
        let _ = std::io::stdout().write_all(trust(&settings, &files)?.as_bytes());
    }
    lifecycle::serve(invocation, settings, &ports, &files)?;
    Ok(String::new())
}

/// The certificate to show, made if need be; and whether its authority is new.
fn certificates(settings: &Settings) -> Result<(CertificateFiles, bool), Error> {
    let mut files = CertificateFiles::below(&settings.state);
    if let (Some(certificate), Some(key)) = (&settings.certificate, &settings.certificate_key) {
        (files.certificate, files.key) = (certificate.clone(), key.clone());
        return Ok((files, false));
    }
    let is_new = files.ensure(&certificate::names(&settings.names))?;
    Ok((files, is_new))
}

fn trust(settings: &Settings, files: &CertificateFiles) -> Result<String, Error> {
    if let Some(path) = &settings.certificate {
        return Ok(format!(
            "The certificate is your own, {}; clients trust it as its authority is trusted\n",
            path.display()
        ));
    }
    let pin = certificate::fingerprint(&files.certificate)?;
    let authority = files.authority.display();
    let names = certificate::names(&settings.names).join(", ");
    Ok(format!(
        "This server's certificate is signed by an authority of its own, {authority}.\n\
         It is for these names: {names}. Others are added by the setting names.\n\
         How clients come to trust it:\n\
         - all programs of a Debian machine: copy it to /usr/local/share/ca-certificates/liveapid.crt and run update-ca-certificates\n\
         - curl: --cacert {authority}; PHP: CURLOPT_CAINFO; Python requests: verify=\"ca.pem\"\n\
         - liveapi: LIVEAPI_CA_FILE={authority}, or LIVEAPI_PIN={pin}\n"
    ))
}
