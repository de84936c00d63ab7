//! What a web server tells a CGI program (RFC 3875).

use std::ffi::OsString;
use std::io::Read;
use std::os::unix::ffi::OsStringExt;

use zeroize::Zeroizing;

use liveapi_core::base::environment::{Environment, PASSED_OVER};
use liveapi_core::tags::Form;

/// Longest form that is read, in bytes.
const MAX_FORM_BYTES: u64 = 1024 * 1024;
/// The only kind of form that is read.
const URLENCODED: &str = "application/x-www-form-urlencoded";

/// What a web server says of a request to a page.
pub(super) struct Cgi {
    /// The file that the web server found for the URL.
    pub(super) page: Option<OsString>,
    query: Vec<u8>,
    posted: bool,
}

impl Cgi {
    /// The request, if there is one. `given`: whether the command line holds options that change what is
    /// read or written.
    ///
    /// Web servers put the words of a query without `=` on the command line, where a visitor could then
    /// name another page or `--output`. No form looks like that, so it is refused.
    pub(super) fn from_environment(given: bool) -> Result<Option<Self>, String> {
        let environment = Environment::now();
        require_counting(environment)?;
        if environment.value("GATEWAY_INTERFACE").is_none_or(|value| value.is_empty()) {
            return Ok(None);
        }
        let query = environment.value("QUERY_STRING").unwrap_or_default().into_vec();
        if !query.is_empty() && !query.contains(&b'=') {
            return Err("The query of the URL is no form: it has no name=value".to_owned());
        }
        if given {
            return Err("--form and --output are not for CGI: the form comes from the visitor, and the page goes to him".to_owned());
        }
        let page = environment.value("PATH_TRANSLATED").filter(|path| !path.is_empty());
        let posted = match environment.text("REQUEST_METHOD").as_deref() {
            Some("POST") => true,
            Some("GET" | "HEAD") => false,
            _ => return Err("Only GET, HEAD and POST are answered (REQUEST_METHOD)".to_owned()),
        };
        Ok(Some(Self { page, query, posted }))
    }

    /// Adds the fields of the query, then those of the posted form, which count more.
    pub(super) fn read_form(&self, form: &mut Form) -> Result<(), String> {
        let push = |form: &mut Form, bytes: &[u8]| {
            form.push_urlencoded(bytes).map_err(|why| format!("The form cannot be read: {why}"))
        };
        push(form, &self.query)?;
        if self.posted {
            push(form, &posted_form()?)?;
        }
        Ok(())
    }
}

/// Who starts a program with rights that he lacks would choose the page for it, and what it finds there.
pub(super) fn require_counting(environment: Environment) -> Result<(), String> {
    if environment.counts() { Ok(()) } else { Err(format!("Pages are not for such a start: {PASSED_OVER}")) }
}

/// The body: all of it or nothing, because half a form could be half a password.
fn posted_form() -> Result<Zeroizing<Vec<u8>>, String> {
    let environment = Environment::now();
    let kind = environment.text("CONTENT_TYPE").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case(URLENCODED) {
        return Err(format!("The form must be sent as {URLENCODED}, the usual kind (CONTENT_TYPE)"));
    }
    let length = environment.text("CONTENT_LENGTH").and_then(|length| length.parse::<u64>().ok());
    let Some(length) = length.filter(|&length| length <= MAX_FORM_BYTES) else {
        return Err(format!("The form must say its length, at most {MAX_FORM_BYTES} bytes (CONTENT_LENGTH)"));
    };
    let mut body = Zeroizing::new(Vec::with_capacity(usize::try_from(length).unwrap_or_default()));
    let read = std::io::stdin().lock().take(length).read_to_end(&mut body);
    match read {
        Ok(read) if read as u64 == length => Ok(body),
        Ok(_) => Err("The form ended before its end (CONTENT_LENGTH)".to_owned()),
        Err(cause) => Err(format!("The form cannot be read: {cause}")),
    }
}
