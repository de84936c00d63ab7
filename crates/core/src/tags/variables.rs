//! What `setvar` sets, where several requests belong together.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError, TryLockError};

/// Most variables of one conversation.
const MAX_COUNT: usize = 256;
/// The most that their names and values add up to, in bytes.
const MAX_BYTES: usize = 256 * 1024;

/// The variables of one conversation.
#[derive(Debug, Default)]
pub struct Variables(Mutex<HashMap<String, String>>);

impl Variables {
    /// The value of a variable.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Whether a request uses one of them, or may set one anew.
    pub(crate) fn concern(&self, request: &str) -> bool {
        let set = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let used =
            |name: &String| request.match_indices(name.as_str()).any(|(at, _)| request[..at].ends_with('$'));
        !set.is_empty() && (request.contains("setvar") || set.keys().any(used))
    }

    /// Those of a forked child, from its parent's. A thread that the child does not have may have been setting one
    /// at that moment; then the child begins without any rather than to wait for that thread for ever.
    pub fn of_child(parent: &Self) -> Self {
        Self(Mutex::new(match parent.0.try_lock() {
            Ok(set) => set.clone(),
            Err(TryLockError::Poisoned(set)) => set.into_inner().clone(),
            Err(TryLockError::WouldBlock) => HashMap::new(),
        }))
    }

    /// Sets one, as long as there is room; why not.
    pub(crate) fn set(&self, name: &str, value: &str) -> Result<(), String> {
        let mut set = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let others = set.iter().filter(|(known, _)| *known != name);
        let (count, bytes) = others.fold((1, name.len() + value.len()), |(count, bytes), (name, value)| {
            (count + 1, bytes + name.len() + value.len())
        });
        if count > MAX_COUNT || bytes > MAX_BYTES {
            return Err(format!(
                "setvar: a page may keep {MAX_COUNT} variables of {MAX_BYTES} bytes together, and this is one more"
            ));
        }
        set.insert(name.to_owned(), value.to_owned());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_kept_and_bounded() {
        let variables = Variables::default();
        variables.set("a", "1").unwrap();
        variables.set("a", "2").unwrap();
        assert_eq!((variables.get("a").as_deref(), variables.get("b")), (Some("2"), None));
        for number in 1..MAX_COUNT {
            variables.set(&format!("v{number}"), "x").unwrap();
        }
        assert!(variables.set("more", "x").unwrap_err().contains("256 variables"));
        variables.set("a", "3").unwrap();
        assert!(variables.set("a", &"x".repeat(MAX_BYTES)).is_err());
        assert_eq!(variables.get("a").as_deref(), Some("3"));
    }
}
