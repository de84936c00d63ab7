//! How much memory requests may take before they are answered.
//!
//! While they arrive it is not known what they are good for, so all of them share one amount, and those of one sender
//! have a part of it. What every connection may have is not counted: a change of a password arrives whatever others
//! send.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What each request may take without being counted, in bytes.
const FREE: usize = 8 * 1024;

/// The memory that requests take.
#[derive(Debug, Default)]
pub struct RequestMemory(Mutex<TakenMemory>);

#[derive(Debug, Default)]
struct TakenMemory {
    all: usize,
    by_sender: HashMap<String, usize>,
}

/// How much may be taken, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct MemoryLimit {
    pub all: usize,
    /// By the requests of one sender.
    pub of_one: usize,
}

/// What the requests of one connection take; given back when dropped.
#[derive(Debug)]
pub struct MemoryShare {
    memory: Arc<RequestMemory>,
    sender: String,
    taken: usize,
}

/// There is no more memory for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMemory;

impl RequestMemory {
    /// The share of a sender's connection, which is nothing yet.
    pub fn share(self: &Arc<Self>, sender: String) -> MemoryShare {
        MemoryShare { memory: Arc::clone(self), sender, taken: 0 }
    }
}

impl MemoryLimit {
    /// The limit of so many mebibytes.
    pub fn of_mebibytes(all: usize, of_one: usize) -> Self {
        Self { all: all.saturating_mul(1024 * 1024), of_one: of_one.saturating_mul(1024 * 1024) }
    }
}

impl MemoryShare {
    /// Says how much memory the connection's request takes now; refused if that is too much.
    pub fn hold(&mut self, bytes: usize, limit: MemoryLimit) -> Result<(), NoMemory> {
        let wanted = bytes.saturating_sub(FREE);
        if wanted == self.taken {
            return Ok(());
        }
        let mut taken = self.memory.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_one = taken.by_sender.get(&self.sender).copied().unwrap_or(0) - self.taken + wanted;
        let all = taken.all - self.taken + wanted;
        // Less is never too much.
        if wanted > self.taken && (all > limit.all || of_one > limit.of_one) {
            return Err(NoMemory);
        }
        taken.all = all;
        if of_one == 0 {
            taken.by_sender.remove(&self.sender);
        } else {
            taken.by_sender.insert(self.sender.clone(), of_one);
        }
        self.taken = wanted;
        Ok(())
    }

    /// Gives all of it back.
    pub fn free(&mut self) {
        let _ = self.hold(0, MemoryLimit { all: 0, of_one: 0 });
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
    fn all_and_each_sender_have_a_limit_and_small_requests_have_none() {
        const MEBIBYTE: usize = 1024 * 1024;
        let memory = Arc::new(RequestMemory::default());
        let limit = MemoryLimit::of_mebibytes(3, 2);
        let hold = |share: &mut MemoryShare, bytes| share.hold(bytes, limit).is_ok();
        let [mut one, mut two, mut other, mut small] =
            ["a", "a", "b", "c"].map(|sender| memory.share(sender.to_owned()));
        assert!(hold(&mut one, MEBIBYTE + FREE) && hold(&mut two, MEBIBYTE + FREE));
        assert!(!hold(&mut two, MEBIBYTE + FREE + 1) && hold(&mut other, MEBIBYTE + FREE));
        assert!(!hold(&mut other, MEBIBYTE + FREE + 1));
        assert!(hold(&mut small, FREE) && !hold(&mut small, FREE + 1));
        assert!(hold(&mut one, FREE + 5) && hold(&mut other, MEBIBYTE + FREE + 5));
        two.free();
        drop((one, two, other, small));
        let taken = memory.0.lock().unwrap();
        assert!(taken.all == 0 && taken.by_sender.is_empty(), "{taken:?}");
    }
}
