//! Writes answers as JSON text that is safe in every frame it travels in.
//!
//! An answer may end up inside `<cpanelresult>…</cpanelresult>` on the LiveAPI socket, be fed to an
//! XML parser by an old client, or be searched for `<html>`. So `<`, `>` and `&` are written as
//! `\u003c`, `\u003e`, `\u0026`, which every JSON parser reads back as the same text; an address or a
//! reason that holds `</cpanelresult>` can then never end a frame early. Everything beyond ASCII stays
//! raw UTF-8, as cPanel sends it.
//!
//! The shapes are few and fixed, so their frames are written as they stand; going through serde for
//! each key costs more than the rest of a short call.

use super::{Data, Field, ManyRows, Row};

/// An answer while it is written, piece by piece.
pub(super) struct JsonWriter {
    bytes: Vec<u8>,
    /// Whether the rows of a long list are left out, to be written later.
    leaves_gap: bool,
    /// Where they belong.
    gap: Option<usize>,
}

impl JsonWriter {
    /// An answer with nothing in it, with room for a short one.
    pub(super) fn new() -> Self {
        Self::with_room(256)
    }

    /// An answer that is JSON already, on one line and as safe in frames as one of ours.
    ///
    /// `<`, `>` and `&` stand only within texts there, and line ends only between them, so neither needs parsing.
    pub(super) fn of_json(json: String) -> Vec<u8> {
        let mut bytes = json.into_bytes();
        // Most hold none of them, and long ones are not copied for nothing.
        if memchr::memchr3(b'<', b'>', b'&', &bytes).is_some() {
            bytes = Self::framed(&bytes);
        }
        let mut from = 0;
        while let Some(found) = memchr::memchr2(b'\n', b'\r', &bytes[from..]) {
            bytes[from + found] = b' ';
            from += found + 1;
        }
        bytes
    }

    /// JSON with what frames are made of escaped.
    fn framed(json: &[u8]) -> Vec<u8> {
        let mut out = Self::with_room(json.len() + 64);
        let mut from = 0;
        for at in memchr::memchr3_iter(b'<', b'>', b'&', json) {
            out.bytes.extend_from_slice(&json[from..at]);
            out.escape(json[at]);
            from = at + 1;
        }
        out.bytes.extend_from_slice(&json[from..]);
        out.bytes
    }

    /// An answer that leaves out the rows of a long list.
    pub(super) fn with_gap() -> Self {
        Self { leaves_gap: true, ..Self::new() }
    }

    fn with_room(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), leaves_gap: false, gap: None }
    }

    /// One that goes on behind these bytes.
    pub(super) fn after(bytes: Vec<u8>) -> Self {
        Self { bytes, leaves_gap: false, gap: None }
    }

    /// How long it is so far, in bytes.
    pub(super) fn length(&self) -> usize {
        self.bytes.len()
    }

    /// How long a row is, in bytes; what was written before is forgotten.
    pub(super) fn length_of(&mut self, row: &Row) -> usize {
        self.bytes.clear();
        self.row(row);
        self.bytes.len()
    }

    /// What stands before and behind the rows that were left out, if there are any.
    pub(super) fn around_gap(mut self) -> Option<[Vec<u8>; 2]> {
        let behind = self.bytes.split_off(self.gap?);
        Some([self.bytes, behind])
    }

    /// The answer's bytes, once all of it is written.
    pub(super) fn finish(self) -> Vec<u8> {
        self.bytes
    }

    /// Adds a part of the frame: JSON as it stands.
    pub(super) fn frame(&mut self, json: &str) -> &mut Self {
        self.bytes.extend_from_slice(json.as_bytes());
        self
    }

    /// Adds a text with its quotation marks.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.joined(&[text])
    }

    /// Adds one text made of several.
    pub(super) fn joined(&mut self, parts: &[&str]) -> &mut Self {
        self.bytes.push(b'"');
        for part in parts {
            self.escaped(part.as_bytes());
        }
        self.bytes.push(b'"');
        self
    }

    fn escaped(&mut self, mut bytes: &[u8]) {
        while let Some(at) = bytes.iter().position(|&byte| ESCAPED[usize::from(byte)]) {
            self.bytes.extend_from_slice(&bytes[..at]);
            self.escape(bytes[at]);
            bytes = &bytes[at + 1..];
        }
        self.bytes.extend_from_slice(bytes);
    }

    fn escape(&mut self, byte: u8) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        match byte {
            b'"' | b'\\' => self.bytes.extend_from_slice(&[b'\\', byte]),
            b'\n' => self.bytes.extend_from_slice(b"\\n"),
            _ => {
                let (high, low) = (HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]);
                self.bytes.extend_from_slice(&[b'\\', b'u', b'0', b'0', high, low]);
            }
        }
    }

    /// Adds a number, without the detour of a text of its own.
    pub(super) fn int(&mut self, number: i64) -> &mut Self {
        // The longest is -9223372036854775808.
        let (mut digits, mut at, mut rest) = ([0u8; 20], 20, number.unsigned_abs());
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if number < 0 {
            at -= 1;
            digits[at] = b'-';
        }
        self.bytes.extend_from_slice(&digits[at..]);
        self
    }

    /// Adds what a function returned, in the JSON of its kind.
    pub(super) fn data(&mut self, data: &Data) -> &mut Self {
        match data {
            Data::Nothing => self.frame("null"),
            Data::Int(number) => self.int(*number),
            Data::Text(text) => self.text(text),
            Data::Object(row) => self.row(row),
            Data::Rows(rows) => self.rows(rows),
            Data::Many(rows) => self.many(rows),
            Data::Texts(texts) => self.texts(texts),
        }
    }

    /// Adds a list of texts.
    pub(super) fn texts(&mut self, texts: &[String]) -> &mut Self {
        self.list(texts, |writer, text| {
            writer.text(text);
        })
    }

    /// Adds the rows of a long list, or leaves a gap where they belong.
    fn many(&mut self, rows: &ManyRows) -> &mut Self {
        if self.leaves_gap {
            self.gap = Some(self.bytes.len());
            return self;
        }
        self.frame("[");
        for (index, row) in rows.iter().enumerate() {
            if index > 0 {
                self.frame(",");
            }
            self.row(&row);
        }
        self.frame("]")
    }

    fn rows(&mut self, rows: &[Row]) -> &mut Self {
        self.list(rows, |writer, row| {
            writer.row(row);
        })
    }

    fn list<T>(&mut self, items: &[T], write: impl Fn(&mut Self, &T)) -> &mut Self {
        self.frame("[");
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.frame(",");
            }
            write(self, item);
        }
        self.frame("]")
    }

    /// Adds an object.
    pub(super) fn row(&mut self, row: &Row) -> &mut Self {
        self.frame("{").members(row).frame("}")
    }

    /// Adds the members of an object, without its braces.
    pub(super) fn members(&mut self, row: &Row) -> &mut Self {
        for (index, (name, field)) in row.0.iter().enumerate() {
            if index > 0 {
                self.frame(",");
            }
            self.member(name, field);
        }
        self
    }

    /// Adds one member of an object.
    pub(super) fn member(&mut self, name: &str, field: &Field) -> &mut Self {
        self.text(name).frame(":");
        match field {
            Field::Null => self.frame("null"),
            Field::Int(number) => self.int(*number),
            Field::Text(text) => self.text(text),
            Field::Float(number) => self.frame(&number.to_string()),
            Field::Rows(rows) => self.rows(rows),
            Field::Object(row) => self.row(row),
            Field::Texts(texts) => self.texts(texts),
            Field::Named(rows) => self.named(rows),
        }
    }

    fn named(&mut self, rows: &[(String, Row)]) -> &mut Self {
        self.frame("{");
        for (index, (name, row)) in rows.iter().enumerate() {
            self.frame(if index > 0 { "," } else { "" }).text(name).frame(":").row(row);
        }
        self.frame("}")
    }
}

/// Bytes that a text cannot hold as they are: JSON's own, and those that frames are made of.
static ESCAPED: [bool; 256] = {
    let mut escaped = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        escaped[byte] = true;
        byte += 1;
    }
    escaped[b'"' as usize] = true;
    escaped[b'\\' as usize] = true;
    escaped[b'<' as usize] = true;
    escaped[b'>' as usize] = true;
    escaped[b'&' as usize] = true;
    escaped
};

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let mut writer = JsonWriter::new();
        writer.text(text);
        String::from_utf8(writer.finish()).unwrap()
    }

    #[test]
    fn angle_brackets_and_ampersands_are_escaped() {
        assert_eq!(
            written("a</cpanelresult>&\"é\u{a0}"),
            "\"a\\u003c/cpanelresult\\u003e\\u0026\\\"é\u{a0}\""
        );
    }

    #[test]
    fn json_of_others_becomes_one_safe_line() {
        for (json, written) in [
            ("{}", "{}"),
            ("{\"a\":\n [1,\r\n2]}\n", "{\"a\":  [1,  2]} "),
            (r#"{"a":"</cpanelresult>&é\n"}"#, r#"{"a":"\u003c/cpanelresult\u003e\u0026é\n"}"#),
        ] {
            assert_eq!(String::from_utf8(JsonWriter::of_json(json.to_owned())).unwrap(), written);
        }
    }

    #[test]
    fn every_text_is_read_back() {
        let ascii: String = (0..128u8).map(char::from).collect();
        for text in ["", "plain", &ascii, "äöü 🙂\u{2028}\u{feff}", "\\u0041\\", "\"\""] {
            assert_eq!(serde_json::from_str::<String>(&written(text)).unwrap(), text);
        }
    }

    #[test]
    fn payloads_of_every_kind_are_read_back() {
        let row = || {
            Row(vec![
                ("<n>", Field::Null),
                ("i", Field::Int(-7)),
                ("t", Field::Text("<".into())),
                ("f", Field::Float(12.5)),
                ("r", Field::Rows(vec![Row::default(), Row(vec![("x", Field::Int(1))])])),
                ("o", Field::Object(Row(vec![("s", Field::Texts(vec!["<".into(), String::new()]))]))),
            ])
        };
        let object =
            serde_json::json!({"<n>":null,"i":-7,"t":"<","f":12.5,"r":[{},{"x":1}],"o":{"s":["<",""]}});
        for (data, value) in [
            (Data::Nothing, serde_json::Value::Null),
            (Data::Int(i64::MIN), i64::MIN.into()),
            (Data::Int(i64::MAX), i64::MAX.into()),
            (Data::Int(0), 0.into()),
            (Data::Int(-10), (-10).into()),
            (Data::Text("x".into()), "x".into()),
            (Data::Object(row()), object.clone()),
            (Data::Rows(vec![]), serde_json::json!([])),
            (Data::Texts(vec!["success".into()]), serde_json::json!(["success"])),
            (Data::Rows(vec![row(), row()]), serde_json::json!([object, object])),
        ] {
            let mut writer = JsonWriter::new();
            writer.data(&data);
            assert_eq!(serde_json::from_slice::<serde_json::Value>(&writer.finish()).unwrap(), value);
        }
    }
}
