//! What stands in `<cpanel …>`: one attribute, which says what the tag does.

use crate::tags::api1::{self, Api1};
use crate::tags::cursor::{Cursor, is_word};
use crate::tags::error::{Bad, shown};
use crate::tags::text::Text;

/// What a `<cpanel …>` does.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Attribute<'p> {
    /// `print="…"`: prints the text with its variables replaced.
    Print(Text<'p>),
    /// `setvar="name=value"`: sets a variable of the page.
    SetVariable(&'p str, Text<'p>),
    /// `Module="Email::addpop(…)"`, or the same as `Email="addpop(…)"`: a call of cPanel API 1.
    Call(Api1<'p>),
}

/// Reads the rest of a tag whose `<cpanel` is read.
pub(super) fn parse<'p>(cursor: &mut Cursor<'p>) -> Result<Attribute<'p>, Bad> {
    cursor.white();
    let from = cursor.at;
    let name = cursor.word();
    cursor.white();
    if name.is_empty() || !cursor.eat("=") {
        let what = "This tag needs an attribute: print=\"…\", setvar=\"…\" or Module=\"…\"";
        return Err(Bad::new(from, what));
    }
    cursor.white();
    let attribute = match name.to_ascii_lowercase().as_str() {
        "print" => Attribute::Print(Text::with_variables(value(cursor)?)),
        // The language system that these keys are from is gone from cPanel; what it did not know it printed.
        "langprint" => Attribute::Print(Text::literal(value(cursor)?)),
        "setvar" => set_variable(cursor)?,
        "module" => Attribute::Call(api1::parse(cursor, None)?),
        _ if name.starts_with(|first: char| first.is_ascii_uppercase()) => {
            Attribute::Call(api1::parse(cursor, Some(name))?)
        }
        _ => {
            let what = format!("There is no tag <cpanel {}=…>; use print, setvar or Module", shown(name));
            return Err(Bad::new(from, what));
        }
    };
    cursor.white();
    cursor.eat("/");
    if cursor.eat(">") {
        return Ok(attribute);
    }
    Err(cursor.bad("The tag has one attribute and must end with “>” here"))
}

/// A value in quotation marks of either kind, or one word without.
fn value<'p>(cursor: &mut Cursor<'p>) -> Result<&'p str, Bad> {
    if let Some((text, _)) = cursor.quoted()? {
        return Ok(text);
    }
    let from = cursor.skip(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'<' | b'>' | b'"'));
    cursor.text(from, cursor.at)
}

fn set_variable<'p>(cursor: &mut Cursor<'p>) -> Result<Attribute<'p>, Bad> {
    let from = cursor.at;
    match value(cursor)?.split_once('=') {
        Some((name, value)) if !name.is_empty() && name.bytes().all(is_word) => {
            Ok(Attribute::SetVariable(name, Text::with_variables(value)))
        }
        _ => {
            Err(Bad::new(from, "Write setvar=\"name=value\" with a name of letters, digits and underscores"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(rest: &str) -> Result<Attribute<'_>, String> {
        parse(&mut Cursor::new(rest.as_bytes())).map_err(|bad| bad.sentence)
    }

    #[test]
    fn attributes_in_their_spellings() {
        for (rest, text) in [
            (" print=\"$user\">", "$user"),
            (" PRINT = '$user' />", "$user"),
            (" print=$user>", "$user"),
            (" print=\"\">", ""),
        ] {
            assert_eq!(parsed(rest), Ok(Attribute::Print(Text::with_variables(text))), "{rest}");
        }
        assert_eq!(parsed(" langprint=\"KEY\">"), Ok(Attribute::Print(Text::literal("KEY"))));
        let set = Attribute::SetVariable("a", Text::with_variables("b=c"));
        assert_eq!(parsed(" setvar=\"a=b=c\">"), Ok(set));
        assert!(matches!(parsed(" Email=\"addpop('a')\">"), Ok(Attribute::Call(_))));
    }

    #[test]
    fn complaints_name_the_way_out_and_no_value() {
        for (rest, why) in [
            (" >", "needs an attribute"),
            (" print>", "needs an attribute"),
            (" prin=\"s3cret\">", "There is no tag <cpanel prin=…>"),
            (" print=\"s3cret\" print=\"b\">", "one attribute"),
            (" print=\"s3cret", "never closed"),
            (" setvar=\"s3cret\">", "name=value"),
            (" setvar=\"a b=s3cret\">", "name=value"),
        ] {
            let complaint = parsed(rest).unwrap_err();
            assert!(complaint.contains(why) && !complaint.contains("s3cret"), "{rest}: {complaint}");
        }
    }
}
