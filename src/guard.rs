//! No panic leaves the library: unwinding into C would abort the host, a PHP worker for example.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `body`; if it panics, returns what `failure` gives. The default panic hook has then printed
/// its report to the host's error log; the hook belongs to the host and is not replaced.
pub(super) fn guard<T>(failure: impl FnOnce() -> T, body: impl FnOnce() -> T) -> T {
    // Nothing that a panic could leave half-changed is shared: stores keep their state on disk.
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(value) => value,
        Err(payload) => {
            // Dropping a payload can panic again, this time outside any guard.
            std::mem::forget(payload);
            failure()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::guard;

    #[test]
    fn a_panic_becomes_the_failure_value() {
        struct Nasty;
        impl Drop for Nasty {
            fn drop(&mut self) {
                panic!("in drop");
            }
        }
        assert_eq!(guard(|| -1, || 1), 1);
        assert_eq!(guard(|| -1, || panic!("on purpose")), -1);
        assert_eq!(guard(|| -1, || std::panic::panic_any(Nasty)), -1);
    }
}
