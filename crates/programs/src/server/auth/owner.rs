//! Whose a token or a second factor is. A WHM user and an account can have the same name and are two owners, and so
//! are two accounts of one name, of which the second was created after the first was removed.

use std::fmt;

use serde::{Deserialize, Serialize};

use liveapi_core::store::AccountName;

/// The owner of tokens and of a second factor. In files: `whm:NAME:ID` or `cpanel:NAME:ID`. Owners are the same only
/// if their ids are, so nothing that an owner had falls to the next one of its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Owner {
    kind: OwnerKind,
    name: String,
    /// Empty for one from before there were ids, and for accounts of another server.
    id: String,
}

/// What kind of owner it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OwnerKind {
    Whm,
    Account,
}

impl Owner {
    /// A WHM user as an owner.
    pub fn whm(name: &str, id: &str) -> Self {
        Self { kind: OwnerKind::Whm, name: name.to_owned(), id: id.to_owned() }
    }

    /// An account as an owner.
    pub fn account(account: &AccountName, id: &str) -> Self {
        Self { kind: OwnerKind::Account, name: account.to_string(), id: id.to_owned() }
    }

    /// The name without the word for its kind.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What kind of owner it is.
    pub fn kind(&self) -> OwnerKind {
        self.kind
    }

    /// Whether it is one of that kind and name, be it the same or one before or after it.
    pub(super) fn is_namesake(&self, other: &Self) -> bool {
        self.kind == other.kind && self.name == other.name
    }

    /// Whether it is an account of that name, be it there or gone.
    pub(super) fn is_account(&self, account: &AccountName) -> bool {
        self.kind == OwnerKind::Account && self.name == account.as_str()
    }

    /// Whether nothing but the date tells it from others of its name.
    pub(super) fn has_no_id(&self) -> bool {
        self.id.is_empty()
    }

    fn word(&self) -> &'static str {
        match self.kind {
            OwnerKind::Whm => "whm",
            OwnerKind::Account => "cpanel",
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.word(), self.name)
    }
}

impl From<Owner> for String {
    fn from(owner: Owner) -> Self {
        if owner.id.is_empty() { owner.to_string() } else { format!("{owner}:{}", owner.id) }
    }
}

impl TryFrom<String> for Owner {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let mut parts = text.splitn(3, ':');
        let kind = match parts.next() {
            Some("whm") => OwnerKind::Whm,
            Some("cpanel") => OwnerKind::Account,
            _ => return Err("an owner begins with whm: or cpanel:"),
        };
        let name = parts.next().ok_or("an owner has a name")?.to_owned();
        Ok(Self { kind, name, id: parts.next().unwrap_or_default().to_owned() })
    }
}
