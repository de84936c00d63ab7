//! Conditions of `cpanelif`: `$user`, `!$haspostgres`, `$FORM{'page'}==2`, `a==b && 4=gt=3`.
//!
//! Documented by cPanel: `!`, which turns the result of a comparison round, `==`, `=et=`, `=gt=`, `=gtet=`.
//! By analogy: `=lt=`, `=ltet=`, `!=`, `=ne=`. Ours: `&&` or `||` between comparisons, but not both in one
//! condition, because nothing says which would bind tighter.

use std::cmp::Ordering;

use crate::tags::compare;
use crate::tags::cursor::Cursor;
use crate::tags::cursor::is_word;
use crate::tags::error::{Bad, shown};
use crate::tags::limits::MAX_PARTS;
use crate::tags::text::Text;

/// What a `cpanelif` asks: one comparison or several, joined in one way.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Condition<'p> {
    comparisons: Vec<Comparison<'p>>,
    /// Whether one true comparison is enough (`||`); else all must be true.
    one_is_enough: bool,
}

#[derive(Debug, PartialEq, Eq)]
struct Comparison<'p> {
    negated: bool,
    left: Text<'p>,
    right: Option<(Operator, Text<'p>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl<'p> Condition<'p> {
    /// Reads a condition up to the `>` of its tag, or to the end.
    pub(super) fn parse(cursor: &mut Cursor<'p>) -> Result<Self, Bad> {
        let mut comparisons = vec![Comparison::parse(cursor)?];
        let mut joint: Option<&str> = None;
        while let Some(found) = ["&&", "||"].into_iter().find(|joint| cursor.eat(joint)) {
            if joint.is_some_and(|joint| joint != found) {
                return Err(
                    cursor.bad("&& and || stand in one condition. Put one cpanelif into another instead")
                );
            }
            if comparisons.len() == MAX_PARTS {
                return Err(cursor.bad(format!("The condition has more than {MAX_PARTS} parts")));
            }
            joint = Some(found);
            comparisons.push(Comparison::parse(cursor)?);
        }
        Ok(Self { comparisons, one_is_enough: joint == Some("||") })
    }

    /// Whether it holds, with a way to get the values. What is not needed for the answer is not asked.
    pub(super) fn holds<V: std::ops::Deref<Target = String>>(
        &self,
        mut value: impl FnMut(Text<'p>) -> Result<V, Bad>,
    ) -> Result<bool, Bad> {
        for comparison in &self.comparisons {
            let left = value(comparison.left)?;
            let holds = match comparison.right {
                Some((operator, right)) => operator.holds(compare::order(&left, &value(right)?)),
                None => compare::is_true(&left),
            };
            if (holds != comparison.negated) == self.one_is_enough {
                return Ok(self.one_is_enough);
            }
        }
        Ok(!self.one_is_enough)
    }
}

impl<'p> Comparison<'p> {
    fn parse(cursor: &mut Cursor<'p>) -> Result<Self, Bad> {
        let mut negated = false;
        cursor.white();
        while cursor.eat("!") {
            negated = !negated;
            cursor.white();
        }
        let left = operand(cursor)?;
        let right = match operator(cursor)? {
            Some(operator) => Some((operator, operand(cursor)?)),
            None => None,
        };
        if right.is_some() && operator(cursor)?.is_some() {
            return Err(cursor.bad("A comparison has two sides, not three"));
        }
        Ok(Self { negated, left, right })
    }
}

/// One side: a text in quotation marks, or all up to an operator.
fn operand<'p>(cursor: &mut Cursor<'p>) -> Result<Text<'p>, Bad> {
    cursor.white();
    let text = match cursor.quoted()? {
        Some(quoted) => Text::quoted(quoted),
        None => Text::with_variables(bare(cursor)?),
    };
    cursor.white();
    let rest = cursor.rest();
    if rest.is_empty() || rest.starts_with(b"&&") || rest.starts_with(b"||") {
        return Ok(text);
    }
    match rest[0] {
        b'>' | b'=' => Ok(text),
        b'!' if rest.starts_with(b"!=") => Ok(text),
        b'<' => Err(cursor.bad("A condition holds a “<”. Close its tag with “>”, or compare with =lt=")),
        _ => Err(cursor.bad("An operator is expected here: ==, !=, =gt=, =lt=, && or ||")),
    }
}

fn bare<'p>(cursor: &mut Cursor<'p>) -> Result<&'p str, Bad> {
    let from = cursor.at;
    loop {
        let rest = cursor.rest();
        match rest.first() {
            // The key of a variable may hold operators, and no angle bracket.
            Some(b'{') => {
                cursor.skip(|byte| !matches!(byte, b'}' | b'<' | b'>' | b'\n'));
                cursor.eat("}");
                continue;
            }
            None | Some(b'>' | b'<' | b'=') => break,
            Some(b'!') if rest.starts_with(b"!=") => break,
            Some(b'&') if rest.starts_with(b"&&") => break,
            Some(b'|') if rest.starts_with(b"||") => break,
            Some(_) => cursor.at += 1,
        }
    }
    let text = cursor.text(from, cursor.at)?.trim();
    if text.is_empty() {
        let what = "Something to compare is missing here; write '' for an empty text";
        return Err(Bad::new(from, what));
    }
    Ok(text)
}

fn operator(cursor: &mut Cursor<'_>) -> Result<Option<Operator>, Bad> {
    let from = cursor.at;
    if cursor.eat("!=") {
        return Ok(Some(Operator::NotEqual));
    }
    if cursor.eat("==") {
        return Ok(Some(Operator::Equal));
    }
    if !cursor.eat("=") {
        return Ok(None);
    }
    let start = cursor.skip(is_word);
    let name = cursor.text(start, cursor.at)?;
    if !cursor.eat("=") {
        return Err(Bad::new(from, "A single = compares nothing; write =="));
    }
    let operator = match name {
        "et" => Operator::Equal,
        "ne" => Operator::NotEqual,
        "gt" => Operator::Greater,
        "gtet" => Operator::GreaterOrEqual,
        "lt" => Operator::Less,
        "ltet" => Operator::LessOrEqual,
        other => {
            let sentence = format!(
                "There is no operator ={}=; use =et=, =ne=, =gt=, =gtet=, =lt= or =ltet=",
                shown(other)
            );
            return Err(Bad::new(from, sentence));
        }
    };
    Ok(Some(operator))
}

impl Operator {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tags::text::Piece;

    /// With `$x` for 5, an empty field `none`, and everything else as it stands.
    fn holds(condition: &str) -> Result<bool, String> {
        let mut cursor = Cursor::new(condition.as_bytes());
        let parsed = Condition::parse(&mut cursor).map_err(|bad| bad.sentence)?;
        assert!(cursor.rest().is_empty() || cursor.rest()[0] == b'>', "{condition}");
        let value = |text: Text<'_>| {
            let pieces = text.pieces().map(|piece| match piece {
                Piece::Plain(plain) => plain,
                Piece::Variable("$x") => "5",
                Piece::Variable(_) | Piece::Form(_) => "",
            });
            Ok(Box::new(pieces.collect::<String>()))
        };
        parsed.holds(value).map_err(|bad| bad.sentence)
    }

    #[test]
    fn the_documented_ones_and_their_like() {
        for (condition, expected) in [
            ("!a==b", true),
            ("a==b", false),
            ("1=et=1", true),
            ("4=gt=3", true),
            ("4=gtet=4", true),
            ("10=lt=9", false),
            ("9=ltet=10", true),
            ("a != b", true),
            ("a=ne=a", false),
            ("$x", true),
            ("!$x", false),
            ("!!$x", true),
            ("$FORM{'none'}", false),
            ("$FORM{'a==b'}==''", true),
            ("$x == 5.0", true),
            ("'$x'==5", false),
            ("\"$x\"==5", true),
            ("two words == 'two words'", true),
            ("0", false),
            ("it's==it's", true),
            ("1&&0", false),
            ("1 && $x=gt=4 && a!=b", true),
            ("0||$none||!$x||1", true),
            ("a&b==a&b", true),
            ("$x=gt=4>rest", true),
        ] {
            assert_eq!(holds(condition), Ok(expected), "{condition}");
        }
    }

    #[test]
    fn what_is_ambiguous_or_broken_is_refused_in_words() {
        for (condition, why) in [
            ("", "is missing"),
            ("a==", "is missing"),
            ("==a", "is missing"),
            ("a=b", "write =="),
            ("a=eq=b", "no operator =eq="),
            ("a==b==c", "two sides"),
            ("a&&b||c", "into another"),
            ("a&&", "is missing"),
            ("a<b", "=lt="),
            ("'a", "never closed"),
            ("'a'b", "operator is expected"),
        ] {
            let complaint = holds(condition).unwrap_err();
            assert!(complaint.contains(why), "{condition}: {complaint}");
        }
        assert!(holds(&"1&&".repeat(MAX_PARTS + 1)).unwrap_err().contains("more than"));
    }
}
