//! Who somebody is who was identified, and how.

use super::SessionKey;
use liveapi_core::store::{AccountName, Address};

/// Who a request comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// The owner of the server: any account, all functions.
    Root,
    /// A reseller: its own accounts.
    Reseller(AccountName),
    /// An account: itself.
    Account(AccountName),
    /// A mailbox of an account: its own password.
    Mailbox(AccountName, Address),
}

/// What somebody was identified by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Token,
    /// An access hash, as clients from before tokens have them.
    AccessHash,
    /// User name and password in every request.
    Basic,
    /// A session: its cookie and its security token.
    Session,
    /// A LiveAPI socket, which only the account can open.
    Socket,
    /// A program on the shell of whoever owns the daemon's files.
    Shell,
}

impl How {
    /// Its word in the log.
    pub fn word(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::AccessHash => "accesshash",
            Self::Basic => "basic",
            Self::Session => "session",
            Self::Socket => "socket",
            Self::Shell => "shell",
        }
    }
}

/// Somebody whose request was identified, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identified {
    pub who: Who,
    /// The name it logged in with.
    pub user: String,
    pub how: How,
    /// The session that the request is of, if it is of one.
    pub session: Option<SessionKey>,
}
