//! `liveapi run`: starts a script written for the panel with a LiveAPI socket of its own, from a shell or, as a CGI
//! program, for a web server.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};

use super::exit_status::NOT_CALLED;
use super::run_cgi::{self, CgiRequest};
use super::run_plain;
use crate::live::script::{Ids, Launch, PATH, ScriptInterface, ScriptKind, ScriptLimits, Variables};
use crate::live::{Socket, SocketOwner, variables};
use liveapi_core::base::environment::Environment;
use liveapi_core::engine::{self, Answerer, Client, Options};
use liveapi_core::store::{Account, AccountName, MailStore};

/// The name of the subcommand.
pub(super) const NAME: &str = "run";
/// How the names of settings in the environment begin; some are secrets, and none is the page's.
const SETTINGS: &str = "LIVEAPI_";
/// Where our own classes find the library: no secret, and pages need it.
const LIBRARY: &str = "LIVEAPI_LIBRARY";

/// The options of `liveapi run`.
pub(super) fn command() -> Command {
    let number = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).value_parser(value_parser!(u64).range(1..)).help(help)
    };
    Command::new(NAME)
        .about("Runs a page written for the panel (.live.php, .livephp, .live.pl, .livepl, or a program) with a LiveAPI socket")
        .after_help(
            "The exit status is the script's; 128 and the signal's number if a signal ended it, 124 if --time did. \
             Root gives up its rights first: the page runs as the account. As a CGI program (GATEWAY_INTERFACE is \
             set) the page is that of PATH_TRANSLATED where none is named, and has limits of 60 seconds, 512 MiB \
             of memory and 32 MiB of output unless others are given.",
        )
        .arg(Arg::new("user").long("user").value_name("NAME").help("The account that the page is for"))
        .arg(Arg::new("url").long("url").value_name("URL").help("Which store or server answers it, e.g. home:///srv/homes"))
        .arg(number("time", "SECONDS", "How long it may run"))
        .arg(number("memory", "MIB", "How much memory each of its processes may ask for"))
        .arg(number("output", "MIB", "How much it may print"))
        .arg(
            Arg::new("script")
                .value_name("SCRIPT")
                .num_args(0..)
                .trailing_var_arg(true)
                .allow_hyphen_values(true)
                .value_parser(value_parser!(OsString))
                .help("The script, and its arguments"),
        )
}

/// Runs the page, as a CGI program if a web server asks for that.
pub(super) fn run(matches: &ArgMatches) -> ExitCode {
    let words: Vec<OsString> = matches.get_many("script").into_iter().flatten().cloned().collect();
    let status = match CgiRequest::from_environment() {
        Ok(None) => plain(matches, &words),
        Ok(Some(request)) => cgi(matches, &words, request),
        Err(why) => Err(why),
    };
    status.unwrap_or_else(|why| {
        // Standard error may be closed; the status says it all the same.
        let _ = writeln!(std::io::stderr(), "[liveapi] {why}");
        ExitCode::from(NOT_CALLED)
    })
}

fn plain(matches: &ArgMatches, words: &[OsString]) -> Result<ExitCode, String> {
    let (script, args) = words.split_first().ok_or("Name the script to run; --help says more")?;
    let page = PageScript::of(matches, Path::new(script))?;
    let environment = Environment::now();
    let path = environment.value("PATH").unwrap_or_else(|| PATH.into());
    let mut argv = page.argv(ScriptInterface::Plain, &path)?;
    argv.extend(args.iter().cloned());
    let mut given = Variables::default();
    for (name, _) in environment.all() {
        if name.to_string_lossy().starts_with(SETTINGS) && name != LIBRARY {
            given.remove(name);
        }
    }
    if let Some(account) = page.account.as_ref().filter(|_| page.ids.is_some()) {
        given.set("HOME", account.home.as_str());
        given.set("USER", account.name.as_str());
        given.set("LOGNAME", account.name.as_str());
    }
    // As in the panel, where a page asks it for whom it works.
    if let Some(user) = page.client.user() {
        given.set("REMOTE_USER", user);
    }
    let launch = Launch {
        argv,
        folder: None,
        variables: given,
        inherits: true,
        ids: page.ids,
        limits: limits(matches, ScriptLimits::default()),
        // On a terminal the script stays in its foreground, where Ctrl-C and Ctrl-Z reach it.
        own_group: !std::io::stdin().is_terminal(),
    };
    let (launch, socket) = page.with_socket(launch)?;
    run_plain::run(&launch, socket, page.client)
}

fn cgi(matches: &ArgMatches, words: &[OsString], request: CgiRequest) -> Result<ExitCode, String> {
    let named = match words {
        [] => request
            .page
            .clone()
            .ok_or("Under CGI the page is named by PATH_TRANSLATED, or on the command line")?,
        [script] => PathBuf::from(script),
        _ => return Err("Under CGI a page has no arguments".to_owned()),
    };
    let page = PageScript::of(matches, &named)?;
    let user = page.client.user().unwrap_or_default().to_owned();
    let home = page.account.as_ref().map_or_else(|| "/".to_owned(), |account| account.home.clone());
    let mut given = Variables::of_account(&user, &home);
    given.set("REMOTE_USER", user.as_str());
    // A web server that checked a name itself says which.
    request.describe(&mut given, &page.script, words.is_empty());
    let usual = ScriptLimits { seconds: Some(60), memory_mb: Some(512), output_mb: Some(32) };
    let launch = Launch {
        argv: page.argv(ScriptInterface::Cgi, PATH.as_ref())?,
        folder: page.script.parent().map(Path::to_owned),
        variables: given,
        inherits: false,
        ids: page.ids,
        limits: limits(matches, usual),
        own_group: true,
    };
    let (launch, socket) = page.with_socket(launch)?;
    run_cgi::run(&launch, socket, page.client, &request)
}

fn limits(matches: &ArgMatches, usual: ScriptLimits) -> ScriptLimits {
    let given = |name: &str| matches.get_one::<u64>(name).copied();
    ScriptLimits {
        seconds: given("time").or(usual.seconds),
        memory_mb: given("memory").or(usual.memory_mb),
        output_mb: given("output").or(usual.output_mb),
    }
}

/// A script, and who it is for.
struct PageScript {
    script: PathBuf,
    kind: ScriptKind,
    client: Client,
    /// The account, where the store of this machine knows it.
    account: Option<Account>,
    ids: Option<Ids>,
}

impl PageScript {
    fn of(matches: &ArgMatches, script: &Path) -> Result<Self, String> {
        let shown = script.display();
        let complain = |cause: std::io::Error| format!("The page {shown} cannot be run: {cause}");
        let found = script.metadata().map_err(complain)?;
        let is_executable = found.permissions().mode() & 0o111 != 0;
        let kind = ScriptKind::of(script, is_executable).filter(|_| found.is_file()).ok_or_else(|| {
            format!(
                "{shown} is no page: its name ends in none of .live.php, .livephp, .live.pl and .livepl, and it is no executable program (chmod +x)"
            )
        })?;
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        let options = Options { user: text("user"), url: text("url"), ..Options::default() };
        let failed = |error: liveapi_core::api::Error| error.to_string();
        let client = Client::new(options.clone()).map_err(failed)?;
        let account = match engine::answerer(options.clone()).map_err(failed)? {
            Answerer::Store => {
                let name = client.user().and_then(AccountName::existing);
                let store = engine::home_store(options).map_err(failed)?;
                name.map_or(Ok(None), |name| store.account(&name)).map_err(failed)?
            }
            _ => None,
        };
        let ids = ids(client.user(), account.as_ref())?;
        let script = std::path::absolute(script).map_err(complain)?;
        Ok(Self { script, kind, client, account, ids })
    }

    fn argv(&self, interface: ScriptInterface, path: &std::ffi::OsStr) -> Result<Vec<OsString>, String> {
        let argv = self.kind.command(interface, &self.script, path).map_err(|error| error.to_string())?;
        Ok(argv.into_iter().map(Into::into).collect())
    }

    /// Opens the socket and names it in the environment, to our own classes as well.
    fn with_socket(&self, mut launch: Launch) -> Result<(Launch, Socket), String> {
        let owner = self.ids.map_or_else(SocketOwner::me, |ids| SocketOwner { uid: ids.uid, gid: ids.gid });
        let socket = Socket::open(&folder(), owner).map_err(|error| error.to_string())?;
        for (name, path) in variables(socket.path()) {
            launch.variables.set(name, path);
        }
        launch.variables.set("LIVEAPI_URL", format!("unix://{}", socket.path().display()));
        Ok((launch, socket))
    }
}

/// Where sockets can be: below the user's own folder for them, or among the temporary files.
fn folder() -> PathBuf {
    let environment = Environment::now();
    let own = environment.path("XDG_RUNTIME_DIR").filter(|_| !rustix::process::geteuid().is_root());
    own.unwrap_or_else(|| environment.temporary_folder())
}

/// Root's pages run as their account, everybody else's as himself.
fn ids(user: Option<&str>, account: Option<&Account>) -> Result<Option<Ids>, String> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let user = user.ok_or("Root must say for which account the page is: --user NAME")?;
    match account {
        Some(account) if account.uid == 0 => {
            Err(format!("The account “{user}” belongs to root, and no page runs as root"))
        }
        Some(account) => Ok(Some(Ids { uid: account.uid, gid: account.gid })),
        None => Err(format!(
            "Nobody here says which system user the account “{user}” is, and no page runs as root: there is no account of that name in the embedded store. Start it as an ordinary user, for example with runuser -u NAME"
        )),
    }
}
