//! The `key=value` words of the command line.
//!
//! Keys and values are percent-encoded, as cPanel's help demands: `%XX` is decoded, a `+` stays a `+`
//! (cPanel's own client never writes a blank as `+`, and base64 passwords hold it), and a broken
//! escape stays as it is, because half of all scripts do not encode. A value that begins with `@`
//! names a file. A repeated key makes a list.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use zeroize::{Zeroize, Zeroizing};

use super::read_limited::read_limited;
use liveapi_core::api::Args;
use liveapi_core::api::catalogue::Function;

/// Reads `key=value` words into arguments; complaints never hold a value, which may be a password.
pub(super) fn read(words: &[OsString], raw: bool, args: &mut Args<'_>) -> Result<(), String> {
    let mut pairs: Vec<(String, Vec<String>)> = Vec::with_capacity(words.len());
    for word in words {
        let (key, value) = read_word(word.clone(), raw)?;
        match pairs.iter_mut().find(|(known, _)| *known == key) {
            Some((_, values)) => values.push(value),
            None => pairs.push((key, vec![value])),
        }
    }
    for (key, mut values) in pairs {
        if values.len() > 1 {
            args.push_nested(key, serde_json::Value::from(values.clone()).to_string());
            values.zeroize();
        } else if let Some(value) = values.pop() {
            args.push_text(key, value);
        }
    }
    Ok(())
}

/// Reads API 1's words: values by position. cPanel's pages also show `key=value` for the same function, so
/// words that all begin with names of its parameters are named.
pub(super) fn read_positional(
    words: &[OsString],
    raw: bool,
    function: Option<&Function>,
    args: &mut Args<'_>,
) -> Result<(), String> {
    let names = |word: &OsString| {
        let key = word.as_bytes().split(|&byte| byte == b'=').next().unwrap_or_default();
        let params = function.map_or(&[][..], |function| function.params);
        key.len() < word.len() && params.iter().any(|param| param.name.as_bytes() == key)
    };
    if !words.is_empty() && words.iter().all(names) {
        return read(words, raw, args);
    }
    for (index, word) in words.iter().enumerate() {
        let bytes = Zeroizing::new(word.clone().into_vec());
        let value = text(&bytes, raw).map_err(|why| format!("The value number {} {why}", index + 1))?;
        args.push_positional(index, value);
    }
    Ok(())
}

fn read_word(word: OsString, raw: bool) -> Result<(String, String), String> {
    let bytes = Zeroizing::new(word.into_vec());
    let Some(at) = bytes.iter().position(|&byte| byte == b'=') else {
        return Err("A parameter has no “=”; write key=value (a value with blanks needs quotation marks of the shell)".to_owned());
    };
    let key = text(&bytes[..at], raw).map_err(|why| format!("A parameter's name {why}"))?;
    let value = match &bytes[at + 1..] {
        [b'@', path @ ..] if !raw => read_file(&key, path)?,
        value => text(value, raw).map_err(|why| format!("The value of {key} {why}"))?,
    };
    Ok((key, value))
}

fn text(bytes: &[u8], raw: bool) -> Result<String, &'static str> {
    let decoded = if raw { bytes.to_vec() } else { decode(bytes) };
    String::from_utf8(decoded).map_err(|broken| {
        broken.into_bytes().zeroize();
        "is not UTF-8; encode it as UTF-8, percent-encoded where needed"
    })
}

/// Decodes `%XX`; everything else stays.
fn decode(bytes: &[u8]) -> Vec<u8> {
    let hex = |at: usize| bytes.get(at).and_then(|&byte| char::from(byte).to_digit(16));
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (byte, hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(u8::try_from(high * 16 + low).unwrap_or(byte));
                at += 3;
            }
            _ => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    decoded
}

/// The content of a file without its last line feed, as it is.
fn read_file(key: &str, path: &[u8]) -> Result<String, String> {
    let complain = |why: String| {
        format!(
            "The value of {key} begins with @ and so names a file, but {why}. For a value that begins with @ write %40, or use --raw"
        )
    };
    let path = std::path::PathBuf::from(OsString::from_vec(decode(path)));
    let file = std::fs::File::open(path)
        .map_err(|cause| complain(format!("that cannot be read: {}", cause.kind())))?;
    let content = read_limited(file, "that").map_err(complain)?;
    Ok(content.strip_suffix('\n').unwrap_or(&content).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use liveapi_core::api::Arg;

    fn value(word: &str, raw: bool) -> Result<String, String> {
        let mut args = Args::default();
        read(&[word.into()], raw, &mut args)?;
        match args.get("k") {
            Some(Arg::Text(text)) => Ok(text.clone().into_owned()),
            other => Err(format!("{other:?}")),
        }
    }

    #[test]
    fn percent_is_decoded_and_plus_stays() {
        for (word, text) in [
            ("k=user%40example.com", "user@example.com"),
            ("%6b=a", "a"),
            ("k=a+b==", "a+b=="),
            ("k=100%", "100%"),
            ("k=%zz%4", "%zz%4"),
            ("k=%C3%A4", "ä"),
            ("k=ä", "ä"),
            ("k=%40x", "@x"),
            ("k=", ""),
        ] {
            assert_eq!(value(word, false).unwrap(), text, "{word}");
        }
        assert_eq!(value("k=%40@+", true).unwrap(), "%40@+");
        assert_eq!(value("k=@x", true).unwrap(), "@x");
    }

    #[test]
    fn a_file_is_read_without_its_last_line_feed() {
        let path = std::env::temp_dir().join(format!("liveapi-words-{}", std::process::id()));
        std::fs::write(&path, "p%41ss \n").unwrap();
        assert_eq!(value(&format!("k=@{}", path.display()), false).unwrap(), "p%41ss ");
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn complaints_hold_no_value() {
        for bad in ["s3cret", "k=@/nonexistent/s3cret", "k=s3cret%ff"] {
            let complaint = value(bad, false).unwrap_err();
            assert!(!complaint.contains("s3cret"), "{complaint}");
        }
    }

    #[test]
    fn a_repeated_key_is_a_list() {
        let mut args = Args::default();
        read(&["k=a".into(), "x=1".into(), "k=%22b".into()], false, &mut args).unwrap();
        assert!(matches!(args.get("k"), Some(Arg::Nested(json)) if json == r#"["a","\"b"]"#));
    }
}
