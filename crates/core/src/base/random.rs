//! Numbers and names from the system's generator.

use super::{Error, ErrorKind};

/// Bytes of a name that nobody else ever gets: 128 bits.
const NAME: usize = 16;

/// A name that nobody else ever gets, in hexadecimal digits.
pub fn name() -> Result<String, Error> {
    let mut random = [0u8; NAME];
    getrandom::fill(&mut random).map_err(|cause| failed(&cause))?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A number for a name that nobody has or foresees.
pub fn number() -> Result<u64, Error> {
    getrandom::u64().map_err(|cause| failed(&cause))
}

fn failed(cause: &getrandom::Error) -> Error {
    Error::new(ErrorKind::Internal, format!("The system's random generator failed: {cause}"))
}
