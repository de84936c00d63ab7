//! An answer with a long list, piece by piece: what is in memory is one piece of it.

use crate::api::ManyRows;
use crate::api::json_writer::JsonWriter;

/// How long a piece is about, in bytes.
const PIECE: usize = 64 * 1024;

/// The pieces of an answer, in their order.
#[derive(Debug)]
pub struct Pieces {
    before: Vec<u8>,
    rows: ManyRows,
    behind: Vec<u8>,
    /// The row that is next.
    next: usize,
    is_over: bool,
}

impl Pieces {
    pub(super) fn new(before: Vec<u8>, rows: ManyRows, behind: Vec<u8>) -> Self {
        Self { before, rows, behind, next: 0, is_over: false }
    }

    /// How long all of it is, in bytes: each row is made once for that and once to be sent.
    pub fn length(&self) -> usize {
        let mut writer = JsonWriter::new();
        let mut length = self.before.len() + self.behind.len() + "[]".len();
        for row in self.rows.iter() {
            length += writer.length_of(&row) + ",".len();
        }
        length - usize::from(!self.rows.is_empty())
    }

    /// The same answer within other words.
    #[must_use]
    pub fn within(mut self, before: &[u8], behind: &[u8]) -> Self {
        self.before.splice(..0, before.iter().copied());
        self.behind.extend_from_slice(behind);
        self
    }
}

impl Iterator for Pieces {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        if self.is_over {
            return None;
        }
        let mut writer = JsonWriter::after(std::mem::take(&mut self.before));
        if self.next == 0 {
            writer.frame("[");
        }
        while writer.length() < PIECE {
            let Some(row) = self.rows.get(self.next) else {
                writer.frame("]");
                self.is_over = true;
                let mut last = writer.finish();
                last.append(&mut self.behind);
                return Some(last);
            };
            if self.next > 0 {
                writer.frame(",");
            }
            writer.row(&row);
            self.next += 1;
        }
        Some(writer.finish())
    }
}
