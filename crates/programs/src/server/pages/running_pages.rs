//! How many pages may run at the same time, in all and for one account.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use liveapi_core::store::AccountName;

/// Counts the pages that run, so that they do not become too many.
#[derive(Debug, Default)]
pub(crate) struct RunningPages(Mutex<PageCounts>);

#[derive(Debug, Default)]
struct PageCounts {
    all: usize,
    by_account: BTreeMap<AccountName, usize>,
}

/// One running page's slot; given back when dropped.
#[derive(Debug)]
pub(crate) struct PageSlot {
    pages: Arc<RunningPages>,
    account: AccountName,
}

impl RunningPages {
    /// A slot for a page of the account, if there is one.
    pub(crate) fn take(
        self: &Arc<Self>,
        account: &AccountName,
        most: usize,
        most_of_one: usize,
    ) -> Option<PageSlot> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_one = running.by_account.get(account).copied().unwrap_or(0);
        if running.all >= most || of_one >= most_of_one {
            return None;
        }
        running.all += 1;
        *running.by_account.entry(account.clone()).or_default() += 1;
        Some(PageSlot { pages: Arc::clone(self), account: account.clone() })
    }
}

impl Drop for PageSlot {
    fn drop(&mut self) {
        let mut running = self.pages.0.lock().unwrap_or_else(PoisonError::into_inner);
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
    fn slots_are_counted_and_given_back() {
        let pages = Arc::new(RunningPages::default());
        let take = |name: &str| pages.take(&AccountName::existing(name).unwrap(), 3, 2);
        let bob = [take("bob").unwrap(), take("bob").unwrap()];
        assert!(take("bob").is_none());
        let eve = take("eve").unwrap();
        assert!(take("alice").is_none());
        drop(bob);
        assert!(take("alice").is_some() && take("bob").is_some());
        drop(eve);
        assert!(pages.0.lock().unwrap().by_account.is_empty());
    }
}
