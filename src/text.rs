//! Text across the border: in as NUL-terminated UTF-8, out as malloc'ed copies or borrowed.

use std::cell::RefCell;
use std::ffi::{CStr, c_char};

use liveapi_core::api::{Error, ErrorKind};

/// What callers get when the library has a defect; static, because this path must not allocate.
pub(super) const INTERNAL: &CStr = c"{\"cpanelresult\":{\"apiversion\":2,\"error\":\"Internal error in liveapi; its report is in the error log of the process\",\"data\":[{\"reason\":\"Internal error in liveapi; its report is in the error log of the process\",\"result\":0}],\"event\":{\"result\":0,\"reason\":\"Internal error in liveapi; its report is in the error log of the process\"}}}";

/// What callers get when the process may get no memory; static as well.
pub(super) const NO_MEMORY: &CStr = c"{\"cpanelresult\":{\"apiversion\":2,\"error\":\"The process may get no more memory (RLIMIT_AS, RLIMIT_DATA: ulimit -v, ulimit -d); nothing was done\",\"data\":[{\"reason\":\"The process may get no more memory (RLIMIT_AS, RLIMIT_DATA: ulimit -v, ulimit -d); nothing was done\",\"result\":0}],\"event\":{\"result\":0,\"reason\":\"The process may get no more memory (RLIMIT_AS, RLIMIT_DATA: ulimit -v, ulimit -d); nothing was done\"}}}";
/// The sentence in it.
pub(super) const NO_MEMORY_SENTENCE: &CStr =
    c"The process may get no more memory (RLIMIT_AS, RLIMIT_DATA: ulimit -v, ulimit -d); nothing was done";

/// The answer where there is no memory, if there is as much as for that.
pub(super) fn no_memory() -> *mut c_char {
    owned(NO_MEMORY.to_bytes())
}

/// The answer where the library has a defect.
pub(super) fn internal() -> *mut c_char {
    owned(INTERNAL.to_bytes())
}

/// Reads an argument; `name` is its name in the header.
///
/// # Safety
/// `text` is null or points to a NUL-terminated text that stays unchanged for `'a`.
pub(super) unsafe fn read<'a>(text: *const c_char, name: &str) -> Result<&'a str, Error> {
    if text.is_null() {
        return Err(Error::new(
            ErrorKind::NullArgument,
            format!("The argument {name} is NULL; it must be a text"),
        ));
    }
    // SAFETY: not null, and NUL-terminated and unchanged by this function's own contract.
    let text = unsafe { CStr::from_ptr(text) };
    let bytes = text.to_bytes();
    if bytes.is_ascii() {
        // SAFETY: ASCII is UTF-8. Checked first because nearly every text is, and four times as fast.
        return Ok(unsafe { std::str::from_utf8_unchecked(bytes) });
    }
    std::str::from_utf8(bytes).map_err(|cause| {
        let at = cause.valid_up_to();
        Error::new(
            ErrorKind::BadUtf8,
            format!("The argument {name} is not UTF-8 (at byte {at}); encode it first"),
        )
    })
}

/// A malloc'ed copy, so that the caller's own free(3) is as right as `liveapi_free`; null only if
/// memory is exhausted.
pub(super) fn owned(bytes: &[u8]) -> *mut c_char {
    // SAFETY: malloc takes any size; the result is checked before use.
    let copy = unsafe { libc::malloc(bytes.len() + 1) }.cast::<u8>();
    if copy.is_null() {
        return std::ptr::null_mut();
    }
    // SAFETY: `copy` is fresh memory of one byte more than `bytes`, so they cannot overlap.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), copy, bytes.len()) };
    // SAFETY: the offset is the last byte of the allocation.
    let end = unsafe { copy.add(bytes.len()) };
    // SAFETY: `end` is inside the allocation, as just said.
    unsafe { end.write(0) };
    copy.cast()
}

thread_local! {
    /// The last borrowed answer of this thread. Never shared, so it needs no lock and a fork cannot break it.
    static ANSWER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Keeps the bytes, with a NUL behind them, until this thread's next borrowed answer.
pub(super) fn borrowed(mut bytes: Vec<u8>) -> *const c_char {
    bytes.push(0);
    let kept = ANSWER.try_with(|answer| {
        let mut answer = answer.borrow_mut();
        *answer = bytes;
        answer.as_ptr().cast()
    });
    // Refused only while the thread is being torn down.
    kept.unwrap_or(INTERNAL.as_ptr())
}
