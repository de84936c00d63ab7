//! Filters: `api2_filter_column`, `_type`, `_term`. All rules must agree to keep a row.

use regex_lite::Regex;

use super::cell::{Cell, number};
use super::columns::KnownColumns;
use super::given::{Dialect, FILTER_PARTS, GivenModifiers, Name, shown};
use crate::api::{Refusal, Row, UNLIMITED};
use crate::base::text::pattern;

/// A rule that each row must fulfil to stay.
pub(super) struct Filter<'a> {
    column: &'a str,
    test: Test,
}

/// What a value must be. Texts are kept in small letters.
enum Test {
    Contains(String),
    /// The very text, as WHM API 1 means `eq`.
    Exactly(String),
    Begins(String),
    Ends(String),
    Matches(Regex),
    Equal(f64),
    NotEqual(f64),
    Less(f64),
    Greater(f64),
    LessOrEqual(f64),
    GreaterOrEqual(f64),
    LessHandleUnlimited(f64),
    GreaterHandleUnlimited(f64),
    Defined,
    Undefined,
}

/// The term of a rule, with the call that may have to be refused for it.
struct RuleTerm<'g, 'a> {
    text: &'a str,
    given: &'g GivenModifiers<'a>,
}

type Make = fn(&RuleTerm<'_, '_>) -> Result<Test, Refusal>;

/// Every type by its name; the first is the default.
static TYPES: [(&str, Make); 12] = [
    ("contains", |term| Ok(Test::Contains(term.text.to_lowercase()))),
    ("begins", |term| Ok(Test::Begins(term.text.to_lowercase()))),
    ("ends", |term| Ok(Test::Ends(term.text.to_lowercase()))),
    ("matches", |term| term.pattern().map(Test::Matches)),
    ("eq", |term| term.number().map(Test::Equal)),
    ("ne", |term| term.number().map(Test::NotEqual)),
    ("lt", |term| term.number().map(Test::Less)),
    ("gt", |term| term.number().map(Test::Greater)),
    ("lt_handle_unlimited", |term| term.number_or_unlimited().map(Test::LessHandleUnlimited)),
    ("gt_handle_unlimited", |term| term.number_or_unlimited().map(Test::GreaterHandleUnlimited)),
    ("defined", |_| Ok(Test::Defined)),
    ("undefined", |_| Ok(Test::Undefined)),
];

/// Those of WHM API 1, where `eq` is one of texts and `==` one of numbers; `ends` and `matches` as in the others.
static WHM_TYPES: [(&str, Make); 14] = [
    ("contains", |term| Ok(Test::Contains(term.text.to_lowercase()))),
    ("begins", |term| Ok(Test::Begins(term.text.to_lowercase()))),
    ("ends", |term| Ok(Test::Ends(term.text.to_lowercase()))),
    ("matches", |term| term.pattern().map(Test::Matches)),
    ("eq", |term| Ok(Test::Exactly(term.text.to_owned()))),
    ("==", |term| term.number().map(Test::Equal)),
    ("lt", |term| term.number().map(Test::Less)),
    ("gt", |term| term.number().map(Test::Greater)),
    ("lt_equal", |term| term.number().map(Test::LessOrEqual)),
    ("gt_equal", |term| term.number().map(Test::GreaterOrEqual)),
    ("lt_handle_unlimited", |term| term.number_or_unlimited().map(Test::LessHandleUnlimited)),
    ("gt_handle_unlimited", |term| term.number_or_unlimited().map(Test::GreaterHandleUnlimited)),
    ("defined", |_| Ok(Test::Defined)),
    ("undefined", |_| Ok(Test::Undefined)),
];

/// Stands for any column in WHM API 1.
const ANY: &str = "*";

/// The filters that a call asks for.
pub(super) fn read<'a>(
    given: &GivenModifiers<'a>,
    known: &KnownColumns<'_>,
) -> Result<Vec<Filter<'a>>, Refusal> {
    let rules = given.rules(Name::Filter, FILTER_PARTS)?;
    let filter = |rule| {
        let is_whm = given.dialect == Dialect::Whm;
        let column = match given.get(Name::FilterColumn, rule)? {
            Some(ANY) if is_whm => ANY,
            _ => known.column(given, Name::FilterColumn, rule)?,
        };
        let types: &[(&str, Make)] = if is_whm { &WHM_TYPES } else { &TYPES };
        let wanted = given.get(Name::FilterType, rule)?.unwrap_or(TYPES[0].0);
        let Some((_, make)) = types.iter().find(|(name, _)| *name == wanted) else {
            let names: Vec<&str> = types.iter().map(|(name, _)| *name).collect();
            return Err(given.unknown(Name::FilterType, wanted, &names));
        };
        let text = given.get(Name::FilterTerm, rule)?.unwrap_or("");
        Ok(Filter { column, test: make(&RuleTerm { text, given })? })
    };
    rules.into_iter().map(filter).collect()
}

impl RuleTerm<'_, '_> {
    /// Letter case counts in a pattern (unconfirmed), as in the functions' own `regex` parameters.
    fn pattern(&self) -> Result<Regex, Refusal> {
        pattern(self.text).map_err(|why| self.given.bad(Name::FilterTerm, why))
    }

    fn number(&self) -> Result<f64, Refusal> {
        number(self.text).ok_or_else(|| self.refuse("give a number"))
    }

    fn number_or_unlimited(&self) -> Result<f64, Refusal> {
        let unlimited = (self.text == UNLIMITED).then_some(f64::INFINITY);
        unlimited.or_else(|| number(self.text)).ok_or_else(|| self.refuse("give a number or unlimited"))
    }

    fn refuse(&self, advice: &str) -> Refusal {
        self.given.bad(Name::FilterTerm, format!("“{}” is not a number; {advice}", shown(self.text)))
    }
}

impl Filter<'_> {
    /// Whether the row stays.
    ///
    /// What is no number is neither less nor greater than one: `lt` and `gt` drop “unlimited”. The types
    /// made for it take it, and only it, as larger than any number (unconfirmed); 0 stays a number, because
    /// only the sort method `numeric_zero_as_max` is documented to read it otherwise.
    pub(super) fn keeps(&self, row: &Row) -> bool {
        if self.column == ANY {
            return row.0.iter().any(|(column, _)| self.takes(Cell::of(row, column)));
        }
        self.takes(Cell::of(row, self.column))
    }

    fn takes(&self, cell: Cell<'_>) -> bool {
        let lower = || cell.text().to_lowercase();
        match &self.test {
            Test::Contains(term) => lower().contains(term),
            Test::Exactly(term) => cell.text() == term.as_str(),
            Test::LessOrEqual(term) => cell.number().is_some_and(|number| number <= *term),
            Test::GreaterOrEqual(term) => cell.number().is_some_and(|number| number >= *term),
            Test::Begins(term) => lower().starts_with(term),
            Test::Ends(term) => lower().ends_with(term),
            Test::Matches(regex) => regex.is_match(&cell.text()),
            Test::Equal(term) => cell.number() == Some(*term),
            Test::NotEqual(term) => cell.number() != Some(*term),
            Test::Less(term) => cell.number().is_some_and(|number| number < *term),
            Test::Greater(term) => cell.number().is_some_and(|number| number > *term),
            Test::LessHandleUnlimited(term) => {
                cell.number_or_unlimited().is_some_and(|number| number < *term)
            }
            Test::GreaterHandleUnlimited(term) => {
                cell.number_or_unlimited().is_some_and(|number| number > *term)
            }
            Test::Defined => cell.is_defined(),
            Test::Undefined => !cell.is_defined(),
        }
    }
}
