//! The names of the modifiers, and what a call gives under them.

use crate::api::{Arg, Args, Refusal};

/// Most rules of one kind that a call may give.
const MAX_RULES: usize = 32;

/// Whose names of modifiers a call uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Api2,
    Uapi,
}

/// One modifier parameter. Those of rules may carry a number: `api2_filter_column_3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Filter,
    FilterColumn,
    FilterType,
    FilterTerm,
    Sort,
    SortColumn,
    SortMethod,
    SortReverse,
    Paginate,
    PaginateStart,
    PaginateSize,
    PaginatePage,
    Columns,
    /// `api2_columns_3`: unlike all others its bare form is the switch.
    Column,
}

/// Every name in API 2 and in UAPI. Those of columns are by analogy with WHM API 1 and unconfirmed.
static NAMES: [(Name, &str, &str); 14] = [
    (Name::Filter, "api2_filter", "api.filter"),
    (Name::FilterColumn, "api2_filter_column", "api.filter_column"),
    (Name::FilterType, "api2_filter_type", "api.filter_type"),
    (Name::FilterTerm, "api2_filter_term", "api.filter_term"),
    (Name::Sort, "api2_sort", "api.sort"),
    (Name::SortColumn, "api2_sort_column", "api.sort_column"),
    (Name::SortMethod, "api2_sort_method", "api.sort_method"),
    (Name::SortReverse, "api2_sort_reverse", "api.sort_reverse"),
    (Name::Paginate, "api2_paginate", "api.paginate"),
    (Name::PaginateStart, "api2_paginate_start", "api.paginate_start"),
    (Name::PaginateSize, "api2_paginate_size", "api.paginate_size"),
    (Name::PaginatePage, "api2_paginate_page", "api.paginate_page"),
    (Name::Columns, "api2_columns", "api.columns"),
    (Name::Column, "api2_columns", "api.columns"),
];

/// The number of a rule. The one without a number comes first.
pub(super) type RuleNumber = Option<u64>;

/// The modifiers of one call, as given. Other names that begin like them are reserved and ignored.
pub(super) struct GivenModifiers<'a> {
    pub(super) dialect: Dialect,
    found: Vec<(Name, RuleNumber, &'a Arg<'a>)>,
}

impl Dialect {
    fn prefix(self) -> &'static str {
        match self {
            Self::Api2 => "api2_",
            Self::Uapi => "api.",
        }
    }

    /// The name and the number of its rule.
    fn parse(self, text: &str) -> Option<(Name, RuleNumber)> {
        let (bare, rule) = split_number(text);
        let spelled =
            |(_, api2, uapi): &&(Name, &str, &str)| bare == if self == Self::Api2 { *api2 } else { *uapi };
        match NAMES.iter().find(spelled)?.0 {
            Name::Columns if rule.is_some() => Some((Name::Column, rule)),
            name => Some((name, rule)),
        }
    }
}

/// `api2_filter_term_3` in its parts. A number beyond all bounds still is one, and sorts last.
fn split_number(text: &str) -> (&str, RuleNumber) {
    match text.rsplit_once('_') {
        Some((bare, digits)) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            (bare, Some(digits.parse().unwrap_or(u64::MAX)))
        }
        _ => (text, None),
    }
}

impl<'a> GivenModifiers<'a> {
    /// Finds them. Costs one look at each name where there are none.
    pub(super) fn read(dialect: Dialect, args: &'a Args<'a>) -> Self {
        let named = args.beginning_with(dialect.prefix());
        let found = named.filter_map(|(text, arg)| dialect.parse(text).map(|(name, rule)| (name, rule, arg)));
        Self { dialect, found: found.collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The text under a name; empty is as good as not given, and of several the last one counts.
    pub(super) fn get(&self, name: Name, rule: RuleNumber) -> Result<Option<&'a str>, Refusal> {
        let found = self.found.iter().rev().find(|(known, number, _)| *known == name && *number == rule);
        match found.map(|(_, _, arg)| *arg) {
            Some(Arg::Text(text) | Arg::Inexact(text, _)) => {
                Ok(Some(&**text).filter(|text| !text.is_empty()))
            }
            Some(Arg::Nested(_)) => {
                Err(self.bad(name, "a list or an object was given; give one text".to_owned()))
            }
            Some(Arg::Absent) | None => Ok(None),
        }
    }

    /// Only 1 is yes.
    pub(super) fn flag(&self, name: Name, rule: RuleNumber) -> Result<bool, Refusal> {
        Ok(self.get(name, rule)? == Some("1"))
    }

    /// The rules of a kind that count, in their order. In API 2 the switch must be 1. In UAPI numbered
    /// rules count without it as well, because cPanel's own client sends them so; 0 turns them off.
    ///
    /// A switch without any rule is refused under the name of the first part: its author meant one, and
    /// may take the whole list for a filtered one.
    pub(super) fn rules(&self, switch: Name, parts: &[Name]) -> Result<Vec<RuleNumber>, Refusal> {
        let on = match self.get(switch, None)? {
            Some("1") => true,
            None if self.dialect == Dialect::Uapi => false,
            _ => return Ok(Vec::new()),
        };
        let given = self.found.iter().filter(|(name, rule, arg)| {
            parts.contains(name) && (on || rule.is_some()) && !matches!(arg, Arg::Absent)
        });
        let mut rules: Vec<RuleNumber> = given.map(|(_, rule, _)| *rule).collect();
        rules.sort_unstable();
        rules.dedup();
        if rules.len() > MAX_RULES {
            return Err(
                self.bad(switch, format!("{} rules are given; the limit is {MAX_RULES}", rules.len()))
            );
        }
        if on && rules.is_empty() {
            rules.push(None);
        }
        Ok(rules)
    }

    /// A refusal of what is given under that name.
    pub(super) fn bad(&self, name: Name, why: String) -> Refusal {
        Refusal::BadValue { param: self.spelled(name), why }
    }

    /// A refusal of a value that is not one of those known.
    pub(super) fn unknown(&self, name: Name, value: &str, known: &[&str]) -> Refusal {
        self.bad(name, format!("“{}” is not known; use {}", shown(value), known.join(", ")))
    }

    /// How this family spells the name.
    pub(super) fn spelled(&self, name: Name) -> &'static str {
        let (_, api2, uapi) = NAMES[name as usize];
        if self.dialect == Dialect::Api2 { api2 } else { uapi }
    }
}

/// The beginning of a value, as a refusal shows it.
pub(super) fn shown(value: &str) -> String {
    value.chars().take(60).flat_map(char::escape_debug).collect()
}
