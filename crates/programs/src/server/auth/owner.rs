//! Whose a token or a second factor is. A WHM user and an account can have the same name and are two owners.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Identified, Who};
use liveapi_core::store::AccountName;

/// The owner of tokens and of a second factor. In files: `whm:NAME` or `cpanel:NAME`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub enum Owner {
    Whm(String),
    Account(String),
}

impl Owner {
    /// The owner that somebody is; a mailbox owns nothing.
    pub fn of(identified: &Identified) -> Option<Self> {
        match &identified.who {
            Who::Root | Who::Reseller(_) => Some(Self::Whm(identified.user.clone())),
            Who::Account(account) => Some(Self::account(account)),
            Who::Mailbox(..) => None,
        }
    }

    /// An account as an owner.
    pub fn account(account: &AccountName) -> Self {
        Self::Account(account.to_string())
    }

    /// The name without the word for its kind.
    pub fn name(&self) -> &str {
        match self {
            Self::Whm(name) | Self::Account(name) => name,
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whm(name) => write!(f, "whm:{name}"),
            Self::Account(name) => write!(f, "cpanel:{name}"),
        }
    }
}

impl From<Owner> for String {
    fn from(owner: Owner) -> Self {
        owner.to_string()
    }
}

impl TryFrom<String> for Owner {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.split_once(':') {
            Some(("whm", name)) => Ok(Self::Whm(name.to_owned())),
            Some(("cpanel", name)) => Ok(Self::Account(name.to_owned())),
            _ => Err("an owner begins with whm: or cpanel:"),
        }
    }
}
