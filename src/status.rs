//! What went wrong, by number and in words.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char};

use super::guard::guard;
use super::text::NO_MEMORY_SENTENCE;
use liveapi_core::api::{Error, ErrorKind};

/// Kinds of failure. The numbers never change.
///
/// A function that refuses ("no such mailbox") is not a failure: its answer says why.
#[allow(non_camel_case_types, clippy::upper_case_acronyms)]
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiveapiStatus {
    /// No failure.
    LIVEAPI_OK = 0,
    /// An argument was NULL where a text is required.
    LIVEAPI_NULL_ARGUMENT = 1,
    /// A text was not UTF-8.
    LIVEAPI_BAD_UTF8 = 2,
    /// A text was not JSON.
    LIVEAPI_BAD_JSON = 3,
    /// The JSON was not an object, or too long.
    LIVEAPI_BAD_PARAMS = 4,
    /// The number of an API family is not one of `LiveapiFamily`.
    LIVEAPI_BAD_FAMILY = 5,
    /// The configuration (URL, environment, file, options) is wrong.
    LIVEAPI_CONFIG = 20,
    /// The account that the call is for is not known to the store.
    LIVEAPI_UNKNOWN_ACCOUNT = 21,
    /// Disk or quota is full; nothing was changed.
    LIVEAPI_STORE_FULL = 40,
    /// The file or its folder cannot be written; nothing was changed.
    LIVEAPI_NOT_WRITABLE = 41,
    /// A link or a foreign owner stands where a file of the account should be; nothing was changed.
    LIVEAPI_UNSAFE = 42,
    /// Another writer holds the lock; try again. Nothing was changed.
    LIVEAPI_BUSY = 43,
    /// Reading or writing failed otherwise; nothing was changed unless the message says so.
    LIVEAPI_STORE_IO = 44,
    /// The change was written but could not be confirmed; repeat the call.
    LIVEAPI_NOT_VERIFIED = 45,
    /// A limit of the process or the machine is reached (size of files, open files, memory); the message names it.
    /// Nothing was changed unless the message says so.
    LIVEAPI_LIMIT = 46,
    /// The server cannot be reached; the call was not made unless the message says so.
    LIVEAPI_UNREACHABLE = 60,
    /// The connection cannot be secured, or the server is not the trusted one; the call was not made.
    LIVEAPI_TLS = 61,
    /// The server did not answer in time; the call was not made, or does no harm if it is repeated.
    LIVEAPI_TIMEOUT = 62,
    /// The server refuses the login, or what it may do; do not try again with the same one.
    LIVEAPI_AUTHENTICATION = 63,
    /// What the server sent is no answer to the call.
    LIVEAPI_BAD_ANSWER = 64,
    /// The call was sent and no answer came: whether it was done is not known. Look before you repeat it.
    LIVEAPI_OUTCOME_UNKNOWN = 65,
    /// The batch ended before this call; it was not made.
    LIVEAPI_STOPPED = 70,
    /// A defect of the library.
    LIVEAPI_INTERNAL = 90,
}

impl From<ErrorKind> for LiveapiStatus {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::NullArgument => Self::LIVEAPI_NULL_ARGUMENT,
            ErrorKind::BadUtf8 => Self::LIVEAPI_BAD_UTF8,
            ErrorKind::BadJson => Self::LIVEAPI_BAD_JSON,
            ErrorKind::BadParams => Self::LIVEAPI_BAD_PARAMS,
            ErrorKind::BadFamily => Self::LIVEAPI_BAD_FAMILY,
            ErrorKind::Config => Self::LIVEAPI_CONFIG,
            ErrorKind::UnknownAccount => Self::LIVEAPI_UNKNOWN_ACCOUNT,
            ErrorKind::StoreFull => Self::LIVEAPI_STORE_FULL,
            ErrorKind::NotWritable => Self::LIVEAPI_NOT_WRITABLE,
            ErrorKind::Unsafe => Self::LIVEAPI_UNSAFE,
            ErrorKind::Busy => Self::LIVEAPI_BUSY,
            ErrorKind::StoreIo => Self::LIVEAPI_STORE_IO,
            ErrorKind::NotVerified => Self::LIVEAPI_NOT_VERIFIED,
            ErrorKind::Limit => Self::LIVEAPI_LIMIT,
            ErrorKind::Unreachable => Self::LIVEAPI_UNREACHABLE,
            ErrorKind::Tls => Self::LIVEAPI_TLS,
            ErrorKind::Timeout => Self::LIVEAPI_TIMEOUT,
            ErrorKind::Authentication => Self::LIVEAPI_AUTHENTICATION,
            ErrorKind::BadAnswer => Self::LIVEAPI_BAD_ANSWER,
            ErrorKind::OutcomeUnknown => Self::LIVEAPI_OUTCOME_UNKNOWN,
            ErrorKind::Stopped => Self::LIVEAPI_STOPPED,
            ErrorKind::Internal => Self::LIVEAPI_INTERNAL,
        }
    }
}

/// The outcome of a thread's last call.
struct Last {
    status: LiveapiStatus,
    message: Cow<'static, CStr>,
}

thread_local! {
    static LAST: RefCell<Last> = const { RefCell::new(Last { status: LiveapiStatus::LIVEAPI_OK, message: Cow::Borrowed(c"") }) };
}

/// Remembers how this thread's call ended.
pub(super) fn remember(error: Option<&Error>) {
    // Refused only while the thread is being torn down; nobody asks any more then.
    let _ = LAST.try_with(|last| {
        let mut last = last.borrow_mut();
        if let Some(error) = error {
            last.status = error.kind().into();
            last.message = CString::new(error.to_string().replace('\0', "")).unwrap_or_default().into();
        } else if last.status != LiveapiStatus::LIVEAPI_OK {
            *last = Last { status: LiveapiStatus::LIVEAPI_OK, message: Cow::Borrowed(c"") };
        }
    });
}

/// Remembers that there was no memory even to say so.
pub(super) fn remember_no_memory() {
    let message = Cow::Borrowed(NO_MEMORY_SENTENCE);
    let _ = LAST.try_with(|last| *last.borrow_mut() = Last { status: LiveapiStatus::LIVEAPI_LIMIT, message });
}

/// Tells whether the calling thread's last call failed, and how.
///
/// Set by `api1`, `api2`, `uapi` and every `liveapi_client_…` function but `liveapi_client_free`. A
/// call that was answered, also by a refusal, leaves `LIVEAPI_OK`.
///
/// Example:
///
///     char *answer = uapi("Email", "list_pops", "{}");
///     if (liveapi_last_error_code() != LIVEAPI_OK) {
///         fprintf(stderr, "%s\n", liveapi_last_error_message());
///     }
///     liveapi_free(answer);
///
/// Threads: any thread; each has its own. Fork: safe before and after.
/// Since: ABI revision 1.
#[unsafe(no_mangle)]
pub extern "C" fn liveapi_last_error_code() -> LiveapiStatus {
    guard(
        || LiveapiStatus::LIVEAPI_INTERNAL,
        || LAST.try_with(|last| last.borrow().status).unwrap_or(LiveapiStatus::LIVEAPI_INTERNAL),
    )
}

/// Returns the sentence for the calling thread's last failure; empty if there was none.
///
/// It names what was tried, on what, why it failed and what to do, and never holds a password.
///
/// Ownership: borrowed, valid until the thread's next call; never free it. Never NULL.
/// Threads: any thread; each has its own. Fork: safe before and after.
/// Since: ABI revision 1.
#[unsafe(no_mangle)]
pub extern "C" fn liveapi_last_error_message() -> *const c_char {
    guard(|| c"".as_ptr(), || LAST.try_with(|last| last.borrow().message.as_ptr()).unwrap_or(c"".as_ptr()))
}
