//! Who a request comes from, what it may do, and what may be known of one that is refused.
//!
//! [`Gate`] is the door: it identifies requests, opens and ends sessions, and says what a caller may do.
//! Behind it stand the daemon's own users ([`users`]), tokens ([`tokens`]) and second factors ([`codes`]) in
//! private files of the state folder, the passwords of accounts and mailboxes ([`Passwords`]), sessions in
//! memory ([`sessions`]), and the count of failures ([`limiter`]). Nothing here waits for a client; a check of
//! a password costs one or two milliseconds of hashing, so callers use a thread that may block.

mod answer_filter;
mod authorization;
mod caller;
mod claim;
mod clock;
mod codes;
mod cookie;
mod credentials;
mod denied;
mod gate;
mod json_file;
mod limiter;
mod logged_in;
mod login_settings;
mod owner;
mod password_login;
mod passwords;
mod permission;
mod random;
mod sessions;
mod tokens;
mod users;

pub use answer_filter::only;
pub(crate) use authorization::is_password;
pub use caller::{How, Identified, Who};
pub use claim::Claim;
pub use clock::Clock;
pub use codes::Codes;
pub use cookie::{is_session, name as cookie_name};
pub use credentials::Credentials;
pub use denied::{Denied, Reason};
pub use gate::{Gate, STATE};
pub use login_settings::LoginSettings;
pub use owner::Owner;
pub use passwords::{Checked, NoPasswords, Passwords, StorePasswords};
pub use permission::Allowed;
#[cfg(test)]
pub(crate) use permission::OF_TOKENS;
pub use sessions::Session;
pub(crate) use tokens::unknown as unknown_token;
pub use tokens::{Token, TokenKind, Tokens};
pub use users::{User, Users};
