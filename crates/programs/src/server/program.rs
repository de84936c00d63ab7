//! The program `liveapid`: its options, its start, its signals, its end.

use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use sd_notify::NotifyState;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use tokio::sync::watch;

use super::auth::{Gate, NoPasswords, Passwords, StorePasswords};
use super::certificate::{self, Files};
use super::daemon::Daemon;
use super::listen::{self, Open};
use super::live::Standing;
use super::settings::{Settings, keys};
use super::{admin, tls};
use crate::live::script::launched;
use liveapi_core::api::{Error, ErrorKind};
use liveapi_core::engine::{self, Answerer, Client, Options};

/// The file that is read where none is named, if there is one.
const USUAL_FILE: &str = "/etc/liveapi/liveapid.toml";
/// How often certificates are looked at.
const TEND: Duration = Duration::from_secs(5);

/// The program's options.
pub fn command() -> Command {
    let option = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name.replace('_', "-")).value_name(value).help(help)
    };
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
    };
    let settings = keys().map(|(key, meaning)| option(key, "VALUE", meaning));
    Command::new("liveapid")
        .about("Answers cPanel's, WHM's and webmail's URLs, for clients of cPanel servers")
        .after_help(
            "Calls are answered by the engine of the liveapi configuration (LIVEAPI_URL; liveapi config show). \
             The options above are also the keys of the configuration file, with _ for -. \
             Signals: HUP reads the configuration again, TERM and INT finish what is being answered and end.",
        )
        .arg(
            option("config", "FILE", "The configuration file (/etc/liveapi/liveapid.toml, if there is one)")
                .value_hint(ValueHint::FilePath),
        )
        .arg(option("url", "URL", "Which store or server answers, e.g. home:///srv/homes"))
        .args(settings)
        .arg(flag("check", "Check the configuration and end"))
        .arg(flag("trust", "Print how clients come to trust this server's certificate, and end"))
        .arg(flag("version", "Print the version"))
        .subcommands(admin::commands())
}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
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
        Ok(said) => {
            let printed = std::io::stdout().write_all(said.as_bytes());
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
    let settings = settings(matches)?;
    if let Some((name, subcommand)) = matches.subcommand() {
        return admin::run(name, subcommand, &settings.state, options(matches));
    }
    let ports = settings.ports()?;
    if matches.get_flag("check") {
        client(matches)?;
        return Ok("The configuration is good\n".to_owned());
    }
    let (files, is_new) = certificates(&settings)?;
    if matches.get_flag("trust") {
        return trust(&settings, &files);
    }
    if is_new {
        let _ = std::io::stdout().write_all(trust(&settings, &files)?.as_bytes());
    }
    serve(matches, settings, &ports, &files)?;
    Ok(String::new())
}

/// The settings of file and command line.
fn settings(matches: &ArgMatches) -> Result<Settings, Error> {
    let mut settings = Settings::new();
    match matches.get_one::<String>("config") {
        Some(path) => settings.read(Path::new(path))?,
        None if Path::new(USUAL_FILE).exists() => settings.read(Path::new(USUAL_FILE))?,
        None => {}
    }
    for (key, _) in keys() {
        if let Some(value) = matches.get_one::<String>(key) {
            settings.set(key, value, "the command line")?;
        }
    }
    Ok(settings)
}

/// What the command line says of the engine.
fn options(matches: &ArgMatches) -> Options {
    Options { url: matches.get_one::<String>("url").cloned(), ..Options::default() }
}

fn client(matches: &ArgMatches) -> Result<Client, Error> {
    Client::new(options(matches))
}

/// The certificate to show, made if need be; and whether its authority is new.
fn certificates(settings: &Settings) -> Result<(Files, bool), Error> {
    let mut files = Files::below(&settings.state);
    if let (Some(certificate), Some(key)) = (&settings.certificate, &settings.certificate_key) {
        (files.certificate, files.key) = (certificate.clone(), key.clone());
        return Ok((files, false));
    }
    let is_new = files.ensure(&certificate::names(&settings.names))?;
    Ok((files, is_new))
}

fn trust(settings: &Settings, files: &Files) -> Result<String, Error> {
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

fn serve(
    matches: &ArgMatches,
    settings: Settings,
    ports: &[super::settings::Port],
    files: &Files,
) -> Result<(), Error> {
    prepare();
    let opened = open(ports)?;
    let monitor = settings.monitor.map(|address| {
        TcpListener::bind(address).map_err(|cause| listen::cannot_listen("monitor", address, &cause))
    });
    let monitor = monitor.transpose()?;
    let shown = tls::Shown::new(&files.certificate, &files.key)?;
    let acceptor = shown.acceptor()?;
    let store = match engine::answerer(options(matches))? {
        Answerer::Store => Some(engine::home_store(options(matches))?),
        _ => None,
    };
    let passwords: Box<dyn Passwords> = match &store {
        None => Box::new(NoPasswords),
        Some(_) => Box::new(StorePasswords(engine::home_store(options(matches))?)),
    };
    let standing = settings.live_sockets.as_deref().map(|folder| {
        // A gateway knows no accounts of this machine; the store's complaint says so.
        Standing::take(folder, engine::home_store(options(matches))?).map(Arc::new)
    });
    let standing = standing.transpose()?;
    let gate = Gate::open(&settings.state, &settings.logins, passwords)?;
    let daemon = Arc::new(Daemon::new(settings, client(matches)?, store, gate));
    report_panics(&daemon);
    let signals = signals()?;
    let (stop, stopped) = watch::channel(false);
    let threads = listen::start(&daemon, &opened, monitor.as_ref(), standing.as_ref(), &acceptor, &stopped)
        .map_err(|cause| internal("The threads of the daemon cannot start", &cause))?;
    for open in &opened {
        daemon.log.say("info", &format!("{} answers on {}", open.port.name, open.port.address));
    }
    notify(&[NotifyState::Ready]);
    attend(matches, &daemon, &signals, &shown, files);
    notify(&[NotifyState::Stopping]);
    drop((opened, monitor));
    let _ = stop.send(true);
    for thread in threads {
        let _ = thread.join();
    }
    daemon.log.say("info", "Ended; everything that was begun is answered");
    Ok(())
}

/// Waits for signals, and looks after the certificates meanwhile.
fn attend(matches: &ArgMatches, daemon: &Daemon, signals: &Receiver<i32>, shown: &tls::Shown, files: &Files) {
    loop {
        match signals.recv_timeout(TEND) {
            Ok(SIGHUP) => reload(matches, daemon),
            Ok(_) | Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {}
        }
        let settings = daemon.settings();
        if settings.certificate.is_none()
            && let Err(error) = files.ensure(&certificate::names(&settings.names))
        {
            daemon.log.say("error", &error.to_string());
        }
        match shown.renew() {
            Ok(true) => {
                daemon.log.say("info", "The certificate changed; new connections are shown the new one")
            }
            Ok(false) => {}
            Err(error) => daemon.log.say("error", &format!("{error}; the old one is still shown")),
        }
    }
}

fn reload(matches: &ArgMatches, daemon: &Daemon) {
    if let Ok(now) = NotifyState::monotonic_usec_now() {
        notify(&[NotifyState::Reloading, now]);
    }
    let read = settings(matches).and_then(|settings| Ok((settings.ports()?, settings, client(matches)?)));
    match read {
        Ok((ports, settings, client)) => {
            let before = daemon.settings();
            let of_ports = before.ports().is_ok_and(|open| open != ports).then_some("The ports");
            let of_sockets =
                (before.live_sockets != settings.live_sockets).then_some("The folder of live_sockets");
            for what in [of_ports, of_sockets].into_iter().flatten() {
                let said = format!("{what} changed; that needs a restart, all else holds from now on");
                daemon.log.say("warning", &said);
            }
            daemon.renew(settings, client);
            daemon.log.say("info", "The configuration was read again");
        }
        Err(error) => daemon.log.say("error", &format!("The configuration stays as it was: {error}")),
    }
    notify(&[NotifyState::Ready]);
}

/// Ports that systemd opened, by their names; else all of them by ourselves.
fn open(ports: &[super::settings::Port]) -> Result<Vec<Open>, Error> {
    let given = sd_listen_fds::get().map_err(|cause| {
        Error::new(ErrorKind::Config, format!("The sockets from systemd cannot be taken: {cause}"))
    })?;
    if given.is_empty() {
        return ports.iter().map(|port| listen::open(*port)).collect();
    }
    let all = Settings::every_port();
    given
        .into_iter()
        .map(|(name, descriptor)| {
            let name = name.unwrap_or_default();
            let port = all.iter().find(|port| port.name == name).ok_or_else(|| {
                let names = all.iter().map(|port| port.name).collect::<Vec<_>>().join(", ");
                Error::new(
                    ErrorKind::Config,
                    format!(
                        "systemd gave a socket named “{name}”; FileDescriptorName= must be one of {names}"
                    ),
                )
            })?;
            let listener = TcpListener::from(descriptor.into_std());
            let address =
                listener.local_addr().map_err(|cause| internal("A socket from systemd is none", &cause))?;
            Ok(Open { port: super::settings::Port { address, ..*port }, listener })
        })
        .collect()
}

/// Room for many connections, and no memory image of a process that holds passwords.
fn prepare() {
    let files = getrlimit(Resource::Nofile);
    // A limit that cannot be raised is met again where a connection is accepted.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: files.maximum, maximum: files.maximum });
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}

/// A panic is a defect: its place is logged, never its words, which may hold a value.
fn report_panics(daemon: &Arc<Daemon>) {
    let daemon = Arc::clone(daemon);
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map_or_else(|| "?".to_owned(), ToString::to_string);
        daemon
            .log
            .say("error", &format!("A defect in liveapid at {place}; that one request was not answered"));
    }));
}

/// Signals arrive on a thread of their own, so that the others never stop for one.
fn signals() -> Result<Receiver<i32>, Error> {
    let failed = |cause: std::io::Error| internal("Signals cannot be received", &cause);
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM]).map_err(failed)?;
    let (send, receive) = mpsc::channel();
    let thread = std::thread::Builder::new().name("liveapid-signal".into()).spawn(move || {
        let mut ending = false;
        for signal in signals.forever() {
            if signal != SIGHUP && std::mem::replace(&mut ending, true) {
                // Whoever asks twice does not want to wait.
                std::process::exit(1);
            }
            let _ = send.send(signal);
        }
    });
    thread.map_err(failed)?;
    Ok(receive)
}

fn notify(states: &[NotifyState<'_>]) {
    // Without systemd there is nobody to tell.
    let _ = sd_notify::notify(states);
}

fn internal(what: &str, cause: &std::io::Error) -> Error {
    Error::new(ErrorKind::Internal, format!("{what}: {cause}"))
}
