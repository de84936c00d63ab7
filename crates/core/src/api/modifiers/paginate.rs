//! Pages: `api2_paginate_start` (the first record, from 1), `_size`, `_page`.

use super::given::{Dialect, GivenModifiers, Name, shown};
use crate::api::{Page, Refusal};

/// Records per page where no size is given: what the documented sample shows (unconfirmed as a default).
const DEFAULT_SIZE: i64 = 100;

/// Largest number of a record, a page or a size. The product of two is far from the end of an i64.
const MAX_NUMBER: i64 = 1_000_000_000;

/// The page that a call asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PageRequest {
    /// Everything, as one page.
    All,
    /// That many records from that one.
    From { start: i64, size: i64 },
}

/// Reads it; the first record counts more than the page where both are given (unconfirmed).
pub(super) fn read(given: &GivenModifiers<'_>) -> Result<Option<PageRequest>, Refusal> {
    if !given.flag(Name::Paginate, None)? {
        if given.dialect == Dialect::Whm {
            given.refuse_unswitched(Name::Paginate, &[Name::PaginateSize, Name::PaginateStart])?;
        }
        return Ok(None);
    }
    let size = number(given, Name::PaginateSize)?.unwrap_or(DEFAULT_SIZE);
    let page = number(given, Name::PaginatePage)?.unwrap_or(1);
    // What cPanel's own UAPI client sends for all records.
    if given.dialect != Dialect::Api2 && given.get(Name::PaginateStart, None)? == Some("-1") {
        return Ok(Some(PageRequest::All));
    }
    let start = number(given, Name::PaginateStart)?.unwrap_or((page - 1) * size + 1);
    Ok(Some(PageRequest::From { start, size }))
}

fn number(given: &GivenModifiers<'_>, name: Name) -> Result<Option<i64>, Refusal> {
    let Some(text) = given.get(name, None)? else { return Ok(None) };
    let number = text.parse().ok().filter(|number| (1..=MAX_NUMBER).contains(number));
    let all = if given.dialect != Dialect::Api2 && name == Name::PaginateStart {
        ", or -1 for all records"
    } else {
        ""
    };
    let why = || format!("“{}” is not a whole number from 1 to {MAX_NUMBER}{all}", shown(text));
    number.map(Some).ok_or_else(|| given.bad(name, why()))
}

impl PageRequest {
    /// Cuts the page out of the list. A page beyond the end is empty.
    pub(super) fn cut<T>(self, rows: &mut Vec<T>) -> Page {
        let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let (start, size) = match self {
            Self::All => (1, total),
            Self::From { start, size } => (start, size),
        };
        let index = |number: i64| usize::try_from(number).unwrap_or(usize::MAX).min(rows.len());
        let (first, end) = (index(start - 1), index(start - 1 + size));
        rows.truncate(end);
        rows.drain(..first);
        // A page without room exists only where everything was asked of nothing.
        let divisor = size.max(1);
        Page {
            total_pages: total / divisor + i64::from(total % divisor != 0),
            total_results: total,
            current_page: (start - 1) / divisor + 1,
            results_per_page: size,
            start_result: start,
        }
    }
}
