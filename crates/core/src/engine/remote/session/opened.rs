//! A session that a login has opened: the token and cookie that calls carry afterwards.

use reqwest::header::{COOKIE, HeaderMap, HeaderValue};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::engine::remote::transport::exchange::HttpReply;
use crate::engine::wire::normalize::{self, Malformed};

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
}
