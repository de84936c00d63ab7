//! No call begins where memory is too short for it: an allocation that fails would end the host.

use liveapi_core::api::Error;
use liveapi_core::base::limits::{Room, no_memory, room};

use super::guard::guard;
use super::status::remember_no_memory;

/// As [`guard`], for what answers calls. `body` learns whether there is room for one, to say so in its own way; where
/// there is not even room for that, nothing is allocated and `no_room` has the failure.
pub(super) fn guard_call<T>(
    no_room: impl FnOnce() -> T,
    failure: impl FnOnce() -> T,
    body: impl FnOnce(Result<(), Error>) -> T,
) -> T {
    match room() {
        Room::ForACall => guard(failure, || body(Ok(()))),
        Room::ForASentence => guard(failure, || body(Err(no_memory()))),
        Room::None => {
            remember_no_memory();
            no_room()
        }
    }
}
