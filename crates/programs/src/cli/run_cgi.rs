//! A page as a CGI program of a web server: nginx with fcgiwrap, or Apache.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{Read, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use tokio::sync::{Notify, watch};
use zeroize::Zeroizing;

use super::cgi::require_counting;
use crate::live::script::{
    self, CgiHead, Gone, HTML, Launch, NEVER_CONNECTED, Report, ResponseSink, ScriptEnd, Variables,
    is_secret_field,
};
use crate::live::{ClientService, Limits, Socket};
use liveapi_core::base::environment::Environment;
use liveapi_core::engine::Client;
use liveapi_core::tags::Form;

/// Longest body that is read, in bytes.
const MAX_BODY: u64 = 16 * 1024 * 1024;
/// The variables of a web server that are the page's too; and those of the head's fields.
const PASSED: [&str; 26] = [
    "AUTH_TYPE",
    "CONTENT_LENGTH",
    "CONTENT_TYPE",
    "DOCUMENT_ROOT",
    "DOCUMENT_URI",
    "GATEWAY_INTERFACE",
    "HTTPS",
    "LIVEAPI_LIBRARY",
    "PATH_INFO",
    "PATH_TRANSLATED",
    "PERL5LIB",
    "PHPRC",
    "QUERY_STRING",
    "REMOTE_ADDR",
    "REMOTE_HOST",
    "REMOTE_PORT",
    "REMOTE_USER",
    "REQUEST_METHOD",
    "REQUEST_SCHEME",
    "REQUEST_URI",
    "SCRIPT_NAME",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "SERVER_SOFTWARE",
    "cp_security_token",
];

/// What a web server says of a request.
pub(super) struct CgiRequest {
    /// The file that it found for the address.
    pub(super) page: Option<PathBuf>,
    given: BTreeMap<String, OsString>,
}

impl CgiRequest {
    /// The request, if there is one.
    ///
    /// Web servers put the words of a query without `=` on the command line, where a visitor could then name another
    /// page or options. No word of the command line can be told from such a one, so the query is refused.
    pub(super) fn from_environment() -> Result<Option<Self>, String> {
        let environment = Environment::now();
        require_counting(environment)?;
        if environment.value("GATEWAY_INTERFACE").is_none_or(|value| value.is_empty()) {
            return Ok(None);
        }
        let query = environment.value("QUERY_STRING").unwrap_or_default();
        if !query.is_empty() && !query.as_bytes().contains(&b'=') {
            return Err("The query of the URL is no form: it has no name=value".to_owned());
        }
        let given = environment.all().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            is_passed(&name).then_some((name, value))
        });
        let page = environment.value("PATH_TRANSLATED").filter(|path| !path.is_empty());
        Ok(Some(Self { page: page.map(PathBuf::from), given: given.collect() }))
    }

    /// Sets what a page finds in its environment. `is_named`: the web server named the page by the part of the path
    /// behind this program, which is then the page's own path and not what stands behind it.
    pub(super) fn describe(&self, variables: &mut Variables, script: &Path, is_named: bool) {
        for (name, value) in &self.given {
            match (name.as_str(), is_named) {
                ("PATH_INFO", true) => variables.set("SCRIPT_NAME", value),
                ("PATH_TRANSLATED", true) => {}
                ("SCRIPT_NAME", true) if self.given.contains_key("PATH_INFO") => {}
                _ => variables.set(name, value),
            }
        }
        variables.set("SCRIPT_FILENAME", script);
        variables.set("REDIRECT_STATUS", "200");
    }

    /// The body: as much as was announced.
    fn body(&self) -> Result<Zeroizing<Vec<u8>>, String> {
        let announced = self.given.get("CONTENT_LENGTH").filter(|length| !length.is_empty());
        let Some(announced) = announced else { return Ok(Zeroizing::default()) };
        let length = announced.to_str().and_then(|length| length.parse::<u64>().ok());
        let length = length.filter(|&length| length <= MAX_BODY).ok_or_else(|| {
            format!("The request must say how long its body is, at most {MAX_BODY} bytes (CONTENT_LENGTH)")
        })?;
        let mut body = Zeroizing::new(Vec::with_capacity(usize::try_from(length).unwrap_or_default()));
        match std::io::stdin().lock().take(length).read_to_end(&mut body) {
            Ok(read) if read as u64 == length => Ok(body),
            Ok(_) => Err("The body ended before its end (CONTENT_LENGTH)".to_owned()),
            Err(cause) => Err(format!("The body cannot be read: {cause}")),
        }
    }

    /// The fields of the query and of a posted form; what is no form has none.
    fn form(&self, body: &[u8]) -> Form {
        let mut form = Form::default();
        let text = |name: &str| self.given.get(name).cloned().unwrap_or_default().into_vec();
        let _ = form.push_urlencoded(&text("QUERY_STRING"));
        if text("CONTENT_TYPE").to_ascii_lowercase().starts_with(b"application/x-www-form-urlencoded") {
            let _ = form.push_urlencoded(body);
        }
        form
    }
}

fn is_passed(name: &str) -> bool {
    match name.strip_prefix("HTTP_") {
        Some(field) => !is_secret_field(&field.to_ascii_lowercase().replace('_', "-")),
        None => PASSED.contains(&name),
    }
}

/// Runs a page and passes its answer on to the web server.
pub(super) fn run(
    launch: &Launch,
    socket: Socket,
    client: Client,
    request: &CgiRequest,
) -> Result<ExitCode, String> {
    let body = request.body()?;
    let service = Arc::new(ClientService { client, form: request.form(&body) });
    let mut server = Server { is_html: false };
    let ended = ended_by_signal()?;
    let report = runtime()?.block_on(async {
        let (_never, stop) = watch::channel(false);
        let complain = |line: &str| {
            let _ = writeln!(std::io::stderr(), "[liveapi] {line}");
        };
        tokio::select! {
            biased;
            report = script::answer(launch, &body, &mut server, ended.notified(), complain) => Ok(report),
            lost = socket.serve(service, Limits::default(), stop) => {
                Err(lost.err().map_or_else(String::new, |error| error.to_string()))
            }
        }
    })?;
    if server.end(&report, socket.was_used()).is_err() || !report.is_whole() {
        return Err(format!("The page {}", report.ended));
    }
    Ok(ExitCode::SUCCESS)
}

/// Told when a signal asks this program to end; the page is ended first.
fn ended_by_signal() -> Result<Arc<Notify>, String> {
    let failed = |cause: std::io::Error| format!("Signals cannot be watched: {cause}");
    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM]).map_err(failed)?;
    let notify = Arc::new(Notify::new());
    let told = Arc::clone(&notify);
    let thread = std::thread::Builder::new().spawn(move || {
        if signals.forever().next().is_some() {
            told.notify_one();
        }
    });
    thread.map(|_| notify).map_err(failed)
}

/// A runtime for one page and its socket.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build();
    runtime.map_err(|cause| format!("The page cannot be run: {cause}"))
}

/// The web server that gets the answer.
struct Server {
    is_html: bool,
}

impl Server {
    fn say(bytes: &[u8]) -> Result<(), Gone> {
        let mut out = std::io::stdout().lock();
        out.write_all(bytes).and_then(|()| out.flush()).map_err(|_| Gone)
    }

    fn end(&self, report: &Report, connected: bool) -> Result<(), Gone> {
        if !report.begun {
            if matches!(report.ended, ScriptEnd::Gone) {
                return Err(Gone);
            }
            let (status, sentence) = report.ended.for_visitor();
            let page = script::page(&sentence);
            let name = match status {
                502 => "Bad Gateway",
                504 => "Gateway Timeout",
                _ => "Internal Server Error",
            };
            return Self::say(
                format!("Status: {status} {name}\r\nContent-Type: {HTML}\r\n\r\n{page}").as_bytes(),
            );
        }
        if report.is_whole() && self.is_html && !connected {
            return Self::say(NEVER_CONNECTED.as_bytes());
        }
        Ok(())
    }
}

impl ResponseSink for Server {
    async fn begin(&mut self, head: CgiHead) -> Result<(), Gone> {
        self.is_html = head.is_html() && head.get("location").is_none();
        // Without one, servers take 200.
        let status = head.status_line.or((head.status != 200).then(|| format!("{} Found", head.status)));
        let mut text = status.map_or_else(String::new, |status| format!("Status: {status}\r\n"));
        for (name, value) in &head.fields {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        Self::say((text + "\r\n").as_bytes())
    }

    async fn more(&mut self, bytes: &[u8]) -> Result<(), Gone> {
        Self::say(bytes)
    }
}
