//! Rows of a list that may be long: each is made when it is looked at or written, and forgotten then.

use std::fmt;

use super::Row;

/// Makes the row of a number.
type MakeRow = Box<dyn Fn(u32) -> Row + Send + Sync>;

/// The rows of a long list. What is kept of each is what it is made of.
pub struct ManyRows {
    make: MakeRow,
    /// The numbers of the rows that are shown, in their order.
    shown: Vec<u32>,
    /// The columns that are shown; all if none is named.
    columns: Vec<String>,
}

impl ManyRows {
    /// A row of each item.
    pub fn of<T: Send + Sync + 'static>(
        items: Vec<T>,
        make: impl Fn(&T) -> Row + Send + Sync + 'static,
    ) -> Self {
        // More are in no file that is read.
        let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let make = move |number: u32| {
            let item = usize::try_from(number).ok().and_then(|number| items.get(number));
            item.map(&make).unwrap_or_default()
        };
        Self { make: Box::new(make), shown: (0..count).collect(), columns: Vec::new() }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.shown.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// The row at that place of the list.
    pub fn get(&self, at: usize) -> Option<Row> {
        self.shown.get(at).map(|number| {
            let mut row = (self.make)(*number);
            if !self.columns.is_empty() {
                row.0.retain(|(name, _)| self.columns.iter().any(|column| column == name));
            }
            row
        })
    }

    /// The rows, one after the other.
    pub fn iter(&self) -> impl Iterator<Item = Row> + '_ {
        (0..self.len()).filter_map(|at| self.get(at))
    }

    /// Keeps the rows that are wanted.
    pub(super) fn retain(&mut self, wanted: impl Fn(&Row) -> bool) {
        self.shown.retain(|number| wanted(&(self.make)(*number)));
    }

    /// The numbers of the rows, to be ordered and cut, and what makes a row of one.
    pub(super) fn parts(&mut self) -> (&mut Vec<u32>, &MakeRow) {
        (&mut self.shown, &self.make)
    }

    /// Shows these columns alone; all if none is named.
    pub(super) fn choose(&mut self, columns: &[&str]) {
        self.columns = columns.iter().map(|column| (*column).to_owned()).collect();
    }
}

impl fmt::Debug for ManyRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
