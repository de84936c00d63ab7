//! Columns: those that rules may name, and the choice of those that are shown.

use super::given::{Dialect, GivenModifiers, Name, RuleNumber};
use crate::api::catalogue::Function;
use crate::api::{Refusal, Row};

/// The columns of a list: what the catalogue says of the function, and whatever its rows hold. Both,
/// because an empty list has no rows, and a row may lack what others have.
pub(super) struct KnownColumns<'a> {
    pub(super) function: &'a Function,
    pub(super) rows: &'a [Row],
}

impl KnownColumns<'_> {
    /// The column that a rule names.
    pub(super) fn column<'g>(
        &self,
        given: &GivenModifiers<'g>,
        name: Name,
        rule: RuleNumber,
    ) -> Result<&'g str, Refusal> {
        match given.get(name, rule)? {
            Some(column) if self.has(column) => Ok(column),
            // What WHM's lists have is known by their rows; of none nothing is chosen.
            Some(column) if given.dialect == Dialect::Whm && self.rows.is_empty() => Ok(column),
            Some(other) => Err(given.unknown(name, other, &self.names())),
            None => Err(given.bad(name, format!("no column is named; use {}", self.names().join(", ")))),
        }
    }

    fn has(&self, column: &str) -> bool {
        self.documented().any(|known| known == column)
            || self.rows.iter().any(|row| row.get(column).is_some())
    }

    /// The catalogue may describe several columns at once, as `user, domain`.
    fn documented(&self) -> impl Iterator<Item = &'static str> {
        self.function.returns.iter().flat_map(|known| known.name.split(", "))
    }

    /// For refusals: the documented ones, then those that only the first row tells of.
    fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.documented().collect();
        for (name, _) in self.rows.first().into_iter().flat_map(|row| &row.0) {
            if !names.contains(name) {
                names.push(name);
            }
        }
        names
    }
}

/// The columns that a call wants to see; none where it wants all.
pub(super) fn read<'a>(
    given: &GivenModifiers<'a>,
    known: &KnownColumns<'_>,
) -> Result<Vec<&'a str>, Refusal> {
    let rules = given.rules(Name::Columns, &[Name::Column])?;
    let chosen: Result<Vec<&str>, _> =
        rules.into_iter().map(|rule| known.column(given, Name::Column, rule)).collect();
    let mut chosen = chosen?;
    let want = given.get(Name::Want, None)?.unwrap_or_default();
    for column in want.split(',').map(str::trim).filter(|column| !column.is_empty()) {
        if !known.rows.is_empty() && !known.has(column) {
            return Err(given.unknown(Name::Want, column, &known.names()));
        }
        chosen.push(column);
    }
    Ok(chosen)
}

/// Drops all other columns; those that stay keep their order in the row.
pub(super) fn choose(rows: &mut [Row], columns: &[&str]) {
    if columns.is_empty() {
        return;
    }
    for row in rows {
        row.0.retain(|(name, _)| columns.contains(name));
    }
}
