//! cPanel's input modifiers: filter, sort, paginate and choose the columns of a list.
//!
//! They are parameters beside the function's own, `api2_filter=1` in API 2, `api.filter=1` in UAPI and `api.filter.enable=1` in WHM,
//! and work on the finished list. Source: cPanel's public pages on input parameters for both APIs; its
//! MIT-licensed client library for numbered rules and the answer's `metadata`. What neither says is
//! decided in one place each and marked “unconfirmed” there.
//!
//! The order is filter, sort, paginate, columns: the only one in which `records_before_filter` and
//! `total_results` count something, and in which a list can be sorted by a column that is not shown.

mod apply;
mod cell;
mod columns;
mod filter;
mod given;
mod paginate;
mod sort;

pub use apply::{apply, check, listens};
pub use given::shown;

#[cfg(test)]
mod tests;
