//! Templates of API 2 tags: markup with a `%` for each returned field, and the names of the fields.
//!
//! Documented: `[br /]` for `<br />`; `%` in the order of the names; `*num`, `^name`, `+name`,
//! `name::template`; two levels. Ours, where cPanel's pages say nothing: the template ends at the comma
//! behind which only names follow, so it may hold commas itself; the names that follow a `name::template`
//! belong to that template, one for each of its `%`; the first row is `even`, as places in a list count
//! from 0; a name that a row lacks prints nothing.

use crate::tags::compare::is_true;
use crate::tags::cursor::is_word;
use crate::tags::error::Bad;
use crate::tags::limits::MAX_PARTS;
use crate::tags::output::{Full, Output};
use crate::tags::returned::Fields;

/// The template of an API 2 tag, with the fields that fill it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Template<'p> {
    markup: &'p str,
    /// What its `%` stand for.
    shown: Vec<Shown<'p>>,
}

#[derive(Debug, PartialEq, Eq)]
enum Shown<'p> {
    Parity,
    Value(&'p str),
    UriEncoded(&'p str),
    Checked(&'p str),
    Rows(&'p str, Template<'p>),
}

impl<'p> Template<'p> {
    /// Reads what stands between the brackets; that text begins at byte `at` of the page.
    pub(super) fn parse(inside: &'p str, at: usize) -> Result<Self, Bad> {
        let (markup, names) = split(inside);
        if names.len() > MAX_PARTS {
            return Err(Bad::new(at, format!("The template has more than {MAX_PARTS} names")));
        }
        let mut names = names.into_iter().rev();
        let mut shown = Vec::new();
        while let Some(name) = names.next() {
            shown.push(match name.split_once("::") {
                Some((field, markup)) => {
                    let own: Vec<_> = names.by_ref().take(placeholders(markup)).collect();
                    if own.iter().any(|name| name.contains("::")) {
                        return Err(Bad::new(at, "Templates have two levels; this one has a third"));
                    }
                    let own = own.into_iter().map(single).collect();
                    Shown::Rows(field, Self { markup, shown: own }.complete(at)?)
                }
                None => single(name),
            });
        }
        Self { markup, shown }.complete(at)
    }

    /// Refuses a `%` that stands for nothing.
    fn complete(self, at: usize) -> Result<Self, Bad> {
        let wanted = placeholders(self.markup);
        if wanted <= self.shown.len() {
            return Ok(self);
        }
        let names = self.shown.len();
        let sentence = format!(
            "The template has {wanted} times % and {names} names of returned fields. Each % needs a name; write &#37; for a per cent sign"
        );
        Err(Bad::new(at, sentence))
    }

    /// Whether a field of that name is shown by the template itself.
    pub(super) fn shows(&self, name: &str) -> bool {
        self.shown.iter().any(|shown| match shown {
            Shown::Value(shown) | Shown::UriEncoded(shown) | Shown::Checked(shown) => *shown == name,
            Shown::Parity | Shown::Rows(..) => false,
        })
    }

    /// Writes it once for each row.
    pub(super) fn write(&self, rows: &[impl Fields], out: &mut Output) -> Result<(), Full> {
        rows.iter().enumerate().try_for_each(|(index, row)| self.write_one(index, row, out))
    }

    fn write_one(&self, index: usize, row: &impl Fields, out: &mut Output) -> Result<(), Full> {
        let mut shown = self.shown.iter();
        for (part, markup) in self.markup.split('%').enumerate() {
            if let Some(shown) = (part > 0).then(|| shown.next()).flatten() {
                shown.write(index, row, out)?;
            }
            out.markup(markup)?;
        }
        Ok(())
    }
}

impl Shown<'_> {
    fn write(&self, index: usize, row: &impl Fields, out: &mut Output) -> Result<(), Full> {
        match self {
            Self::Parity => out.value(if index.is_multiple_of(2) { "even" } else { "odd" }),
            Self::Value(name) => out.value(&row.text(name)),
            Self::UriEncoded(name) => out.uri_encoded(&row.text(name)),
            Self::Checked(name) if is_true(&row.text(name)) => out.value("checked"),
            Self::Checked(_) => Ok(()),
            Self::Rows(name, template) => template.write(row.rows(name), out),
        }
    }
}

/// The markup, and the names behind it, the last one first.
fn split(inside: &str) -> (&str, Vec<&str>) {
    let mut markup = inside.trim();
    // A comma behind the last name, as behind the last parameter.
    markup = markup.strip_suffix(',').map_or(markup, str::trim_end);
    let mut names = Vec::new();
    while let Some((before, name)) = markup.rsplit_once(',') {
        let name = name.trim();
        if !is_name(name) || names.len() > MAX_PARTS {
            break;
        }
        names.push(name);
        markup = before;
    }
    (markup.trim(), names)
}

fn is_name(name: &str) -> bool {
    let word = |name: &str| !name.is_empty() && name.bytes().all(|byte| is_word(byte) || byte == b'-');
    match name.split_once("::") {
        Some((field, _)) => word(field),
        None => name == "*num" || word(name.strip_prefix(['^', '+']).unwrap_or(name)),
    }
}

fn single(name: &str) -> Shown<'_> {
    match (name.strip_prefix('^'), name.strip_prefix('+')) {
        _ if name == "*num" => Shown::Parity,
        (Some(name), _) => Shown::UriEncoded(name),
        (_, Some(name)) => Shown::Checked(name),
        (None, None) => Shown::Value(name),
    }
}

fn placeholders(markup: &str) -> usize {
    memchr::memchr_iter(b'%', markup.as_bytes()).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Field, Row};
    use crate::tags::output::Escape;

    fn written(inside: &str) -> Result<String, String> {
        let text = |text: &str| Field::Text(text.to_owned());
        let rule = |part: &str, number| Row(vec![("part", text(part)), ("number", Field::Int(number))]);
        let rows = [
            Row(vec![
                ("name", text("a&b")),
                ("on", Field::Int(1)),
                ("rules", Field::Rows(vec![rule("x", 1), rule("<y>", 2)])),
            ]),
            Row(vec![("name", text("c % [d]")), ("on", Field::Int(0)), ("rules", Field::Rows(vec![]))]),
        ];
        let template = Template::parse(inside, 0).map_err(|bad| bad.sentence)?;
        let mut out = Output::new(Escape::Html, 0);
        template.write(&rows, &mut out).map_err(|Full| "full")?;
        Ok(String::from_utf8(out.finish()).unwrap())
    }

    #[test]
    fn each_placeholder_gets_its_field_once_a_row() {
        for (inside, expected) in [
            ("%,name", "a&amp;bc % [d]"),
            ("\n  %[br /],\n  name,\n", "a&amp;b<br />c % [d]<br />"),
            ("%:%;, *num, on", "even:1;odd:0;"),
            (
                "[a href=\"?x=%\"]%[/a] , ^name, name",
                "<a href=\"?x=a%26b\">a&amp;b</a><a href=\"?x=c%20%25%20%5Bd%5D\">c % [d]</a>",
            ),
            ("[input %], +on", "<input checked><input >"),
            ("[input %], +nosuch", "<input ><input >"),
            ("(f(1, 2), %), name", "(f(1, 2), a&amp;b)(f(1, 2), c % [d])"),
            ("x,name", "xx"),
            ("name", "namename"),
            ("", ""),
            ("%, rules", ""),
            (
                "%<ul>%</ul>, name, rules::[li]%=%[/li], part, number",
                "a&amp;b<ul><li>x=1</li><li>&lt;y&gt;=2</li></ul>c % [d]<ul></ul>",
            ),
            ("%%, rules::%, *num, on", "evenodd10"),
        ] {
            assert_eq!(written(inside), Ok(expected.to_owned()), "{inside}");
        }
    }

    #[test]
    fn a_placeholder_without_a_name_is_refused() {
        for (inside, why) in [
            ("%", "1 times % and 0 names"),
            ("%%, name", "2 times % and 1 names"),
            ("[td width=\"100%\"]%[/td], name", "&#37;"),
            ("%, rules::%%, part", "2 times % and 1 names"),
            ("%, rules::%, part::%, x", "two levels"),
        ] {
            let complaint = written(inside).unwrap_err();
            assert!(complaint.contains(why), "{inside}: {complaint}");
        }
        assert!(written(&format!("%{}", ",a".repeat(MAX_PARTS + 1))).unwrap_err().contains("more than"));
    }
}
