//! What a page asks over LiveAPI beside plain calls: tags, variables, conditions, features.

use std::ffi::c_char;

use super::client::LiveapiClient;
use super::room::guard_call;
use super::status::remember;
use super::{client, text};
use liveapi_core::api::Error;
use liveapi_core::tags::{Form, Variables, answer_or_failure};

/// Answers what a page sends over cPanel's LiveAPI: a tag, or a request as JSON.
///
/// `request` is a tag (`<cpanel print="$homedir">`, `<?cp Email::listpops(%,email) ?>`,
/// `<cpanelif $haspostgres>yes</cpanelif>`), or
///
///     {"reqtype":"exec","module":"print","func":"","apiversion":"1","args":"$homedir"}
///
/// with `reqtype` `exec`, `if` or `feature`, `module` an API module, `print`, `langprint`, `if` or `feature`,
/// `apiversion` `"1"`, `"2"` or `"uapi"`, and `args` an object, a list or a text. `form_json` is a JSON object with
/// the fields of the page's form, for `$FORM{'name'}`; NULL means none. The answer is that of the socket:
///
///     {"apiversion":"1","type":"internal","command":"print","source":"internal","data":{"result":"/home/bob"},"event":{"result":1}}
///     {"cpanelresult":{"data":{"result":1},"module":"if","apiversion":1}}
///
/// or the answer of the API family. `<cpanel setvar="name=value">` holds for the client's requests that follow, also in
/// a forked child. A NULL `client` means the process's default client, for which nothing is kept.
///
/// Example:
///
///     char *answer = liveapi_client_request(NULL, "<cpanel print=\"$homedir\">", "{}");
///     puts(answer);
///     liveapi_free(answer);
///
/// Errors: what is neither a tag nor JSON is answered with `{"result":0,"error":"Unknown API request"}`; a tag
/// that cannot be read, with an `error` that names line and column; as for `api2` otherwise.
/// Ownership: the answer is yours; release it with `liveapi_free` or free(3). Never NULL while memory lasts.
/// Threads: any thread, also at the same time with one client. Fork: safe before and after.
/// Source: cPanel "Guide to the LiveAPI System", and open clients of its socket.
/// Since: ABI revision 1.
///
/// Arguments: `client` is NULL or from `liveapi_client_new` and not released; the texts are NULL or
/// NUL-terminated, and nobody changes them during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn liveapi_client_request(
    client: *const LiveapiClient,
    request: *const c_char,
    form_json: *const c_char,
) -> *mut c_char {
    let body = |room| {
        // SAFETY: the same contract as this function's own.
        text::owned(&unsafe { answer_to(room, client, request, form_json) })
    };
    guard_call(text::no_memory, text::internal, body)
}

/// Answers as `liveapi_client_request` does, without anything to release.
///
/// Ownership: borrowed, valid until this thread's next borrowed answer; never free it. Never NULL.
/// Threads: any thread; each has its own answer. Fork: safe before and after.
/// Since: ABI revision 1.
///
/// Arguments: as `liveapi_client_request`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn liveapi_client_request_borrowed(
    client: *const LiveapiClient,
    request: *const c_char,
    form_json: *const c_char,
) -> *const c_char {
    let body = |room| {
        // SAFETY: the same contract as this function's own.
        text::borrowed(unsafe { answer_to(room, client, request, form_json) })
    };
    guard_call(|| text::NO_MEMORY.as_ptr(), || text::INTERNAL.as_ptr(), body)
}

/// Reads the texts and answers, if there is `room` for it; every failure is in the answer.
///
/// # Safety
/// As `liveapi_client_request`.
unsafe fn answer_to(
    room: Result<(), Error>,
    client: *const LiveapiClient,
    request: *const c_char,
    form_json: *const c_char,
) -> Vec<u8> {
    // SAFETY: the same contract as this function's own.
    let request = unsafe { text::read(request, "request") };
    let form = if form_json.is_null() {
        Ok("{}")
    } else {
        // SAFETY: the same contract as this function's own.
        unsafe { text::read(form_json, "form_json") }
    };
    // SAFETY: not null or alive, by this function's contract.
    let given = unsafe { client.as_ref() };
    let chosen = given.map_or_else(client::shared, |client| Ok(client.inner()));
    let result = room.and(chosen).and_then(|client| Ok((client, request?, Form::from_json(form?)?)));
    // The process's default client serves whatever runs in it: one page must not see what another one set.
    let alone = Variables::default();
    let variables = given.map_or(&alone, LiveapiClient::variables);
    let (answer, failure) = match result {
        Ok((client, request, form)) => answer_or_failure(client, request, &form, variables),
        Err(error) => (failed(&error), Some(error)),
    };
    remember(failure.as_ref());
    answer
}

/// Where not even the request could be read: the shape that every client looks into.
fn failed(error: &Error) -> Vec<u8> {
    liveapi_core::api::envelope::write(liveapi_core::api::Family::Api2, "", "", &Err(error.clone()))
}
