//! The three calls by their bare names, on the process's default client.

use std::ffi::{c_char, c_void};

use super::guard::guard;
use super::room::guard_call;
use super::{client, text};
use liveapi_core::api::Family;

/// Calls a function of cPanel API 2, e.g. `api2("Email", "passwdpop", "{\"domain\":\"example.com\",…}")`.
///
/// `params_json` is a JSON object of names and values; `[]` and `null` mean none. Texts, numbers,
/// booleans (1 and 0, for flags) and null (as good as absent) are values; a password, a domain or a name
/// that came as a fraction, a boolean, null or a number beyond 2^53 is refused. The answer is one line of JSON:
///
///     {"cpanelresult":{"apiversion":2,"func":"passwdpop","data":[{"reason":"","result":1}],"event":{"result":1},"module":"Email"}}
///
/// Done means `data[0].result` is 1 and there is no key `error`; then the change is on disk, was read
/// back, and holds the hash of the very bytes given. A refusal has `data[0].result` 0 and its reason
/// both in `error` and in `data[0].reason`, with `event.result` 1. A failure of the library has
/// `event.result` 0 as well, and so has a function that this store never does. An unknown function has
/// `error` only, neither `data` nor `event`. A list `warnings` names the parameters that the function ignored.
///
/// Example:
///
///     char *answer = api2("Email", "listpops", "{\"regex\":\"user\"}");
///     puts(answer);
///     liveapi_free(answer);
///
/// The first such call of a process reads the configuration (`LIVEAPI_URL`, `LIVEAPI_USER`,
/// `LIVEAPI_CONFIG`, …) and keeps it; for another one make a client with `liveapi_client_new`.
///
/// Errors: NULL, text that is not UTF-8, not JSON or not an object give an answer with `error`, as every
/// failure does; `liveapi_last_error_code` has its number. No answer holds a password.
/// Ownership: the answer is yours; release it with `liveapi_free` or free(3). The arguments are only
/// read during the call. Never NULL while memory lasts.
/// Threads: any thread, also at the same time. Fork: safe before and after; no thread is ever started.
/// Source: cPanel API 2 "Return Data" and "Email::passwdpop".
/// Since: ABI revision 1.
///
/// Arguments: Each argument is NULL or a NUL-terminated text that nobody changes during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn api2(
    module: *const c_char,
    func: *const c_char,
    params_json: *const c_char,
) -> *mut c_char {
    let body = |room| {
        // SAFETY: the same contract as this function's own.
        text::owned(&unsafe { client::answer(room, client::shared, Family::Api2, module, func, params_json) })
    };
    guard_call(text::no_memory, text::internal, body)
}

/// Calls a function of cPanel API 1, e.g. `api1("Email", "passwdpop", "[\"user\",\"12345luggage\",\"0\",\"example.com\"]")`.
///
/// `params_json` is a JSON list of the positional arguments, or an object of names. The answer:
///
///     {"apiversion":"1","type":"event","module":"Email","func":"passwdpop","source":"module","data":{"result":""},"event":{"result":1}}
///
/// `data.result` is what the function prints. A refusal or failure has `event.result` 0 and the reason in
/// `event.reason`, `error` and `data.result`.
///
/// Example:
///
///     char *answer = api1("Email", "getpopquota", "[\"user\",\"example.com\"]");
///     puts(answer);
///     liveapi_free(answer);
///
/// Errors, ownership, threads, fork: as `api2`.
/// Source: recorded answers; cPanel removed API 1 in version 88, scripts still call it.
/// Since: ABI revision 1.
///
/// Arguments: Each argument is NULL or a NUL-terminated text that nobody changes during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn api1(
    module: *const c_char,
    func: *const c_char,
    params_json: *const c_char,
) -> *mut c_char {
    let body = |room| {
        // SAFETY: the same contract as this function's own.
        text::owned(&unsafe { client::answer(room, client::shared, Family::Api1, module, func, params_json) })
    };
    guard_call(text::no_memory, text::internal, body)
}

/// Calls a function of UAPI, e.g. `uapi("Email", "passwd_pop", "{\"email\":\"user@example.com\",…}")`.
///
/// `params_json` as for `api2`. The answer:
///
///     {"apiversion":3,"func":"passwd_pop","module":"Email","result":{"status":1,"errors":null,"warnings":null,"messages":null,"metadata":{},"data":null}}
///
/// Done means `result.status` is 1; else `result.errors[0]` says why. `warnings` names what the mailbox's
/// owner should know although the call succeeded, e.g. that its login stays suspended.
///
/// Example:
///
///     char *answer = uapi("Email", "list_pops", "{}");
///     puts(answer);
///     liveapi_free(answer);
///
/// Errors, ownership, threads, fork: as `api2`.
/// Source: cPanel UAPI "Introduction to UAPI".
/// Since: ABI revision 1.
///
/// Arguments: Each argument is NULL or a NUL-terminated text that nobody changes during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uapi(
    module: *const c_char,
    func: *const c_char,
    params_json: *const c_char,
) -> *mut c_char {
    let body = |room| {
        // SAFETY: the same contract as this function's own.
        text::owned(&unsafe { client::answer(room, client::shared, Family::Uapi, module, func, params_json) })
    };
    guard_call(text::no_memory, text::internal, body)
}

/// Releases an answer of `api1`, `api2`, `uapi` or `liveapi_client_call`.
///
/// NULL is fine and does nothing. free(3) does the same.
///
/// Threads: any thread, also another than the one that called. Fork: safe before and after.
/// Since: ABI revision 1.
///
/// Arguments: `answer` is NULL or an owned answer that was not released before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn liveapi_free(answer: *mut c_char) {
    // SAFETY: owned answers come from malloc, and free takes NULL.
    guard(|| (), || unsafe { libc::free(answer.cast::<c_void>()) });
}
