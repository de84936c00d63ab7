//! Durable, link-safe files: what the store, the engines and the daemon write with.
//!
//! Whoever owns the folders above a file may put anything there: links, hard links, FIFOs. So every look-up goes
//! through descriptors that follow no link ([`Folder`]), every file is checked before it is believed ([`Snapshot`]),
//! every change is one durable rename, and one writer at a time makes it ([`Lock`]).

pub mod failure;
mod folder;
mod lock;
mod lock_holder;
mod private;
mod private_log;
mod proof;
mod remove;
mod replace;
mod snapshot;
mod splice;
mod stamp;
mod temporary;
mod trusted;
mod written;

pub use folder::Folder;
pub use lock::Lock;
pub use private::PrivateFolder;
pub use private_log::PrivateLog;
pub use proof::Proof;
pub use snapshot::{MAX_BYTES, Snapshot};
pub use splice::{Splice, pieces};
pub use stamp::Stamp;
pub use temporary::NEW_FILE_MODE;
pub use trusted::read_of_root;
pub use written::{within_size_limit, write_all};
