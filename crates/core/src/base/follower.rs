//! Where a thread waits while another one does its work for it: leader and followers.
//!
//! A leader does what several threads wait for, tells each what came of it, and hands the lead on to one that still
//! waits. Nobody waits for a timer.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The news for a thread that waits.
#[derive(Debug)]
pub(crate) enum News<L, D> {
    /// It is this thread's turn to lead, with what it takes for that.
    Lead(L),
    /// What came of its own work.
    Done(D),
}

/// Where one thread waits for its news.
#[derive(Debug)]
pub(crate) struct Follower<L, D> {
    news: Mutex<Option<News<L, D>>>,
    changed: Condvar,
}

impl<L, D> Default for Follower<L, D> {
    fn default() -> Self {
        Self { news: Mutex::default(), changed: Condvar::default() }
    }
}

impl<L, D> Follower<L, D> {
    pub(crate) fn tell(&self, news: News<L, D>) {
        *self.news() = Some(news);
        self.changed.notify_one();
    }

    /// The news, once there are some.
    pub(crate) fn wait(&self) -> News<L, D> {
        let mut news = self.news();
        loop {
            if let Some(news) = news.take() {
                return news;
            }
            news = self.changed.wait(news).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn news(&self) -> MutexGuard<'_, Option<News<L, D>>> {
        // Whole after every statement that could fail.
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_hears_what_was_said_before_and_while_it_waits() {
        let follower = Follower::<(), u8>::default();
        follower.tell(News::Done(1));
        assert!(matches!(follower.wait(), News::Done(1)));
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| (follower.wait(), follower.wait()));
            follower.tell(News::Lead(()));
            // Heard by one wait each: the second news is told once the first was taken.
            while follower.news().is_some() {
                std::thread::yield_now();
            }
            follower.tell(News::Done(2));
            assert!(matches!(waits.join().unwrap(), (News::Lead(()), News::Done(2))));
        });
    }
}
