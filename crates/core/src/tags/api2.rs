//! Calls of cPanel API 2 in a tag: `<?cp Email::listpops( %[br /], email ) regex="^a" || 'none' ?>`.

use crate::tags::cursor::{Cursor, is_word};
use crate::tags::error::Bad;
use crate::tags::limits::MAX_PARTS;
use crate::tags::template::Template;
use crate::tags::text::Text;

/// A call and how its answer is shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Api2<'p> {
    pub(super) module: &'p str,
    pub(super) func: &'p str,
    pub(super) template: Template<'p>,
    pub(super) params: Vec<(&'p str, Text<'p>)>,
    /// Markup that is printed when the function fails or gives no data.
    pub(super) otherwise: Option<&'p str>,
}

/// Reads the rest of a tag whose `<?cp` is read.
pub(super) fn parse<'p>(cursor: &mut Cursor<'p>) -> Result<Api2<'p>, Bad> {
    cursor.white();
    let from = cursor.at;
    let module = cursor.word();
    let func = if cursor.eat("::") { cursor.word() } else { "" };
    cursor.white();
    if module.is_empty() || func.is_empty() || !cursor.eat("(") {
        return Err(Bad::new(from, "Write <?cp Module::function( template, returns ) key=\"value\" ?>"));
    }
    let template = template(cursor)?;
    let mut params = Vec::new();
    let mut otherwise = None;
    loop {
        cursor.skip(|byte| byte.is_ascii_whitespace() || byte == b',');
        if cursor.eat("?>") {
            return Ok(Api2 { module, func, template, params, otherwise });
        }
        if otherwise.is_some() {
            return Err(cursor.bad("The tag must end with ?> after the message"));
        }
        if cursor.eat("||") {
            otherwise = Some(message(cursor)?);
        } else if params.len() == MAX_PARTS {
            return Err(cursor.bad(format!("The call has more than {MAX_PARTS} parameters")));
        } else {
            params.push(param(cursor)?);
        }
    }
}

/// The template with the names of returned fields, up to the bracket that closes it.
fn template<'p>(cursor: &mut Cursor<'p>) -> Result<Template<'p>, Bad> {
    let from = cursor.at;
    let mut depth = 1;
    loop {
        cursor.skip(|byte| !matches!(byte, b'(' | b')' | b'?'));
        match cursor.peek() {
            Some(b'(') => depth += 1,
            Some(b')') => depth -= 1,
            Some(_) if !cursor.rest().starts_with(b"?>") => {}
            _ => return Err(Bad::new(from, "The bracket of the template is never closed")),
        }
        cursor.at += 1;
        if depth == 0 {
            return Template::parse(cursor.text(from, cursor.at - 1)?, from);
        }
    }
}

fn message<'p>(cursor: &mut Cursor<'p>) -> Result<&'p str, Bad> {
    cursor.white();
    match cursor.quoted()? {
        Some((message, _)) => Ok(message),
        None => Err(cursor.bad("Write the message after || in quotation marks")),
    }
}

/// `key="value"`; without quotation marks the value is one word.
fn param<'p>(cursor: &mut Cursor<'p>) -> Result<(&'p str, Text<'p>), Bad> {
    let from = cursor.skip(|byte| is_word(byte) || matches!(byte, b'-' | b'.'));
    let key = cursor.text(from, cursor.at)?;
    cursor.white();
    if key.is_empty() || !cursor.eat("=") {
        return Err(Bad::new(from, "A parameter is expected here: key=\"value\"; the tag ends with ?>"));
    }
    cursor.white();
    if let Some(quoted) = cursor.quoted()? {
        return Ok((key, Text::quoted(quoted)));
    }
    let from = cursor.at;
    while cursor.peek().is_some_and(|byte| !byte.is_ascii_whitespace() && byte != b',')
        && !cursor.rest().starts_with(b"?>")
        && !cursor.rest().starts_with(b"||")
    {
        cursor.at += 1;
    }
    Ok((key, Text::with_variables(cursor.text(from, cursor.at)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(rest: &str) -> Result<Api2<'_>, String> {
        parse(&mut Cursor::new(rest.as_bytes())).map_err(|bad| bad.sentence)
    }

    #[test]
    fn every_documented_form() {
        let params = |tag: &'static str| parsed(tag).unwrap().params;
        let (with, literal) = (Text::with_variables, Text::literal);
        let lines = "\nEmail::addpop(\n %,\n reason\n) domain=\"testdomain.com\", email=\"username\", password='p4s$w0rd', quota=\"100\", ?>";
        assert_eq!(
            params(lines),
            [
                ("domain", with("testdomain.com")),
                ("email", with("username")),
                ("password", literal("p4s$w0rd")),
                ("quota", with("100")),
            ]
        );
        let old = parsed(" Module::function(%, def) output=a|b || 'message' ?>").unwrap();
        assert_eq!((old.params, old.otherwise), (vec![("output", with("a|b"))], Some("message")));
        assert_eq!(params(" Branding::showpkgs( % % ,pkg,previewimg ) ?>"), []);
        assert_eq!(params(" A::b()api2_sort=1?>"), [("api2_sort", with("1"))]);
        assert_eq!(params(" A::b() a=\"?>\" b= c=1 ?>"), [("a", with("?>")), ("b", with("c=1"))]);
    }

    #[test]
    fn broken_tags_are_refused_without_their_values() {
        for (tag, why) in [
            (" Email(%) ?>", "Module::function"),
            (" Email::f ?>", "Module::function"),
            (" Email::f(s3cret ?>", "never closed"),
            (" Email::f(s3cret", "never closed"),
            (" Email::f() password=\"s3cret ?>", "never closed"),
            (" Email::f() password=s3cret", "ends with ?>"),
            (" Email::f() password \"s3cret\" ?>", "key=\"value\""),
            (" Email::f() || s3cret ?>", "in quotation marks"),
            (" Email::f() || 's3cret' a=b ?>", "must end"),
        ] {
            let complaint = parsed(tag).unwrap_err();
            assert!(complaint.contains(why) && !complaint.contains("s3cret"), "{tag}: {complaint}");
        }
    }
}
