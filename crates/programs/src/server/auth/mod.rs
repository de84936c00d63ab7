//! Who a request comes from, what it may do, and what may be known of one that is refused.
//!
//! [`Gate`] is the door: it identifies requests, opens and ends sessions, and says what a caller may do.
//! Behind it stand the daemon's own users ([`users`]), tokens ([`tokens`]) and second factors ([`codes`]) in
//! private files of the state folder, the passwords of accounts and mailboxes ([`Passwords`]), sessions in
//! memory ([`sessions`]), and the count of failures ([`limiter`]). Nothing here waits for a client; a check of
//! a password costs one or two milliseconds of hashing, so callers use a thread that may block.

mod authorization;
mod book;
mod clock;
mod codes;
mod cookie;
mod denied;
pub mod functions;
mod gate;
mod limiter;
mod owner;
mod passwords;
mod permission;
mod random;
mod sessions;
mod settings;
mod tokens;
mod users;
mod visible;

use std::net::IpAddr;

use super::Service;
use liveapi_core::store::{AccountName, Address};

pub(super) use authorization::is_password;
pub use clock::Clock;
pub use codes::Codes;
pub use cookie::{is_session, name as cookie_name};
pub use denied::{Denied, Reason};
pub use gate::{Gate, STATE};
pub use owner::Owner;
pub use passwords::{Checked, NoPasswords, Passwords, StorePasswords};
pub use permission::Allowed;
pub use sessions::Session;
pub use settings::Settings;
pub use tokens::{Token, TokenKind, Tokens};
pub use users::{User, Users};
pub use visible::only;

/// What a request shows of its sender, as it came.
#[derive(Clone, Copy)]
pub struct Shown<'r> {
    /// The service of the port.
    pub service: Service,
    /// The address that the connection comes from.
    pub peer: IpAddr,
    /// The value of `Authorization`.
    pub authorization: Option<&'r str>,
    /// The second factor: `X-CPANEL-OTP`, or `tfa_token` beside it.
    pub code: Option<&'r str>,
    /// The value of `Cookie`.
    pub cookie: Option<&'r str>,
    /// The first part of the path, if it is `cpsess` and ten digits.
    pub security_token: Option<&'r str>,
}

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

/// How somebody was identified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// An API token.
    Token,
    /// An access hash, as clients from before tokens have them.
    AccessHash,
    /// User name and password in every request.
    Basic,
    /// A session: its cookie and its security token.
    Session,
    /// A LiveAPI socket, which only the account can open.
    Socket,
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
        }
    }
}

/// Somebody who was identified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identified {
    /// Who it is.
    pub who: Who,
    /// The name it logged in with.
    pub user: String,
    /// What it showed.
    pub how: How,
}
