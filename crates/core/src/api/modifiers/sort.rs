//! Sorting: `api2_sort_column`, `_method`, `_reverse`. The first rule is the primary key.

use std::cmp::Reverse;
use std::net::Ipv4Addr;

use super::cell::Cell;
use super::columns::KnownColumns;
use super::given::{GivenModifiers, Name, SORT_PARTS};
use crate::api::{Refusal, Row};

/// A rule by which rows are ordered.
pub(super) struct Sort<'a> {
    column: &'a str,
    key: MakeKey,
    reverse: bool,
}

/// What a value is sorted by, in this order: what the method cannot read stands first (unconfirmed).
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SortKey {
    Unreadable,
    Text(String),
    Number(i64),
    Address(Ipv4Addr),
    Unlimited,
}

type MakeKey = fn(Cell<'_>) -> SortKey;

/// Every method by its name; the first is the default. `alphabet` is what old clients send
/// (unconfirmed on current servers).
static METHODS: [(&str, MakeKey); 5] = [
    ("lexicographic", lexicographic),
    ("numeric", numeric),
    ("numeric_zero_as_max", numeric_zero_as_max),
    ("ipv4", ipv4),
    ("alphabet", lexicographic),
];

/// The sort keys that a call asks for.
pub(super) fn read<'a>(
    given: &GivenModifiers<'a>,
    known: &KnownColumns<'_>,
) -> Result<Vec<Sort<'a>>, Refusal> {
    let rules = given.rules(Name::Sort, SORT_PARTS)?;
    let sort = |rule| {
        let column = known.column(given, Name::SortColumn, rule)?;
        let wanted = given.get(Name::SortMethod, rule)?.unwrap_or(METHODS[0].0);
        let Some((_, key)) = METHODS.iter().find(|(name, _)| *name == wanted) else {
            return Err(given.unknown(Name::SortMethod, wanted, &METHODS.map(|(name, _)| name)));
        };
        Ok(Sort { column, key: *key, reverse: given.flag(Name::SortReverse, rule)? })
    };
    rules.into_iter().map(sort).collect()
}

/// Sorts by all keys. Rows that are equal keep their order, also in reverse.
pub(super) fn sort(rows: &mut [Row], sorts: &[Sort<'_>]) {
    sort_by_row(rows, sorts, |row, key| key(row));
}

/// The same for what rows are made of; `with_row` hands the row of an item on.
pub(super) fn sort_by_row<T>(
    items: &mut [T],
    sorts: &[Sort<'_>],
    with_row: impl Fn(&T, &dyn Fn(&Row) -> SortKey) -> SortKey,
) {
    // From the last key to the first: each pass is stable, so the first key decides in the end.
    for sort in sorts.iter().rev() {
        let key = |item: &T| with_row(item, &|row: &Row| (sort.key)(Cell::of(row, sort.column)));
        if sort.reverse {
            items.sort_by_cached_key(|item| Reverse(key(item)));
        } else {
            items.sort_by_cached_key(key);
        }
    }
}

/// By code points: capitals before small letters (unconfirmed).
fn lexicographic(cell: Cell<'_>) -> SortKey {
    SortKey::Text(cell.text().into_owned())
}

fn numeric(cell: Cell<'_>) -> SortKey {
    match cell.number_or_unlimited() {
        Some(f64::INFINITY) => SortKey::Unlimited,
        Some(number) => SortKey::Number(in_order(number)),
        None => SortKey::Unreadable,
    }
}

/// 0 is how quotas say “unlimited”.
fn numeric_zero_as_max(cell: Cell<'_>) -> SortKey {
    if cell.number() == Some(0.0) { SortKey::Unlimited } else { numeric(cell) }
}

fn ipv4(cell: Cell<'_>) -> SortKey {
    cell.text().trim().parse().map_or(SortKey::Unreadable, SortKey::Address)
}

/// An integer that compares as the number does, the way `f64::total_cmp` finds it; -0 counts as 0.
fn in_order(number: f64) -> i64 {
    let bits = (number + 0.0).to_bits().cast_signed();
    bits ^ ((bits >> 63) & i64::MAX)
}
