//! What a mail store is: accounts that own domains, domains that hold mailboxes, mailboxes that have
//! a password and a quota. Also the names, passwords and hashes that every store shares.
//!
//! [`home`] keeps all of it in cPanel-style home directories that Dovecot reads.

mod account;
mod account_name;
mod address;
mod autoresponder;
mod common_domain;
mod destination;
mod domain;
mod domain_limits;
pub mod hash;
pub mod home;
mod hosted_domain;
mod limits;
mod local_part;
mod mail_store;
mod mailbox;
mod mailbox_change;
mod package;
mod packages;
mod password;
pub mod public_suffix;
mod quota;
mod routing;
mod secret;
mod secret_mark;
pub mod strength;
mod terms;
mod usage;

pub use account::{Account, NewAccount, UnreadableAccount};
pub use account_name::AccountName;
pub use address::Address;
pub use autoresponder::{Autoresponder, UTF8};
pub use common_domain::common_domain;
pub use destination::Destination;
pub use domain::Domain;
pub use domain_limits::DomainLimits;
pub use hosted_domain::{DomainKind, HostedDomain};
pub use limits::Limits;
pub use local_part::LocalPart;
pub use mail_store::MailStore;
pub use mailbox::{Changed, Mailbox};
pub use mailbox_change::{Change, MailboxChange, OnRefusal};
pub use package::{PACKAGE_SETTINGS, Package, PackageName, PackageSetting, SettingKind};
pub use packages::Packages;
pub use password::Password;
pub use quota::Quota;
pub use routing::{Forwarder, MailRouting, Outgoing};
pub use secret::Secret;
pub use secret_mark::SecretMark;
pub use terms::Terms;
pub use usage::{DiskUse, FolderEntry, HomeUse};
