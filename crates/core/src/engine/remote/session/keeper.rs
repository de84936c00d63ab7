//! Sessions: a login by password, and the token and cookie that calls carry afterwards.
//!
//! A session is bound to its cookie and not to a connection, so forked children go on with their parent's. One
//! call logs in and the others wait for it: eight wrong passwords at once would be a lock-out. They wait in a lock of
//! the runtime, because several calls of a batch share one thread.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::{COOKIE, HeaderMap, HeaderValue};
use serde_json::Value;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use crate::api::Error;
use crate::engine::remote::transport::exchange::HttpReply;
use crate::engine::wire::normalize::{self, Malformed};

/// How long a refused login is not tried again, so that a loop of calls does not lock the account.
const PAUSE: Duration = Duration::from_secs(300);
/// Longest cookie that is kept, in bytes; cPanel's have about 80.
const MAX_COOKIE_BYTES: usize = 4096;

/// A session that the server has opened.
pub(crate) struct Session {
    /// `cpsess` and digits, the first part of each path.
    pub(crate) token: String,
    /// The header that carries the cookie.
    pub(crate) headers: HeaderMap,
    /// The cookie, so that no message repeats it.
    pub(crate) cookie: Zeroizing<String>,
}

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

impl Session {
    /// Reads the answer to a login: a token in the text or, from old servers, in the address of a redirect, and
    /// a cookie.
    pub(crate) fn of_reply(reply: &HttpReply) -> Result<Self, Malformed> {
        let text = String::from_utf8_lossy(&reply.body);
        let said: Option<Value> = serde_json::from_str(&text).ok();
        let token = match &said {
            Some(said) if is_one(&said["status"]) => said["security_token"].as_str(),
            Some(_) => return Err(normalize::said(&text).map_or(Malformed::Strange, Malformed::Said)),
            None => reply.location.as_deref().and_then(|location| location.split(['?', '#']).next()),
        };
        let token = token.and_then(token_in).ok_or(if said.is_some() {
            Malformed::Strange
        } else {
            Malformed::NotJson
        })?;
        let cookie = cookie(&reply.cookies).ok_or(Malformed::Strange)?;
        let mut value = HeaderValue::from_str(&cookie).map_err(|_| Malformed::Strange)?;
        value.set_sensitive(true);
        Ok(Self { token: token.to_owned(), headers: HeaderMap::from_iter([(COOKIE, value)]), cookie })
    }
}

fn is_one(status: &Value) -> bool {
    *status == 1 || *status == "1"
}

/// The part of a path that is a session's token.
fn token_in(path: &str) -> Option<&str> {
    path.split('/').find(|part| {
        part.strip_prefix("cpsess").is_some_and(|digits| {
            !digits.is_empty() && digits.len() <= 32 && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
    })
}

/// What the server set, as it wants it back.
fn cookie(set: &[String]) -> Option<Zeroizing<String>> {
    let pairs = set.iter().filter_map(|cookie| {
        let pair = cookie.split(';').next()?.trim();
        let (name, value) = pair.split_once('=')?;
        let plain = pair.bytes().all(|byte| byte.is_ascii_graphic());
        (plain && !name.is_empty() && !matches!(value, "" | "closed" | "expired")).then_some(pair)
    });
    let joined = Zeroizing::new(pairs.collect::<Vec<_>>().join("; "));
    (!joined.is_empty() && joined.len() <= MAX_COOKIE_BYTES).then_some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ErrorKind;

    fn read(body: &str, location: Option<&str>, cookies: &[&str]) -> Result<(String, String), Malformed> {
        let reply = HttpReply {
            status: 200,
            body: body.into(),
            location: location.map(str::to_owned),
            retry_after: None,
            cookies: cookies.iter().map(|&cookie| cookie.to_owned()).collect(),
        };
        Session::of_reply(&reply).map(|session| (session.token.clone(), session.cookie.to_string()))
    }

    const COOKIE: &str = "cpsession=johnny%3a3KCfM88PHoZ4MoUf%2ce95011e2; HttpOnly; path=/; secure";

    #[test]
    fn token_and_cookie_of_both_recorded_answers() {
        let kept =
            Ok(("cpsess5542387976".to_owned(), "cpsession=johnny%3a3KCfM88PHoZ4MoUf%2ce95011e2".to_owned()));
        let said = r#"{"status":1,"redirect":"/cpsess5542387976/frontend/x3/index.html?post_login=26386455459312","security_token":"/cpsess5542387976"}"#;
        assert_eq!(read(said, None, &[COOKIE, "old=expired", "empty=; path=/"]), kept);
        assert_eq!(read("<html>", Some("/cpsess5542387976/frontend/index.html?x=1"), &[COOKIE]), kept);
    }

    #[test]
    fn what_is_no_session_is_none() {
        let said = r#"{"status":1,"security_token":"/cpsess5542387976"}"#;
        assert_eq!(
            read(r#"{"status":0,"message":"invalid_login"}"#, None, &[COOKIE]),
            Err(Malformed::Said("invalid_login".into()))
        );
        assert_eq!(read(said, None, &[]), Err(Malformed::Strange));
        assert_eq!(read("<html>", None, &[COOKIE]), Err(Malformed::NotJson));
        for token in ["", "/cpsess", "/cpsess12x", "/../etc", "cpsess1@evil"] {
            let said = format!(r#"{{"status":1,"security_token":"{token}"}}"#);
            assert_eq!(read(&said, None, &[COOKIE]), Err(Malformed::Strange), "{token}");
        }
    }

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
