//! One lock per account, for work on all of it: suspending, removing, importing, taking domains.
//!
//! Such work may take long, because a customer chose how much there is. So the registry's lock, for which every
//! account waits, is held for single steps of it only. Always taken in this order: the account's lock, a domain's, the
//! registry's.

use crate::base::Error;
use crate::base::files::{Folder, Lock};
use crate::store::AccountName;

/// No domain has such a name, since domains hold a dot, and no other lock.
fn lock_of(name: &AccountName) -> String {
    format!("account-{name}")
}

/// Takes it.
pub(super) fn take(state: &Folder, name: &AccountName) -> Result<Lock, Error> {
    Lock::take(state, &lock_of(name))
}

/// Whether somebody holds it, also the caller.
pub(super) fn is_held(state: &Folder, name: &AccountName) -> Result<bool, Error> {
    Lock::is_held(state, &lock_of(name))
}
