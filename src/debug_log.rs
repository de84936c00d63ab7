//! LiveAPI's debug log: `~/.cpanel/LiveAPI.log.RANDOM`, as cPanel's classes name it.
//!
//! Made when the first line is written, for this user alone; none where the home is another user's, or where the
//! environment, which names the home, counts for nothing. Values of parameters never get here: of a call the names
//! are logged, and in JSON that a script logs, whatever is named like a secret is masked.

use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI32, Ordering};

use liveapi_core::base::environment::Environment;
use liveapi_core::base::files::{PrivateLog, within_size_limit};
use liveapi_core::base::{clock, random};
use once_cell::race::OnceBox;
use serde_json::Value;

/// Members of an object whose values are secrets, also as a part of the name.
const SECRETS: [&str; 4] = ["pass", "secret", "token", "hash"];
/// Longest line that is written, in bytes.
const MAX_LINE: usize = 64 * 1024;

/// The log of one client.
#[derive(Debug, Default)]
pub(crate) struct DebugLog {
    level: AtomicI32,
    file: OnceBox<Option<PrivateLog>>,
}

impl DebugLog {
    /// Changes the level; 0 switches the log off.
    pub(crate) fn set_level(&self, level: i32) -> bool {
        let good = level >= 0;
        if good {
            self.level.store(level, Ordering::Relaxed);
        }
        good
    }

    /// How much is written; 0 is nothing.
    pub(crate) fn level(&self) -> i32 {
        self.level.load(Ordering::Relaxed)
    }

    /// The file, made now if it is not there; nothing if there is no place for one.
    pub(crate) fn path(&self) -> Option<PathBuf> {
        self.file().map(PrivateLog::path)
    }

    fn file(&self) -> Option<&PrivateLog> {
        self.file.get_or_init(|| Box::new(create())).as_ref()
    }

    /// Writes a message of a level of at least the log's to the file, and to standard error if asked; one of
    /// level 0 goes to standard error only. Whether anything was written.
    pub(crate) fn write(&self, level: i32, message: &str, to_standard_error: bool) -> bool {
        let line = line(message);
        let mut written = false;
        if to_standard_error {
            written |= within_size_limit(|| std::io::stderr().write_all(line.as_bytes())).is_ok();
        }
        let threshold = self.level();
        if threshold > 0 && level >= threshold {
            written |= self.file().is_some_and(|file| file.append(line.as_bytes()).is_ok());
        }
        written
    }

    /// The same for JSON, with secrets masked; text that is no JSON is not written, since nobody can tell
    /// what is in it.
    pub(crate) fn write_json(&self, text: &str) -> bool {
        let Ok(mut value) = serde_json::from_str::<Value>(text) else { return false };
        mask(&mut value);
        self.write(self.level(), &value.to_string(), false)
    }
}

/// One line, whatever the message holds.
fn line(message: &str) -> String {
    let seconds = clock::seconds();
    let mut end = message.len().min(MAX_LINE);
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    let message: String = message[..end].chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("[{seconds}] [{}] {message}\n", std::process::id())
}

fn create() -> Option<PrivateLog> {
    let home = Environment::now().path("HOME")?;
    let name = format!("LiveAPI.log.{:016x}", random::number().ok()?);
    PrivateLog::create(&home, ".cpanel", name).ok()
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| {
            let name = name.to_ascii_lowercase();
            if SECRETS.iter().any(|secret| name.contains(secret)) {
                *value = Value::String("(a secret)".to_owned());
            } else {
                mask(value);
            }
        }),
        Value::Array(items) => items.iter_mut().for_each(mask),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_like_a_secret_is_masked() {
        let mut value = serde_json::json!({"email":"u","password":"s3cret","args":[{"newpass":"s3cret","x":1}],
            "API_Token":["s3cret"]});
        mask(&mut value);
        let text = value.to_string();
        assert!(
            !text.contains("s3cret") && text.contains("\"email\":\"u\"") && text.contains("\"x\":1"),
            "{text}"
        );
    }

    #[test]
    fn a_message_is_one_line() {
        let line = line("a\nb\r[1] forged\u{0}é");
        assert_eq!(line.matches('\n').count(), 1);
        assert!(line.ends_with("a b [1] forged é\n"), "{line:?}");
        assert!(super::line(&"é".repeat(MAX_LINE)).len() < MAX_LINE + 64);
    }

    #[test]
    fn nothing_is_written_while_it_is_off() {
        let log = DebugLog::default();
        assert!(!log.write(5, "x", false) && !log.write_json("{}") && !log.set_level(-1));
        assert_eq!(log.level(), 0);
    }
}
