//! How many pages may run at the same time, in all and for one account.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use liveapi_core::store::AccountName;

/// The pages that run.
#[derive(Debug, Default)]
pub(in crate::server) struct Places(Mutex<Running>);

#[derive(Debug, Default)]
struct Running {
    all: usize,
    by_account: BTreeMap<AccountName, usize>,
}

/// One running page's place; given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    account: AccountName,
}

impl Places {
    /// A place for a page of the account, if there is one.
    pub(super) fn take(
        self: &Arc<Self>,
        account: &AccountName,
        most: usize,
        most_of_one: usize,
    ) -> Option<Place> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_one = running.by_account.get(account).copied().unwrap_or(0);
        if running.all >= most || of_one >= most_of_one {
            return None;
        }
        running.all += 1;
        *running.by_account.entry(account.clone()).or_default() += 1;
        Some(Place { places: Arc::clone(self), account: account.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut running = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.all -= 1;
        if let Some(count) = running.by_account.get_mut(&self.account) {
            *count -= 1;
            if *count == 0 {
                running.by_account.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_and_given_back() {
        let places = Arc::new(Places::default());
        let take = |name: &str| places.take(&AccountName::existing(name).unwrap(), 3, 2);
        let bob = [take("bob").unwrap(), take("bob").unwrap()];
        assert!(take("bob").is_none());
        let eve = take("eve").unwrap();
        assert!(take("alice").is_none());
        drop(bob);
        assert!(take("alice").is_some() && take("bob").is_some());
        drop(eve);
        assert!(places.0.lock().unwrap().by_account.is_empty());
    }
}
