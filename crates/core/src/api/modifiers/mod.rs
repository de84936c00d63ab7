//! cPanel's input modifiers: filter, sort, paginate and choose the columns of a list.
//!
//! They are parameters beside the function's own, `api2_filter=1` in API 2 and `api.filter=1` in UAPI,
//! and work on the finished list. Source: cPanel's public pages on input parameters for both APIs; its
//! MIT-licensed client library for numbered rules and the answer's `metadata`. What neither says is
//! decided in one place each and marked “unconfirmed” there.
//!
//! The order is filter, sort, paginate, columns: the only one in which `records_before_filter` and
//! `total_results` count something, and in which a list can be sorted by a column that is not shown.

mod cell;
mod columns;
mod filter;
mod given;
mod paginate;
mod sort;

pub use paginate::Page;

use columns::KnownColumns;
use filter::Filter;
use given::{Dialect, GivenModifiers};
use sort::Sort;

use super::catalogue::{Answer, Function};
use super::{Args, Data, Done, Family, Refusal, Row};

/// Most rules of one kind that a call may give.
const MAX_RULES: usize = 32;

/// Applies the modifiers among the arguments to the answer of a list function; every other answer
/// passes untouched.
pub fn apply(function: &Function, args: &Args<'_>, mut done: Done) -> Result<Done, Refusal> {
    let (Some(dialect), Data::Rows(rows)) = (dialect(function), &mut done.data) else { return Ok(done) };
    let given = GivenModifiers::read(dialect, args);
    if given.is_empty() {
        return Ok(done);
    }
    let plan = Modifiers::read(&given, &KnownColumns { function, rows })?;
    if !plan.filters.is_empty() {
        done.records_before_filter = Some(i64::try_from(rows.len()).unwrap_or(i64::MAX));
    }
    done.paginate = plan.work(rows);
    Ok(done)
}

/// The names that a list function listens to; nothing for any other function.
fn dialect(function: &Function) -> Option<Dialect> {
    match function.family {
        _ if function.answer != Answer::List => None,
        Family::Api2 => Some(Dialect::Api2),
        Family::Uapi => Some(Dialect::Uapi),
        Family::Api1 | Family::Whm | Family::Whm0 => None,
    }
}

/// Everything that a call asks for, read and checked before the list is touched.
struct Modifiers<'a> {
    filters: Vec<Filter<'a>>,
    sorts: Vec<Sort<'a>>,
    page: Option<paginate::PageRequest>,
    columns: Vec<&'a str>,
}

impl<'a> Modifiers<'a> {
    fn read(given: &GivenModifiers<'a>, known: &KnownColumns<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            filters: filter::read(given, known)?,
            sorts: sort::read(given, known)?,
            page: paginate::read(given)?,
            columns: columns::read(given, known)?,
        })
    }

    fn work(self, rows: &mut Vec<Row>) -> Option<Page> {
        if !self.filters.is_empty() {
            rows.retain(|row| self.filters.iter().all(|filter| filter.keeps(row)));
        }
        sort::sort(rows, &self.sorts);
        let page = self.page.map(|page| page.cut(rows));
        columns::choose(rows, &self.columns);
        page
    }
}

#[cfg(test)]
mod tests;
