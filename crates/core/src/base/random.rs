//! Numbers from the system's generator.

use super::{Error, ErrorKind};

/// A number for a name that nobody has or foresees.
pub fn number() -> Result<u64, Error> {
    getrandom::u64().map_err(|cause| {
        Error::new(ErrorKind::Internal, format!("The system's random generator failed: {cause}"))
    })
}
