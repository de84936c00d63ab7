//! The one session of a process: who logs in, who waits, and when a refused login is tried again.
//!
//! A session is bound to its cookie and not to a connection, so forked children go on with their parent's. One
//! call logs in and the others wait for it: eight wrong passwords at once would be a lock-out. They wait in a lock of
//! the runtime, because several calls of a batch share one thread.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::api::Error;
use crate::engine::remote::session::opened::Session;

/// How long a refused login is not tried again, so that a loop of calls does not lock the account.
const PAUSE: Duration = Duration::from_secs(300);
/// The session of one process, if it has one.
#[derive(Default)]
pub(crate) struct SessionKeeper(Mutex<SessionState>);

#[derive(Clone, Default)]
enum SessionState {
    #[default]
    None,
    Open(Arc<Session>),
    /// The server said no; when, and in which words.
    Refused(Instant, Error),
}

/// What became of a login.
pub(crate) enum LoginFailure {
    /// The server said no. It is not asked again for a while.
    Refused(Error),
    /// Nobody said anything about the password.
    Otherwise(Error),
}

impl SessionKeeper {
    /// A child's, which goes on with its parent's session. If another thread was at it during the fork, the child
    /// begins without one.
    pub(crate) fn of_child(parent: &Self) -> Self {
        Self(Mutex::new(parent.0.try_lock().map(|state| state.clone()).unwrap_or_default()))
    }

    /// The session, and whether it was opened just now. `stale` is one that the server no longer knows.
    pub(crate) async fn session(
        &self,
        stale: Option<&Arc<Session>>,
        log_in: impl AsyncFnOnce() -> Result<Session, LoginFailure>,
    ) -> Result<(Arc<Session>, bool), Error> {
        let mut state = self.0.lock().await;
        match &*state {
            SessionState::Open(session) if stale.is_none_or(|stale| !Arc::ptr_eq(stale, session)) => {
                return Ok((Arc::clone(session), false));
            }
            SessionState::Refused(when, error) if when.elapsed() < PAUSE => {
                let sentence = format!(
                    "{error}. That was so {} seconds ago; the login is not tried again before {} have gone by, in a process that goes on",
                    when.elapsed().as_secs(),
                    PAUSE.as_secs()
                );
                return Err(Error::new(error.kind(), sentence));
            }
            SessionState::None | SessionState::Open(_) | SessionState::Refused(..) => {}
        }
        match log_in().await {
            Ok(session) => {
                let session = Arc::new(session);
                *state = SessionState::Open(Arc::clone(&session));
                Ok((session, true))
            }
            Err(LoginFailure::Refused(error)) => {
                *state = SessionState::Refused(Instant::now(), error.clone());
                Err(error)
            }
            Err(LoginFailure::Otherwise(error)) => {
                *state = SessionState::None;
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;
    use zeroize::Zeroizing;

    use super::*;
    use crate::api::ErrorKind;

    fn session() -> Session {
        Session { token: "cpsess1".into(), headers: HeaderMap::new(), cookie: Zeroizing::default() }
    }

    type Opened = Result<(Arc<Session>, bool), Error>;

    fn ask(
        keeper: &SessionKeeper,
        stale: Option<&Arc<Session>>,
        log_in: fn() -> Result<Session, LoginFailure>,
    ) -> Opened {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(keeper.session(stale, async || log_in()))
    }

    #[test]
    fn one_login_serves_until_it_is_stale_and_a_refused_one_is_not_repeated() {
        let keeper = SessionKeeper::default();
        let (first, new) = ask(&keeper, None, || Ok(session())).unwrap();
        assert!(new);
        let unasked = || panic!("no login is needed");
        let (same, new) = ask(&keeper, None, unasked).unwrap();
        assert!(!new && Arc::ptr_eq(&first, &same));
        let (second, new) = ask(&keeper, Some(&first), || Ok(session())).unwrap();
        assert!(new);
        // Another call has seen that the first one is stale, too, and comes later.
        let (same, new) = ask(&keeper, Some(&first), unasked).unwrap();
        assert!(!new && Arc::ptr_eq(&second, &same));
        let child = SessionKeeper::of_child(&keeper);
        assert!(Arc::ptr_eq(&ask(&child, None, unasked).unwrap().0, &second));
        let no = || Err(LoginFailure::Refused(Error::new(ErrorKind::Authentication, "No")));
        assert!(ask(&keeper, Some(&second), no).is_err());
        let why = ask(&keeper, None, unasked).map(drop).unwrap_err();
        assert!(
            why.kind() == ErrorKind::Authentication && why.to_string().contains("not tried again"),
            "{why}"
        );
        let lost = || Err(LoginFailure::Otherwise(Error::new(ErrorKind::Timeout, "Late")));
        assert!(ask(&child, Some(&second), lost).is_err() && ask(&child, None, || Ok(session())).is_ok());
    }

    #[test]
    fn calls_of_one_thread_wait_for_one_login() {
        let keeper = SessionKeeper::default();
        let logins = std::cell::Cell::new(0);
        let log_in = async || {
            logins.set(logins.get() + 1);
            tokio::task::yield_now().await;
            Ok(session())
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let first = keeper.session(None, log_in);
        let second = keeper.session(None, log_in);
        let (first, second) = runtime.block_on(async {
            let (mut first, mut second) = (std::pin::pin!(first), std::pin::pin!(second));
            let begun = std::future::poll_fn(|context| std::task::Poll::Ready(first.as_mut().poll(context)));
            assert!(begun.await.is_pending());
            let begun = std::future::poll_fn(|context| std::task::Poll::Ready(second.as_mut().poll(context)));
            assert!(begun.await.is_pending());
            (first.await.unwrap(), second.await.unwrap())
        });
        assert!(first.1 && !second.1 && Arc::ptr_eq(&first.0, &second.0) && logins.get() == 1);
    }

    #[test]
    fn a_child_of_a_busy_process_begins_without_a_session() {
        let keeper = SessionKeeper::default();
        ask(&keeper, None, || Ok(session())).unwrap();
        let held = keeper.0.try_lock().unwrap();
        let child = SessionKeeper::of_child(&keeper);
        drop(held);
        assert!(ask(&child, None, || Ok(session())).unwrap().1);
    }
}
