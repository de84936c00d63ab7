//! Answers that are none: what they mean and what to do, by HTTP's status and the words that are in them.

use super::answer::{self, Odd};
use super::exchange::Reply;
use super::failure::{UNKNOWN, named};
use super::server::{Server, Service};
use crate::api::{Call, Error, ErrorKind};

/// How much of a page is looked at.
const LOOKED_AT: usize = 64 * 1024;
/// How much of a page's or a server's words are repeated.
const REPEATED: usize = 200;

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

/// What is known of a request whose answer is odd.
pub(super) struct Case<'c> {
    pub(super) server: &'c Server,
    pub(super) user: Option<&'c str>,
    pub(super) call: &'c Call<'c>,
    pub(super) harmless: bool,
    /// Texts that no message may hold.
    pub(super) secrets: &'c [&'c str],
}

impl Case<'_> {
    /// The failure that a reply without the right status means.
    pub(super) fn status(&self, reply: &Reply) -> Error {
        let text = String::from_utf8_lossy(&reply.body);
        let said = answer::said(&text);
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
                self.server.port(),
                self.server.service.word()
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
    pub(super) fn odd(&self, odd: &Odd, text: &str) -> Error {
        let said = if let Odd::Said(why) = odd { Some(why.as_str()) } else { None };
        if let Some(error) = self.known(200, said, text) {
            return error;
        }
        let trimmed = text.trim();
        let why = match odd {
            _ if trimmed.is_empty() => format!(
                "the answer is empty (HTTP 200); is {} the port of {}, with TLS?",
                self.server.port(),
                self.server.service.word()
            ),
            Odd::Said(_) => format!("the server says{}", self.title(text, said)),
            Odd::NotJson if trimmed.starts_with('<') => format!(
                "a page for people came instead of JSON{}; is a proxy or another server in the way?",
                self.title(text, None)
            ),
            Odd::NotJson => "the answer is not whole JSON".to_owned(),
            Odd::Strange => "the answer has not the shape of an answer to this call".to_owned(),
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
            let named = named(self.server, self.call);
            return Some(Error::new(ErrorKind::Authentication, format!("{named} was refused: {why}")));
        }
        if words.any(&["access denied", "token denied", "invalid_login", "permission denied"]) {
            return Some(self.denied(status, said));
        }
        let full = "the server's disk or the account's quota is full; make room there";
        words.any(&FULL).then(|| self.unanswered(full.to_owned()))
    }

    fn no_account(&self) -> Error {
        let (named, user) = (named(self.server, self.call), self.user.unwrap_or_default());
        let why = format!(
            "{named} was not made: the server has no account “{user}”, or the token may not act for it. Account names are in lower case; root is none"
        );
        Error::new(ErrorKind::UnknownAccount, why)
    }

    /// Why the server does not let the token in, where its words tell.
    fn refusal(&self, status: u16, said: Option<&str>, words: &Words) -> Option<String> {
        if words.any(&["brute force", "cphulk", "locked out", "too many failed"]) {
            return Some("the server locks this login or this address out after failed logins; wait, or lift the lock in WHM (cPHulk Brute Force Protection), and check the token before the next call".to_owned());
        }
        if words.any(&["tfa_login_form", "two-factor", "two factor"]) {
            return Some(format!(
                "the server asks for a second factor (two-factor login is on); give an API token instead of a password. {}",
                self.tokens()
            ));
        }
        if words.any(&["token authentication allows"]) {
            return Some(format!("a cPanel token reaches UAPI and API 2 only{}", self.words(said)));
        }
        let login = ["action=\"/login", "login_form", "login attempt failed", "id=\"login"];
        (words.of_page && words.any(&login)).then(|| {
            format!(
                "the server shows its login page (HTTP {status}), so it does not accept the token, or two-factor login is on. {} {NEVER_AGAIN}",
                self.tokens()
            )
        })
    }

    fn denied(&self, status: u16, said: Option<&str>) -> Error {
        let named = named(self.server, self.call);
        let why = format!(
            "{named} was refused (HTTP {status}{}). {} {NEVER_AGAIN}",
            self.words(said),
            self.tokens()
        );
        Error::new(ErrorKind::Authentication, why)
    }

    /// What a token must be.
    fn tokens(&self) -> String {
        let login = &self.server.login;
        match self.server.service {
            Service::Whm => format!(
                "The token must be one of WHM (WHM, Manage API Tokens, as {login}), not expired, and with the privilege for this call."
            ),
            Service::Cpanel => format!(
                "The token must be one of cPanel (cPanel, Manage API Tokens, as {login}), not one of WHM, and not expired."
            ),
        }
    }

    fn unanswered(&self, why: String) -> Error {
        let named = named(self.server, self.call);
        let end = if self.harmless { String::new() } else { format!(". {UNKNOWN}") };
        Error::new(ErrorKind::BadAnswer, format!("{named} has no answer: {why}{end}"))
    }

    /// What the server says, or its page's title, as a part of a sentence.
    fn title(&self, text: &str, said: Option<&str>) -> String {
        match said {
            Some(said) => self.words(Some(said)),
            None => self.words(title(text)),
        }
    }

    fn words(&self, said: Option<&str>) -> String {
        let Some(said) = said else { return String::new() };
        let said: String =
            said.chars().map(|c| if c.is_control() { ' ' } else { c }).take(REPEATED).collect();
        let secret = self.secrets.iter().any(|secret| !secret.is_empty() && said.contains(secret));
        if secret || said.trim().is_empty() { String::new() } else { format!(": “{}”", said.trim()) }
    }
}

/// Servers lock out whoever repeats a wrong login.
const NEVER_AGAIN: &str = "The call is not tried again, because servers lock out who repeats a refused login";

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
