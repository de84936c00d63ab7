//! How much memory requests may take before they are answered.
//!
//! Who sends them is not known while they arrive, so all of them share one amount, and those of one address a part of
//! it. What every connection may have is not counted: a change of a password arrives whatever others send.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::server::http::HttpError;
use crate::server::origin::network;
use crate::server::settings::Settings;

/// What each request may take without being counted, in bytes.
const FREE: usize = 8 * 1024;
const MEBIBYTE: usize = 1024 * 1024;

/// The memory that requests take.
#[derive(Debug, Default)]
pub(crate) struct RequestMemory(Mutex<TakenMemory>);

#[derive(Debug, Default)]
struct TakenMemory {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// What the requests of one connection take; given back when dropped.
#[derive(Debug)]
pub(crate) struct MemoryShare {
    memory: Arc<RequestMemory>,
    address: IpAddr,
    taken: usize,
}

impl RequestMemory {
    /// The share of a connection, which is nothing yet.
    pub(crate) fn share(self: &Arc<Self>, peer: IpAddr) -> MemoryShare {
        MemoryShare { memory: Arc::clone(self), address: network(peer), taken: 0 }
    }
}

impl MemoryShare {
    /// Says how much memory the connection's request takes now; refused if that is too much.
    pub(crate) fn hold(&mut self, bytes: usize, settings: &Settings) -> Result<(), HttpError> {
        let (most, most_of_one) = (settings.request_memory, settings.request_memory_per_address);
        self.change(bytes.saturating_sub(FREE), most * MEBIBYTE, most_of_one * MEBIBYTE)
    }

    /// Gives all of it back.
    pub(crate) fn free(&mut self) {
        // Less is never too much.
        let _ = self.change(0, usize::MAX, usize::MAX);
    }

    fn change(&mut self, wanted: usize, most: usize, most_of_one: usize) -> Result<(), HttpError> {
        if wanted == self.taken {
            return Ok(());
        }
        let mut taken = self.memory.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_one = taken.by_address.get(&self.address).copied().unwrap_or(0) - self.taken + wanted;
        let all = taken.all - self.taken + wanted;
        if wanted > self.taken && (all > most || of_one > most_of_one) {
            return Err(HttpError::no_memory());
        }
        taken.all = all;
        if of_one == 0 {
            taken.by_address.remove(&self.address);
        } else {
            taken.by_address.insert(self.address, of_one);
        }
        self.taken = wanted;
        Ok(())
    }
}

impl Drop for MemoryShare {
    fn drop(&mut self) {
        self.free();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_and_each_address_have_a_limit_and_small_requests_have_none() {
        let memory = Arc::new(RequestMemory::default());
        let mut settings = Settings::new();
        (settings.request_memory, settings.request_memory_per_address) = (3, 2);
        let share = |address: &str| memory.share(address.parse().unwrap());
        let hold = |share: &mut MemoryShare, bytes| share.hold(bytes, &settings).is_ok();
        let (mut one, mut two, mut other) = (share("1.1.1.1"), share("::ffff:1.1.1.1"), share("2001:db8::1"));
        assert!(hold(&mut one, MEBIBYTE + FREE) && hold(&mut two, MEBIBYTE + FREE));
        assert!(!hold(&mut two, MEBIBYTE + FREE + 1) && hold(&mut other, MEBIBYTE + FREE));
        assert!(!hold(&mut other, MEBIBYTE + FREE + 1));
        let mut small = share("3.3.3.3");
        assert!(hold(&mut small, FREE) && !hold(&mut small, FREE + 1));
        assert!(hold(&mut one, FREE + 5) && hold(&mut other, 2 * MEBIBYTE));
        two.free();
        drop((one, two, other, small));
        let taken = memory.0.lock().unwrap();
        assert!(taken.all == 0 && taken.by_address.is_empty(), "{taken:?}");
    }
}
