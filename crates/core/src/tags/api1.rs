//! Calls of cPanel API 1 in a tag: `Email::passwdpop( $FORM('email','password'), "$quota", 'text' )`.

use crate::tags::cursor::Cursor;
use crate::tags::error::{Bad, shown};
use crate::tags::limits::MAX_PARTS;
use crate::tags::text::Text;

/// A call of API 1 as it stands in its tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Api1<'p> {
    pub(super) module: &'p str,
    pub(super) func: &'p str,
    pub(super) args: Vec<Argument<'p>>,
}

/// One argument. Whatever its value holds, it stays one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Argument<'p> {
    Text(Text<'p>),
    /// A field of the form; absent where the form has none.
    Field(&'p str),
}

/// Reads the value of the attribute, with its quotation marks; the module stands in it unless it is known.
pub(super) fn parse<'p>(cursor: &mut Cursor<'p>, module: Option<&'p str>) -> Result<Api1<'p>, Bad> {
    let from = cursor.at;
    let mark = cursor.peek().filter(|mark| matches!(mark, b'"' | b'\''));
    let Some(mark) = mark else {
        return Err(cursor.bad("Write the call in quotation marks: Module=\"Email::addpop(…)\""));
    };
    cursor.at += 1;
    cursor.white();
    let first = cursor.word();
    let (module, func) = match module {
        Some(module) => (module, first),
        None if cursor.eat("::") => (first, cursor.word()),
        None => (first, ""),
    };
    if module.is_empty() || func.is_empty() {
        return Err(Bad::new(from, "Write module and function: Module=\"Email::addpop(…)\""));
    }
    cursor.white();
    let args = if cursor.eat("(") { arguments(cursor)? } else { Vec::new() };
    cursor.white();
    if cursor.peek() != Some(mark) {
        let call = format!("{}::{}", shown(module), shown(func));
        return Err(cursor.bad(format!("The call of {call} must end here with a quotation mark")));
    }
    cursor.at += 1;
    Ok(Api1 { module, func, args })
}

/// Arguments up to the closing bracket. Quotation marks of the attribute's own kind are no end in here.
fn arguments<'p>(cursor: &mut Cursor<'p>) -> Result<Vec<Argument<'p>>, Bad> {
    let mut args = Vec::new();
    cursor.white();
    let mut more = !cursor.eat(")");
    while more {
        argument(cursor, &mut args)?;
        if args.len() > MAX_PARTS {
            return Err(cursor.bad(format!("The call has more than {MAX_PARTS} arguments")));
        }
        cursor.white();
        more = cursor.eat(",");
        if !more && !cursor.eat(")") {
            return Err(cursor.bad("A comma or a closing bracket is expected after an argument"));
        }
        cursor.white();
    }
    Ok(args)
}

fn argument<'p>(cursor: &mut Cursor<'p>, args: &mut Vec<Argument<'p>>) -> Result<(), Bad> {
    cursor.white();
    if let Some(quoted) = cursor.quoted()? {
        args.push(Argument::Text(Text::quoted(quoted)));
    } else if cursor.eat("$FORM(") {
        fields(cursor, args)?;
    } else {
        args.push(Argument::Text(Text::with_variables(bare(cursor)?)));
    }
    Ok(())
}

/// `$FORM('a','b')`: one argument for each field.
fn fields<'p>(cursor: &mut Cursor<'p>, args: &mut Vec<Argument<'p>>) -> Result<(), Bad> {
    loop {
        cursor.white();
        let name = match cursor.quoted()? {
            Some((name, _)) => name,
            None => cursor.word(),
        };
        if name.is_empty() || args.len() > MAX_PARTS {
            return Err(cursor.bad("Write the fields of the form as $FORM('email','password')"));
        }
        args.push(Argument::Field(name));
        cursor.white();
        if cursor.eat(")") {
            return Ok(());
        }
        if !cursor.eat(",") {
            return Err(cursor.bad("A comma or a closing bracket is expected after the field's name"));
        }
    }
}

/// A word or a variable without quotation marks; a variable's key may have some.
fn bare<'p>(cursor: &mut Cursor<'p>) -> Result<&'p str, Bad> {
    let from = cursor.at;
    loop {
        cursor.skip(|byte| !matches!(byte, b',' | b')' | b'(' | b'{' | b'"' | b'\'' | b'<' | b'>'));
        if cursor.peek() != Some(b'{') {
            break;
        }
        cursor.skip(|byte| !matches!(byte, b'}' | b')' | b'<' | b'>'));
        if !cursor.eat("}") {
            return Err(cursor.bad("A closing brace is expected after the key of a variable"));
        }
    }
    let text = cursor.text(from, cursor.at)?.trim();
    if text.is_empty() {
        return Err(Bad::new(from, "An argument is missing here; write '' for an empty text"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(value: &str) -> Result<Api1<'_>, String> {
        parse(&mut Cursor::new(value.as_bytes()), None).map_err(|bad| bad.sentence)
    }

    #[test]
    fn arguments_of_every_kind() {
        let (with, literal) = (Text::with_variables, Text::literal);
        let call = r#""Email::addpop( $FORM('a',"b", c ) , 'x,)$y', "p"q, $FORM{'d'}, word, "e )" )""#;
        assert!(parsed(call).unwrap_err().contains("comma or a closing bracket"));
        let call = r#""Email::addpop( $FORM('a',"b", c ) , 'x,)$y', "q", $FORM{'d'}, two words )""#;
        let args = vec![
            Argument::Field("a"),
            Argument::Field("b"),
            Argument::Field("c"),
            Argument::Text(literal("x,)$y")),
            Argument::Text(with("q")),
            Argument::Text(with("$FORM{'d'}")),
            Argument::Text(with("two words")),
        ];
        assert_eq!(parsed(call), Ok(Api1 { module: "Email", func: "addpop", args }));
        for none in ["\"Email::f()\"", "'Email::f'", "\" Email::f ( ) \""] {
            assert_eq!(parsed(none), Ok(Api1 { module: "Email", func: "f", args: Vec::new() }), "{none}");
        }
    }

    #[test]
    fn broken_calls_are_refused_without_their_values() {
        for (call, why) in [
            ("Email::f()", "in quotation marks"),
            ("\"Email\"", "module and function"),
            ("\"Email::('s3cret')\"", "module and function"),
            ("\"Email::f('s3cret'\"", "comma or a closing bracket"),
            ("\"Email::f('s3cret)\"", "never closed"),
            ("\"Email::f(s3cret", "closing bracket"),
            ("\"Email::f(,)\"", "is missing"),
            ("\"Email::f(s3cret){", "quotation mark"),
            ("\"Email::f($FORM())\"", "as $FORM('email','password')"),
            ("\"Email::f($FORM('s3cret')\"", "comma or a closing bracket"),
            ("\"Email::f($a{'s3cret)\"", "closing brace"),
        ] {
            let complaint = parsed(call).unwrap_err();
            assert!(complaint.contains(why) && !complaint.contains("s3cret"), "{call}: {complaint}");
        }
        let many = format!("\"Email::f({})\"", vec!["a"; MAX_PARTS + 1].join(","));
        assert!(parsed(&many).unwrap_err().contains("more than"));
    }
}
