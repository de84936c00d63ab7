//! Many calls as one.

use std::ffi::c_char;

use super::client::{self, LiveapiClient};
use super::guard::guard;
use super::room::guard_call;
use super::status::remember;
use super::text;
use liveapi_core::api::{Error, ErrorKind};
use liveapi_core::engine::{Client, answer_list};

/// Answers many calls: to servers side by side, on the embedded store in groups.
///
/// `items_json` is a JSON list of objects; `module` (not for WHM) and `func` must be there:
///
///     [{"module":"Email","func":"passwdpop","params":{"domain":"example.com","email":"user","password":"12345luggage"}},
///      {"family":"uapi","module":"Email","func":"list_pops","user":"bob","server":"web1","id":"mine"}]
///
/// `family` is `api1`, `api2`, `uapi`, `whm` or `whm0` (or `apiversion` 1, 2 or 3), `params` what the single call
/// takes, `user` the account where it is not the client's, `server` a server of the table where it is not to be found
/// by domain, `id` a text or a number that comes back. `options_json` is an object, `{}` for none: `in_flight`
/// (1 to 256, calls in flight to each server; 32), `stop_on_error` (send no more once an item is not done; false),
/// `seconds` (send no more after that time), `family` (of items that name none; `api2`). The answer is a JSON list
/// with a row for each item, in the order of the items:
///
///     [{"item":1,"status":"done","code":0,"answer":{"cpanelresult":{"data":[{"reason":"","result":1}]}}},
///      {"item":2,"id":"mine","server":"web1","status":"refused","code":0,"answer":{"result":{"status":0}}}]
///
/// `answer` is what the single call would have answered, in full. `status` is `done`, `refused` (the function said no),
/// `failed` (nothing was done), `unknown` (sent, and nobody knows whether it was done) or `unsent`; `code` a number of
/// `LiveapiStatus`. An item is retried only under the rules for single calls; otherwise it is sent once. The first call to each server goes alone; once a
/// server refused a login, nothing more is sent to it, because servers lock out clients that repeat a refused login.
///
/// Example:
///
///     char *rows = liveapi_client_batch(NULL,
///         "[{\"family\":\"uapi\",\"module\":\"Email\",\"func\":\"list_pops\"}]",
///         "{\"in_flight\":8,\"seconds\":30}");
///     puts(rows == NULL ? liveapi_last_error_message() : rows);
///     liveapi_free(rows);
///
/// Errors: returns NULL where nothing was sent because an argument cannot be read, an item is malformed, or there is no
/// usable configuration; `liveapi_last_error_code` and `liveapi_last_error_message` say why and which item. The results of
/// the items are in their rows.
/// Ownership: the answer is yours; release it with `liveapi_free` or free(3). The arguments are only read.
/// Threads: any thread, also at the same time with one client. No thread is started: the calls are in flight on the
/// calling one. Fork: safe before and after. No signal handler is set; from one of yours, or from another thread,
/// `liveapi_client_batch_stop` ends the batch.
/// Since: ABI revision 1.
///
/// Arguments: `client` is NULL or from `liveapi_client_new` and not released; the texts are NULL or NUL-terminated, and nobody
/// changes them during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn liveapi_client_batch(
    client: *const LiveapiClient,
    items_json: *const c_char,
    options_json: *const c_char,
) -> *mut c_char {
    let body = |room| {
        // SAFETY: the same contract as this function's own.
        let rows = unsafe { rows(room, client, items_json, options_json) };
        rows.map_or(std::ptr::null_mut(), |rows| text::owned(rows.as_bytes()))
    };
    guard_call(
        std::ptr::null_mut,
        || {
            remember(Some(&internal()));
            std::ptr::null_mut()
        },
        body,
    )
}

/// Answers as `liveapi_client_batch` does, without anything to release.
///
/// Ownership: borrowed, valid until this thread's next borrowed answer; never free it. NULL as there.
/// Threads: any thread; each has its own answer. Fork: safe before and after.
/// Since: ABI revision 1.
///
/// Arguments: as `liveapi_client_batch`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn liveapi_client_batch_borrowed(
    client: *const LiveapiClient,
    items_json: *const c_char,
    options_json: *const c_char,
) -> *const c_char {
    let body = |room| {
        // SAFETY: the same contract as this function's own.
        let rows = unsafe { rows(room, client, items_json, options_json) };
        rows.map_or(std::ptr::null(), |rows| text::borrowed(rows.into_bytes()))
    };
    guard_call(
        std::ptr::null,
        || {
            remember(Some(&internal()));
            std::ptr::null()
        },
        body,
    )
}

/// Lets the batches that are under way on a client send no more: what is in flight is waited for, and what was not
/// sent has the status `unsent`.
///
/// A NULL `client` means the default client. Before a batch begins it does nothing.
///
/// Threads: any thread, and any signal handler: it only counts. Fork: the batches of the calling process.
/// Since: ABI revision 1.
///
/// Arguments: `client` is NULL or from `liveapi_client_new` and not released.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn liveapi_client_batch_stop(client: *const LiveapiClient) {
    let body = || {
        // SAFETY: not null or alive, by this function's contract.
        let chosen = unsafe { client.as_ref() }.map(LiveapiClient::inner).or_else(Client::made);
        if let Some(client) = chosen {
            client.stop_batches();
        }
    };
    guard(|| (), body);
}

/// Reads the texts and answers, if there is `room` for it; the failure is remembered.
///
/// # Safety
/// As `liveapi_client_batch`.
unsafe fn rows(
    room: Result<(), Error>,
    client: *const LiveapiClient,
    items_json: *const c_char,
    options_json: *const c_char,
) -> Result<String, Error> {
    // SAFETY: the same contract as this function's own.
    let items = unsafe { text::read(items_json, "items_json") };
    // SAFETY: the same contract as this function's own.
    let options = unsafe { text::read(options_json, "options_json") };
    // SAFETY: not null or alive, by this function's contract.
    let given = unsafe { client.as_ref() };
    if let Some(log) = given.map(LiveapiClient::log).filter(|log| log.level() > 0) {
        log.write(log.level(), "A batch of calls", false);
    }
    let chosen = given.map_or_else(client::shared, |client| Ok(client.inner()));
    let rows = room.and(chosen).and_then(|client| answer_list(client, items?, options?));
    remember(rows.as_ref().err());
    rows
}

/// The failure after a panic.
fn internal() -> Error {
    let sentence = "Internal error in liveapi; its report is in the error log of the process. What of the batch was done is not known";
    Error::new(ErrorKind::Internal, sentence)
}
