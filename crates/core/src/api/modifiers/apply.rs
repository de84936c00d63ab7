//! The modifiers of one call, read and applied in their order.

use super::columns::{self, KnownColumns};
use super::filter::{self, Filter};
use super::given::{Dialect, GivenModifiers};
use super::paginate::{self, PageRequest};
use super::sort::{self, Sort};
use crate::api::catalogue::{Answer, Function};
use crate::api::{Args, Data, Done, Family, Field, ManyRows, Page, Refusal, Row};

/// Applies the modifiers among the arguments to the answer of a list function; every other answer
/// passes untouched.
pub fn apply(function: &Function, args: &Args<'_>, mut done: Done) -> Result<Done, Refusal> {
    let Some(dialect) = dialect(function) else { return Ok(done) };
    let given = GivenModifiers::read(dialect, args).without_own(function);
    if given.is_empty() {
        return Ok(done);
    }
    if dialect != Dialect::Whm {
        done.warnings.append(&mut given.checked_switches()?);
    }
    let count = |length: usize| Some(i64::try_from(length).unwrap_or(i64::MAX));
    match &mut done.data {
        Data::Rows(rows) => {
            let modifiers = Modifiers::read(&given, &KnownColumns { function, rows })?;
            done.records_before_filter = count(rows.len()).filter(|_| !modifiers.filters.is_empty());
            done.paginate = modifiers.work(rows);
        }
        Data::Many(rows) => {
            // They are all of one make.
            let first: Vec<Row> = rows.get(0).into_iter().collect();
            let modifiers = Modifiers::read(&given, &KnownColumns { function, rows: &first })?;
            done.records_before_filter = count(rows.len()).filter(|_| !modifiers.filters.is_empty());
            done.paginate = modifiers.work_on_many(rows);
        }
        Data::Object(row) if dialect == Dialect::Whm => {
            let lists = row.0.iter_mut().filter_map(|(_, field)| match field {
                Field::Rows(rows) => Some(rows),
                _ => None,
            });
            let mut lists: Vec<&mut Vec<Row>> = lists.collect();
            let [rows] = lists.as_mut_slice() else { return given.refuse_all().map(|()| done) };
            let modifiers = Modifiers::read(&given, &KnownColumns { function, rows })?;
            done.records_before_filter = count(rows.len()).filter(|_| !modifiers.filters.is_empty());
            done.paginate = modifiers.work(rows);
        }
        Data::Nothing | Data::Int(_) | Data::Text(_) | Data::Object(_) | Data::Texts(_) => {
            given.refuse_all()?;
        }
    }
    Ok(done)
}

/// Refuses the modifiers of a list that a server is asked for as they are refused here, before anything is sent. What
/// is to be told of those that do not count.
pub fn check(function: &Function, args: &Args<'_>) -> Result<Vec<String>, Refusal> {
    match dialect(function) {
        Some(dialect @ (Dialect::Api2 | Dialect::Uapi)) => {
            GivenModifiers::read(dialect, args).checked_switches()
        }
        Some(Dialect::Whm) | None => Ok(Vec::new()),
    }
}

/// Whether a function listens to a modifier of that name.
pub fn listens(function: &Function, name: &str) -> bool {
    dialect(function).is_some_and(|dialect| dialect.parse(name).is_some())
}

/// The names that a list function listens to; nothing for any other function.
fn dialect(function: &Function) -> Option<Dialect> {
    match function.family {
        // What they tell is in no list of their catalogue entries; whatever only tells something may hold one.
        Family::Whm if tells(function.func) => Some(Dialect::Whm),
        _ if function.answer != Answer::List => None,
        Family::Api2 => Some(Dialect::Api2),
        Family::Uapi => Some(Dialect::Uapi),
        Family::Api1 | Family::Whm | Family::Whm0 => None,
    }
}

/// Whether a function of WHM changes nothing and tells of many.
fn tells(func: &str) -> bool {
    ["list", "get", "show"].iter().any(|start| func.starts_with(start))
        || matches!(func, "accountsummary" | "domainuserdata" | "applist" | "api_token_list")
}

/// Everything that a call asks for, read and checked before the list is touched.
struct Modifiers<'a> {
    filters: Vec<Filter<'a>>,
    sorts: Vec<Sort<'a>>,
    page: Option<PageRequest>,
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

    fn work_on_many(self, rows: &mut ManyRows) -> Option<Page> {
        if !self.filters.is_empty() {
            rows.retain(|row| self.filters.iter().all(|filter| filter.keeps(row)));
        }
        let (shown, make) = rows.parts();
        sort::sort_by_row(shown, &self.sorts, |number, key| key(&make(*number)));
        let page = self.page.map(|page| page.cut(shown));
        rows.choose(&self.columns);
        page
    }
}
