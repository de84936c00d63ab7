//! Work that waits for others' without needing a processor, told to whoever shares out the threads.

use std::cell::RefCell;

type Hook = Box<dyn FnOnce()>;

thread_local! {
    /// What is to be done when the work of this thread begins to wait.
    static HOOK: RefCell<Option<Hook>> = const { RefCell::new(None) };
}

/// Ends the telling also if the work panics.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        let hook = HOOK.with_borrow_mut(Option::take);
        drop(hook);
    }
}

/// Does work, and tells the first time that it waits for others'.
pub fn told<T>(hook: impl FnOnce() + 'static, work: impl FnOnce() -> T) -> T {
    let _end = End;
    HOOK.set(Some(Box::new(hook)));
    work()
}

/// The work of this thread has computed what it needs, and from now on mostly waits.
pub(crate) fn begins() {
    if let Some(hook) = HOOK.with_borrow_mut(Option::take) {
        hook();
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use super::*;

    #[test]
    fn waiting_is_told_once_and_to_nobody_after_the_work() {
        let times = Rc::new(Cell::new(0));
        let count = || {
            let times = Rc::clone(&times);
            move || times.set(times.get() + 1)
        };
        begins();
        told(count(), || (begins(), begins()));
        assert_eq!((times.get(), Rc::strong_count(&times)), (1, 1));
        told(count(), || ());
        begins();
        assert_eq!((times.get(), Rc::strong_count(&times)), (1, 1));
    }
}
