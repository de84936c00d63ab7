//! The names of the modifiers, and what a call gives under them.

use crate::api::catalogue::Function;
use crate::api::flag::flag;
use crate::api::{Arg, Args, Refusal};

/// Most rules of one kind that a call may give.
const MAX_RULES: usize = 32;

/// Whose names of modifiers a call uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Api2,
    Uapi,
    /// WHM API 1: a switch, and rules with letters: `api.filter.a.field`.
    Whm,
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
    /// Columns as old clients of WHM ask for them, with commas between.
    Want,
    /// What asks WHM to tell what was done, which is told anyway.
    Verbose,
}

/// Every name in API 2, in UAPI, and in WHM API 1 without the letter of its rule. Those of columns in the first two are
/// by analogy with the third and unconfirmed.
static NAMES: [(Name, &str, &str, &str); 16] = [
    (Name::Filter, "api2_filter", "api.filter", "api.filter.enable"),
    (Name::FilterColumn, "api2_filter_column", "api.filter_column", "api.filter.field"),
    (Name::FilterType, "api2_filter_type", "api.filter_type", "api.filter.type"),
    (Name::FilterTerm, "api2_filter_term", "api.filter_term", "api.filter.arg0"),
    (Name::Sort, "api2_sort", "api.sort", "api.sort.enable"),
    (Name::SortColumn, "api2_sort_column", "api.sort_column", "api.sort.field"),
    (Name::SortMethod, "api2_sort_method", "api.sort_method", "api.sort.method"),
    (Name::SortReverse, "api2_sort_reverse", "api.sort_reverse", "api.sort.reverse"),
    (Name::Paginate, "api2_paginate", "api.paginate", "api.chunk.enable"),
    (Name::PaginateStart, "api2_paginate_start", "api.paginate_start", "api.chunk.start"),
    (Name::PaginateSize, "api2_paginate_size", "api.paginate_size", "api.chunk.size"),
    (Name::PaginatePage, "api2_paginate_page", "api.paginate_page", ""),
    (Name::Columns, "api2_columns", "api.columns", "api.columns.enable"),
    (Name::Column, "api2_columns", "api.columns", "api.columns"),
    (Name::Want, "", "", "want"),
    (Name::Verbose, "", "", "verbose"),
];

/// What a filter's rule may say.
pub(super) const FILTER_PARTS: &[Name] = &[Name::FilterColumn, Name::FilterType, Name::FilterTerm];
/// What a rule of order may say, and what a page may.
pub(super) const SORT_PARTS: &[Name] = &[Name::SortColumn, Name::SortMethod, Name::SortReverse];
const PAGE_PARTS: &[Name] = &[Name::PaginateStart, Name::PaginateSize, Name::PaginatePage];

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
            // Also “want”.
            Self::Whm => "",
        }
    }

    /// The name and the number of its rule.
    pub(super) fn parse(self, text: &str) -> Option<(Name, RuleNumber)> {
        if self == Self::Whm {
            return of_whm(text);
        }
        let (bare, rule) = split_number(text);
        let known = |(_, api2, uapi, _): &&(Name, &str, &str, &str)| {
            bare == if self == Self::Api2 { *api2 } else { *uapi }
        };
        match NAMES.iter().find(known)?.0 {
            Name::Columns if rule.is_some() => Some((Name::Column, rule)),
            name => Some((name, rule)),
        }
    }
}

/// `api.filter.a.field` in its parts; a rule's letters count as digits, so that they are in the order of their letters.
fn of_whm(text: &str) -> Option<(Name, RuleNumber)> {
    let spelled = |wanted: &str| {
        NAMES.iter().find(|(.., whm)| !whm.is_empty() && *whm == wanted).map(|(name, ..)| *name)
    };
    if text == "want" {
        return Some((Name::Want, None));
    }
    let mut parts = text.strip_prefix("api.")?.split('.');
    let (kind, second, third) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() || !matches!(kind, "filter" | "sort" | "chunk" | "columns") {
        return None;
    }
    match third {
        None if second == "verbose" => Some((Name::Verbose, None)),
        None => match spelled(&format!("api.{kind}.{second}")) {
            Some(name) => Some((name, None)),
            None if kind == "columns" => Some((Name::Column, Some(rule_of(second)?))),
            None => None,
        },
        Some(third) if matches!(kind, "filter" | "sort") && third != "enable" => {
            Some((spelled(&format!("api.{kind}.{third}"))?, Some(rule_of(second)?)))
        }
        Some(_) => None,
    }
}

/// The number of a rule's letters: `a` before `b`, `z` before `za`, as cPanel's own clients count on.
fn rule_of(letters: &str) -> Option<u64> {
    let good = (1..=7).contains(&letters.len()) && letters.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let start = u64::try_from(letters.len()).ok()?;
    good.then(|| letters.bytes().fold(start, |number, byte| (number << 8) | u64::from(byte)))
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

    /// Without those whose names are parameters of the function itself: WHM's `listpkgs` has a `want` of its own.
    pub(super) fn without_own(mut self, function: &Function) -> Self {
        let is_own = |wanted: &str| function.params.iter().any(|param| param.name == wanted);
        self.found.retain(|(name, ..)| *name != Name::Want || !is_own("want"));
        self
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

    /// Yes or no; nothing is no.
    pub(super) fn flag(&self, name: Name, rule: RuleNumber) -> Result<bool, Refusal> {
        Ok(self.yes_or_no(name, rule)?.unwrap_or(false))
    }

    /// Yes or no, or nothing where it is not given. What is neither is refused: its author meant one of them.
    fn yes_or_no(&self, name: Name, rule: RuleNumber) -> Result<Option<bool>, Refusal> {
        let read =
            |text| flag(text).ok_or_else(|| self.bad(name, format!("“{}” is neither 1 nor 0", shown(text))));
        self.get(name, rule)?.map(read).transpose()
    }

    /// The first of some parameters that does not count, because its switch is not given and it needs one.
    fn unswitched(&self, switch: Name, parts: &[Name]) -> Result<Option<(Name, RuleNumber)>, Refusal> {
        if self.get(switch, None)?.is_some() {
            return Ok(None);
        }
        let counts_alone = |rule: RuleNumber| self.dialect == Dialect::Uapi && rule.is_some();
        for (name, rule, _) in self.found.iter().filter(|(name, ..)| parts.contains(name)) {
            if !counts_alone(*rule) && self.get(*name, *rule)?.is_some() {
                return Ok(Some((*name, *rule)));
            }
        }
        Ok(None)
    }

    /// Refuses rules that count only with a switch: their author takes the answer for what they choose.
    pub(super) fn refuse_unswitched(&self, switch: Name, parts: &[Name]) -> Result<(), Refusal> {
        match self.unswitched(switch, parts)? {
            Some((name, _)) => {
                Err(self
                    .bad(name, format!("it counts only with {}=1; give that as well", self.spelled(switch))))
            }
            None => Ok(()),
        }
    }

    /// Refuses a switch that is neither on nor off, and a filter without its switch. What is to be told of the rest.
    pub(super) fn checked_switches(&self) -> Result<Vec<String>, Refusal> {
        for switch in [Name::Filter, Name::Sort, Name::Paginate, Name::Columns] {
            self.yes_or_no(switch, None)?;
        }
        self.refuse_unswitched(Name::Filter, FILTER_PARTS)?;
        self.told_unswitched()
    }

    /// What is to be told of order, pages and columns that do not count; they choose no other rows.
    fn told_unswitched(&self) -> Result<Vec<String>, Refusal> {
        let groups: [(Name, &[Name]); 3] =
            [(Name::Sort, SORT_PARTS), (Name::Paginate, PAGE_PARTS), (Name::Columns, &[Name::Column])];
        let mut told = Vec::new();
        for (switch, parts) in groups {
            if let Some((name, rule)) = self.unswitched(switch, parts)? {
                let number = rule.map_or_else(String::new, |rule| format!("_{rule}"));
                let (name, switch) = (self.spelled(name), self.spelled(switch));
                told.push(format!(
                    "The parameter “{name}{number}” was not used: it counts only with {switch}=1."
                ));
            }
        }
        Ok(told)
    }

    /// The rules of a kind that count, in their order. The switch must be on. In UAPI numbered
    /// rules count without it as well, because cPanel's own client sends them so; 0 turns them off.
    ///
    /// A switch without any rule is refused under the name of the first part: its author meant one, and
    /// may take the whole list for a filtered one.
    pub(super) fn rules(&self, switch: Name, parts: &[Name]) -> Result<Vec<RuleNumber>, Refusal> {
        let on = self.yes_or_no(switch, None)?;
        // Without a filter the call would act on others than it says; WHM's clients hear of all of them.
        if switch == Name::Filter || self.dialect == Dialect::Whm {
            self.refuse_unswitched(switch, parts)?;
        }
        let on = match on {
            Some(true) => true,
            None if self.dialect == Dialect::Uapi => false,
            Some(false) | None => return Ok(Vec::new()),
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

    /// Refuses them where the answer is no list. For other families a list is one by its catalogue entry.
    pub(super) fn refuse_all(&self) -> Result<(), Refusal> {
        let asked = self.found.iter().find(|(name, _, arg)| {
            *name != Name::Verbose && self.dialect == Dialect::Whm && !matches!(arg, Arg::Absent)
        });
        match asked {
            Some((name, ..)) => {
                Err(self
                    .bad(*name, "the answer of this function is no list of rows; leave it out".to_owned()))
            }
            None => Ok(()),
        }
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
        let (_, api2, uapi, whm) = NAMES[name as usize];
        match self.dialect {
            Dialect::Api2 => api2,
            Dialect::Uapi => uapi,
            Dialect::Whm => whm,
        }
    }
}

/// The beginning of a value, as a refusal shows it.
pub fn shown(value: &str) -> String {
    value.chars().take(60).flat_map(char::escape_debug).collect()
}
