//! WHM API 1's account functions.

mod createacct;
mod listaccts;
mod removeacct;

use super::{Context, Entry, Params};
use crate::api::catalogue::{Kind, Param};

/// All functions of this group.
pub(super) static ENTRIES: &[Entry] = &[createacct::WHM, listaccts::WHM, removeacct::WHM];

const USERNAME: Param = Param::required("username", Kind::Text, "the account's name");
