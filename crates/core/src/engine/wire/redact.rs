//! A server's words in messages of ours: short, on one line, and without a secret in them.

use crate::api::{Arg, Call};

/// How much of them is repeated.
const REPEATED: usize = 200;
/// Shorter parameters are no secrets that a server's words could give away.
const SHORTEST_SECRET: usize = 4;

/// The parameters of a call that no message may hold.
pub(crate) fn secrets<'c>(call: &'c Call<'_>) -> impl Iterator<Item = &'c str> {
    call.args.effective().filter_map(|(_, value)| match value {
        Arg::Text(text) if text.len() >= SHORTEST_SECRET => Some(&**text),
        _ => None,
    })
}

/// Words as a part of a sentence; nothing where they hold a secret.
pub(crate) fn repeated(said: &str, secrets: &[&str]) -> String {
    let said: String = said.chars().map(|c| if c.is_control() { ' ' } else { c }).take(REPEATED).collect();
    let secret = secrets.iter().any(|secret| !secret.is_empty() && said.contains(secret));
    if secret || said.trim().is_empty() { String::new() } else { format!(": “{}”", said.trim()) }
}
