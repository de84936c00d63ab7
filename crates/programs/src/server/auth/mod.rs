//! Who a request comes from, what it may do, and what may be known of one that is refused.
//!
//! [`Gate`] is the door: it identifies requests, opens and ends sessions, and says what a caller may do.
//! Behind it stand the daemon's own users ([`users`]), tokens ([`tokens`]), links that log in once ([`tickets`]) and
//! second factors ([`codes`]) in private files of the state folder, the passwords of accounts and mailboxes ([`Passwords`]), sessions in
//! memory ([`sessions`]), and the count of failures ([`limiter`]). Nothing here waits for a client; a check of
//! a password costs one or two milliseconds of hashing, so callers use a thread that may block.

mod aftermath;
mod answer_filter;
mod assigned_account;
mod authorization;
mod caller;
mod claim;
mod clock;
mod codes;
mod cookie;
mod credentials;
mod denied;
mod gate;
mod grants;
mod holder;
mod holders;
mod json_file;
mod limiter;
mod logged_in;
mod login_mark;
mod login_name;
mod login_settings;
mod login_urls;
mod owner;
mod password_login;
mod passwords;
mod permission;
mod random;
mod session_key;
mod session_table;
mod sessions;
mod standing;
mod tickets;
mod tokens;
mod users;

pub use answer_filter::only;
pub use assigned_account::AssignedAccount;
pub(crate) use authorization::is_password;
pub use caller::{How, Identified, Who};
pub use claim::Claim;
pub use clock::Clock;
pub use codes::Codes;
pub use cookie::{is_session, name as cookie_name};
pub use credentials::Credentials;
pub use denied::{Denied, Reason};
pub use gate::{Gate, STATE};
pub use login_mark::LoginMark;
pub use login_settings::LoginSettings;
pub use login_urls::LoginUrls;
pub use owner::{Owner, OwnerKind};
pub use passwords::{Checked, NoPasswords, Passwords, StorePasswords};
pub use permission::Allowed;
#[cfg(test)]
pub(crate) use permission::OF_TOKENS;
pub use session_key::SessionKey;
pub use sessions::Session;
pub use standing::Standing;
pub use tickets::Ticket;
pub(crate) use tokens::unknown as unknown_token;
pub use tokens::{Token, TokenKind, Tokens};
pub use users::{User, Users};
