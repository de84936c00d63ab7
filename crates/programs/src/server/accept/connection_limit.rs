//! How many connections there may be, in all and from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::server::origin::network;

/// The connections that are open.
#[derive(Debug, Default)]
pub(crate) struct ConnectionLimit(Mutex<OpenConnections>);

#[derive(Debug, Default)]
struct OpenConnections {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One open connection's slot; given back when dropped.
#[derive(Debug)]
pub(crate) struct ConnectionSlot {
    limit: Arc<ConnectionLimit>,
    address: IpAddr,
    /// Whether it is one too many, and may only be told so.
    pub(crate) full: bool,
}

impl ConnectionLimit {
    /// A slot for a connection. A few too many are let in to be told that they are; further ones get none.
    pub(crate) fn enter(
        self: &Arc<Self>,
        peer: IpAddr,
        most: usize,
        most_of_one: usize,
    ) -> Option<ConnectionSlot> {
        let address = network(peer);
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_one = open.by_address.get(&address).copied().unwrap_or(0);
        if open.all >= most + most.div_ceil(10) || of_one >= most_of_one + most_of_one.div_ceil(10) {
            return None;
        }
        open.all += 1;
        *open.by_address.entry(address).or_default() += 1;
        let full = open.all > most || of_one >= most_of_one;
        Some(ConnectionSlot { limit: Arc::clone(self), address, full })
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        let mut open = self.limit.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.all -= 1;
        if let Some(count) = open.by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_counted_and_given_back() {
        let limit = Arc::new(ConnectionLimit::default());
        let enter = |address: &str| limit.enter(address.parse().unwrap(), 12, 2);
        let mut slots: Vec<_> =
            ["1.1.1.1", "::ffff:1.1.1.1", "1.1.1.1"].map(|address| enter(address).unwrap()).into();
        assert_eq!(slots.iter().map(|slot| slot.full).collect::<Vec<_>>(), [false, false, true]);
        assert!(enter("1.1.1.1").is_none());
        slots.clear();
        assert!(!enter("1.1.1.1").unwrap().full);
        let one = enter("2001:db8::1").unwrap();
        let two = enter("2001:db8::ffff:1").unwrap();
        assert!(enter("2001:db8::5").unwrap().full && !enter("2001:db9::5").unwrap().full);
        drop((one, two));
        assert!(limit.0.lock().unwrap().by_address.is_empty());
    }

    #[test]
    fn all_addresses_together_have_a_limit_too() {
        let limit = Arc::new(ConnectionLimit::default());
        let slots: Vec<_> = (0..20).map(|n| limit.enter([10, 0, 0, n].into(), 10, 5)).collect();
        let full = |slot: &Option<ConnectionSlot>| slot.as_ref().map(|slot| slot.full);
        assert_eq!(full(&slots[9]), Some(false));
        assert_eq!((full(&slots[10]), full(&slots[11])), (Some(true), None));
    }
}
