//! Which calls are answered at once, on the network thread that read them.
//!
//! Handing a call to a thread that may wait, and its answer back, costs more than most calls themselves. So a
//! call that only reads, and was quick the last time, is answered in place. Everything else may wait, and does so
//! where no other connection waits with it: whatever hashes, changes files, asks a server, was slow, or is new.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::server::auth::{Credentials, is_password};
use liveapi_core::api::catalogue::{Answer, ParamKind};
use liveapi_core::api::{Call, Family};
use liveapi_core::engine::local::function;

/// How long a call may have taken last time, in microseconds: about what one hash costs.
const QUICK: u32 = 1000;
/// How many calls are told apart. Two that fall together only make each other wait.
const SLOTS: usize = 4096;

/// How long calls took last.
pub(crate) struct FastPath {
    /// In microseconds; 0 where nothing is known.
    took: Box<[AtomicU32]>,
    hasher: RandomState,
}

/// Where the time of a call is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(usize);

impl Default for FastPath {
    fn default() -> Self {
        Self { took: (0..SLOTS).map(|_| AtomicU32::new(0)).collect(), hasher: RandomState::new() }
    }
}

impl FastPath {
    /// The slot of a call of a request; none if it must always be able to wait.
    pub(crate) fn slot(&self, credentials: &Credentials<'_>, call: &Call<'_>) -> Option<Slot> {
        if credentials.authorization.is_some_and(is_password) {
            return None;
        }
        self.slot_of((credentials.authorization, credentials.cookie), call)
    }

    /// The slot of a call of a sender that is known without credentials.
    pub(crate) fn slot_of(&self, sender: impl Hash, call: &Call<'_>) -> Option<Slot> {
        if !only_reads(call) {
            return None;
        }
        let hash = self.hasher.hash_one((sender, call.module, call.func));
        Some(Slot(hash as usize % SLOTS))
    }

    /// Whether the calls of that slot were quick.
    pub(crate) fn is_quick(&self, slot: Slot) -> bool {
        (1..=QUICK).contains(&self.took[slot.0].load(Ordering::Relaxed))
    }

    /// Remembers how long a call took.
    pub(crate) fn took(&self, slot: Slot, time: Duration) {
        let microseconds = u32::try_from(time.as_micros()).unwrap_or(u32::MAX).max(1);
        self.took[slot.0].store(microseconds, Ordering::Relaxed);
    }
}

/// Whether a function of the embedded engine neither changes anything nor takes a password.
fn only_reads(call: &Call<'_>) -> bool {
    let family = if call.family == Family::Whm0 { Family::Whm } else { call.family };
    function(family, call.module, call.func).is_some_and(|function| {
        let named = ["list", "get", "count"].iter().any(|word| function.func.starts_with(word));
        let secret = function.params.iter().any(|param| param.kind == ParamKind::Secret);
        (named || function.answer == Answer::List) && !secret
    })
}
