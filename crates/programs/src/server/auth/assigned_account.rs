//! An account that a reseller was given.

use std::fmt;

use serde::{Deserialize, Serialize};

use liveapi_core::store::AccountName;

/// An account of a reseller. In files: `NAME:ID`, or the name alone where there is no id. An account that is created
/// later under that name is another one, and not the reseller's.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(from = "String", into = "String")]
pub struct AssignedAccount {
    name: String,
    id: String,
}

impl AssignedAccount {
    /// The account of that name and id.
    pub fn new(name: &AccountName, id: &str) -> Self {
        Self { name: name.to_string(), id: id.to_owned() }
    }

    pub(super) fn account(&self) -> Option<AccountName> {
        AccountName::existing(&self.name)
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Display for AssignedAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl From<AssignedAccount> for String {
    fn from(assigned: AssignedAccount) -> Self {
        if assigned.id.is_empty() { assigned.name } else { format!("{}:{}", assigned.name, assigned.id) }
    }
}

impl From<String> for AssignedAccount {
    fn from(text: String) -> Self {
        let (name, id) = text.split_once(':').unwrap_or((&text, ""));
        Self { name: name.to_owned(), id: id.to_owned() }
    }
}
