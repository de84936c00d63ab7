//! LiveAPI's debug log, for the methods `set_debug`, `debug_log` and their fellows.

use std::ffi::{c_char, c_int};

use super::client::LiveapiClient;
use super::guard::guard;
use super::room::guard_call;
use super::text;
use liveapi_core::api::Error;

/// Changes the level of a client's debug log; 0, at first, switches it off.
///
/// While it is on, each call is logged with the names of its parameters, never with their values.
///
/// Errors: returns 0 for a NULL client and a negative level, else 1.
/// Threads: any thread. Fork: parent and child go on with the same file.
/// Source: cPanel "Guide to the LiveAPI System", debugging.
/// Since: ABI revision 1.
///
/// Arguments: `client` is NULL or from `liveapi_client_new` and not released.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn liveapi_client_set_debug(client: *const LiveapiClient, level: c_int) -> c_int {
    // SAFETY: not null or alive, by this function's contract.
    let body = || unsafe { client.as_ref() }.is_some_and(|client| client.log().set_level(level)).into();
    guard(|| 0, body)
}

/// The level of a client's debug log; 0 while it is off, and for a NULL client.
///
/// Threads: any thread. Fork: safe before and after.
/// Since: ABI revision 1.
///
/// Arguments: `client` is NULL or from `liveapi_client_new` and not released.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn liveapi_client_debug_level(client: *const LiveapiClient) -> c_int {
    // SAFETY: not null or alive, by this function's contract.
    let body = || unsafe { client.as_ref() }.map_or(0, |client| client.log().level());
    guard(|| 0, body)
}

/// The path of a client's debug log, `~/.cpanel/LiveAPI.log.RANDOM`; made now if it is not there, for this
/// user alone.
///
/// Errors: the empty text for a NULL client, and where no such file can be made.
/// Ownership: borrowed, valid until this thread's next borrowed answer; never free it. Never NULL.
/// Threads: any thread. Fork: safe before and after.
/// Since: ABI revision 1.
///
/// Arguments: `client` is NULL or from `liveapi_client_new` and not released.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn liveapi_client_debug_file(client: *const LiveapiClient) -> *const c_char {
    let body = |room: Result<(), Error>| {
        // SAFETY: not null or alive, by this function's contract.
        let client = unsafe { client.as_ref() }.filter(|_| room.is_ok());
        let path = client.and_then(|client| client.log().path());
        text::borrowed(path.map(|path| path.display().to_string().into_bytes()).unwrap_or_default())
    };
    guard_call(|| c"".as_ptr(), || text::INTERNAL.as_ptr(), body)
}

/// Writes a line to a client's debug log, if the log is on and `level` is at least its level; with
/// `to_stderr` other than 0 also to standard error. A message of level 0 goes to standard error only.
///
/// Example:
///
///     struct LiveapiClient *client = liveapi_client_new("{}");
///     liveapi_client_set_debug(client, 1);
///     liveapi_client_debug_write(client, 1, "the page begins", 0);
///     printf("%d %s\n", liveapi_client_debug_level(client), liveapi_client_debug_file(client));
///     liveapi_client_free(client);
///
/// Errors: returns 1 if anything was written, else 0.
/// Threads: any thread. Fork: safe before and after; each line is one write.
/// Since: ABI revision 1.
///
/// Arguments: `client` is NULL or from `liveapi_client_new` and not released; `message` is NULL or a NUL-terminated
/// text that nobody changes during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn liveapi_client_debug_write(
    client: *const LiveapiClient,
    level: c_int,
    message: *const c_char,
    to_stderr: c_int,
) -> c_int {
    let body = |room: Result<(), Error>| {
        // SAFETY: the same contract as this function's own.
        let message = room.and(unsafe { text::read(message, "message") });
        // SAFETY: not null or alive, by this function's contract.
        match (unsafe { client.as_ref() }, message) {
            (Some(client), Ok(message)) => client.log().write(level, message, to_stderr != 0).into(),
            _ => 0,
        }
    };
    guard_call(|| 0, || 0, body)
}

/// Writes JSON to a client's debug log, if the log is on. Values of members that are named like secrets
/// (pass, secret, token, hash) are masked.
///
/// Errors: returns 1 if it was written, else 0, also for what is no JSON.
/// Threads: any thread. Fork: safe before and after; each line is one write.
/// Since: ABI revision 1.
///
/// Arguments: as `liveapi_client_debug_write`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn liveapi_client_debug_write_json(
    client: *const LiveapiClient,
    message: *const c_char,
) -> c_int {
    let body = |room: Result<(), Error>| {
        // SAFETY: the same contract as this function's own.
        let message = room.and(unsafe { text::read(message, "message") });
        // SAFETY: not null or alive, by this function's contract.
        match (unsafe { client.as_ref() }, message) {
            (Some(client), Ok(message)) => client.log().write_json(message).into(),
            _ => 0,
        }
    };
    guard_call(|| 0, || 0, body)
}
