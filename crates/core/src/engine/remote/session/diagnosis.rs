//! Answers that are none: what they mean and what to do, by HTTP's status and the words that are in them.

use crate::api::{Error, ErrorKind};
use crate::engine::config::Login;
use crate::engine::remote::session::advice::{self, NEVER_AGAIN};
use crate::engine::remote::session::step::Step;
use crate::engine::remote::transport::exchange::HttpReply;
use crate::engine::wire::normalize::{self, Malformed};
use crate::engine::wire::redact::repeated;
use crate::engine::wire::transport_error::OUTCOME_UNKNOWN;

/// How much of a page is looked at.
const LOOKED_AT: usize = 64 * 1024;

/// How servers say that their disk is full.
const FULL: [&str; 7] = [
    "filesystem full",
    "file system full",
    "filesystem is full",
    "file system is full",
    "no space left",
    "disk quota exceeded",
    "disk is full",
];

/// How they say that they shut somebody out.
const LOCKED: [&str; 4] = ["brute force", "cphulk", "locked out", "too many failed"];
/// How they ask for a code.
const SECOND: [&str; 4] = ["tfa_login_form", "tfa_token", "two-factor", "two factor"];
/// How they show their login page.
const FORM: [&str; 4] = ["action=\"/login", "login_form", "login attempt failed", "id=\"login"];

/// Whether an answer means that a session is not known any more. Who is shut out, or lacks a code, would only make
/// it worse by another login.
pub(crate) fn is_session_over(reply: &HttpReply) -> bool {
    let text = String::from_utf8_lossy(&reply.body);
    // Of a good answer nothing but its beginning is looked at: it may be long.
    if reply.is_good() && !is_page(&text) {
        return false;
    }
    let words = Words::of(normalize::said(&text).as_deref(), &text);
    let to_login = || reply.location.as_deref().is_some_and(|location| location.contains("/login"));
    !words.any(&LOCKED)
        && !words.any(&SECOND)
        && match reply.status {
            401 | 403 => true,
            300..=399 => to_login(),
            200..=299 => words.of_page && words.any(&FORM),
            _ => false,
        }
}

/// What an answer says, in lower case: a page's beginning, or the reason in an object.
struct Words {
    of_page: bool,
    text: String,
}

impl Words {
    fn of(said: Option<&str>, text: &str) -> Self {
        let of_page = is_page(text);
        let start = || text.get(..text.floor_char_boundary(LOOKED_AT)).unwrap_or_default();
        let text = if of_page { start() } else { said.unwrap_or_default() };
        Self { of_page, text: text.to_ascii_lowercase() }
    }

    fn any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.text.contains(word))
    }
}

/// What is known of a request whose answer is malformed or of the wrong status.
pub(crate) struct Case<'c> {
    pub(crate) step: Step<'c>,
    pub(crate) login: Login,
    pub(crate) user: Option<&'c str>,
    pub(crate) idempotent: bool,
    /// Texts that no message may hold.
    pub(crate) secrets: &'c [&'c str],
}

impl Case<'_> {
    /// The failure that a reply without the right status means.
    pub(crate) fn status(&self, reply: &HttpReply) -> Error {
        let text = String::from_utf8_lossy(&reply.body);
        let said = normalize::said(&text);
        if let Some(error) = self.known(reply.status, said.as_deref(), &text) {
            return error;
        }
        match reply.status {
            401 | 403 => self.denied(reply.status, said.as_deref()),
            300..=399 => {
                let to = reply.location.as_deref().and_then(host).map(|host| format!(" to {host}"));
                let why = "credentials are not carried to another address; write the address that the server wants into the URL";
                self.unanswered(format!("the server redirects{} (HTTP {}); {why}", to.unwrap_or_default(), reply.status))
            }
            404 => self.unanswered(format!(
                "the server has nothing at that address (HTTP 404); is it a cPanel server, and {} the port of {}?",
                self.step.server.port(),
                self.step.server.service.word()
            )),
            429 | 503 => {
                let wait = reply.retry_after.as_deref().filter(|wait| wait.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' '));
                let wait = wait.map(|wait| format!(", and wants to be asked again after {wait}")).unwrap_or_default();
                self.unanswered(format!("the server is too busy (HTTP {}){wait}", reply.status))
            }
            status => self.unanswered(format!("the server failed (HTTP {status}{})", self.title(&text, said.as_deref()))),
        }
    }

    /// The failure that a reply with the right status and no answer in it means.
    pub(crate) fn malformed(&self, malformed: &Malformed, text: &str) -> Error {
        let said = if let Malformed::Said(why) = malformed { Some(why.as_str()) } else { None };
        if let Some(error) = self.known(200, said, text) {
            return error;
        }
        let trimmed = text.trim();
        let why = match malformed {
            _ if trimmed.is_empty() => format!(
                "the answer is empty (HTTP 200); is {} the port of {}, with TLS?",
                self.step.server.port(),
                self.step.server.service.word()
            ),
            Malformed::Said(_) => format!("the server says{}", self.title(text, said)),
            Malformed::NotJson if trimmed.starts_with('<') => format!(
                "a page for people came instead of JSON{}; is a proxy or another server in the way?",
                self.title(text, None)
            ),
            Malformed::NotJson => "the answer is not whole JSON".to_owned(),
            Malformed::Strange => "the answer has not the shape of an answer to this call".to_owned(),
        };
        self.unanswered(why)
    }

    /// Causes that are known by their words, whatever the status says.
    fn known(&self, status: u16, said: Option<&str>, text: &str) -> Option<Error> {
        let words = Words::of(said, text);
        if words.any(&["user parameter is invalid"]) {
            return Some(self.no_account());
        }
        if let Some(why) = self.refusal(status, said, &words) {
            return Some(Error::new(ErrorKind::Authentication, format!("{} was refused: {why}", self.step)));
        }
        if words.any(&["access denied", "token denied", "invalid_login", "permission denied"]) {
            return Some(self.denied(status, said));
        }
        let full = "the server's disk or the account's quota is full; make room there";
        words.any(&FULL).then(|| self.unanswered(full.to_owned()))
    }

    fn no_account(&self) -> Error {
        let (step, user) = (self.step, self.user.unwrap_or_default());
        let why = format!(
            "{step} was not made: the server has no account “{user}”, or {} may not act for it. Account names are in lower case, and “root” is not an account",
            advice::secret(self.login)
        );
        Error::new(ErrorKind::UnknownAccount, why)
    }

    /// Why the server does not let the caller in, where its words tell.
    fn refusal(&self, status: u16, said: Option<&str>, words: &Words) -> Option<String> {
        if words.any(&LOCKED) {
            return Some(format!(
                "the server locks this login or this address out after failed logins; wait, or lift the lock in WHM (cPHulk Brute Force Protection), and check {} before the next call",
                advice::secret(self.login)
            ));
        }
        if words.any(&SECOND) {
            return Some(format!(
                "the server asks for a second factor (two-factor login is on); {}",
                advice::second_factor(self.step.server, self.login)
            ));
        }
        if words.any(&["token authentication allows"]) {
            return Some(format!("a cPanel token reaches UAPI and API 2 only{}", self.words(said)));
        }
        (words.of_page && words.any(&FORM)).then(|| {
            format!(
                "the server shows its login page (HTTP {status}), so it does not accept {}, or two-factor login is on. {} {NEVER_AGAIN}",
                advice::secret(self.login),
                advice::credentials(self.step.server, self.login)
            )
        })
    }

    fn denied(&self, status: u16, said: Option<&str>) -> Error {
        let why = format!(
            "{} was refused (HTTP {status}{}). {} {NEVER_AGAIN}",
            self.step,
            self.words(said),
            advice::credentials(self.step.server, self.login)
        );
        Error::new(ErrorKind::Authentication, why)
    }

    fn unanswered(&self, why: String) -> Error {
        let end = match (self.step.is_login, self.idempotent) {
            (true, _) => "; the call itself was not made".to_owned(),
            (false, true) => String::new(),
            (false, false) => format!(". {OUTCOME_UNKNOWN}"),
        };
        Error::new(ErrorKind::BadAnswer, format!("{} has no answer: {why}{end}", self.step))
    }

    /// What the server says, or its page's title, as a part of a sentence.
    fn title(&self, text: &str, said: Option<&str>) -> String {
        match said {
            Some(said) => self.words(Some(said)),
            None => self.words(title(text)),
        }
    }

    fn words(&self, said: Option<&str>) -> String {
        said.map(|said| repeated(said, self.secrets)).unwrap_or_default()
    }
}

fn is_page(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with('<')
}

fn title(text: &str) -> Option<&str> {
    let lower = text.get(..text.floor_char_boundary(LOOKED_AT))?.to_ascii_lowercase();
    let from = lower.find("<title")?;
    let from = from + lower[from..].find('>')? + 1;
    let to = from + lower[from..].find('<')?;
    text.get(from..to)
}

/// Where a redirect leads, without a path, which may hold a session.
fn host(location: &str) -> Option<String> {
    let url = url::Url::parse(location).ok()?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{}://{}{port}", url.scheme(), url.host_str()?))
}
