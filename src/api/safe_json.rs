//! JSON text that is safe in every frame it travels in.
//!
//! An answer may end up inside `<cpanelresult>…</cpanelresult>` on the LiveAPI socket, be fed to an
//! XML parser by an old client, or be searched for `<html>`. So `<`, `>` and `&` are written as
//! `\u003c`, `\u003e`, `\u0026`, which every JSON parser reads back as the same text; an address or a
//! reason that holds `</cpanelresult>` can then never end a frame early.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;

/// Compact JSON with `<`, `>` and `&` escaped; everything beyond ASCII stays raw UTF-8, as cPanel sends it.
pub(super) fn to_vec(value: &impl Serialize) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, FrameSafe);
    // Our types have text keys and no failing serializers, and a Vec takes every write.
    if value.serialize(&mut serializer).is_err() {
        out.clear();
    }
    out
}

struct FrameSafe;

impl Formatter for FrameSafe {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(['<', '>', '&']) {
            out.write_all(&rest.as_bytes()[..at])?;
            out.write_all(match rest.as_bytes()[at] {
                b'<' => b"\\u003c",
                b'>' => b"\\u003e",
                _ => b"\\u0026",
            })?;
            rest = &rest[at + 1..];
        }
        out.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::to_vec;

    #[test]
    fn angle_brackets_and_ampersands_are_escaped_and_read_back() {
        let value = serde_json::json!({"<k>": "a</cpanelresult>&\"é\u{a0}"});
        let text = String::from_utf8(to_vec(&value)).unwrap();
        assert_eq!(text, "{\"\\u003ck\\u003e\":\"a\\u003c/cpanelresult\\u003e\\u0026\\\"é\u{a0}\"}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
