//! The answer objects of cPanel's API families.
//!
//! Rules that real clients depend on: `result`, `status` and `event.result` are JSON numbers; a
//! success has no `error` key at all; the reason of a refusal stands in every place where some client
//! looks for it; one line of compact JSON, `data` before `event`.

mod api1;
mod api2;
mod denied;
mod live;
mod pieces;
mod uapi;
mod unknown;
mod whm;
mod whm0;
mod write;

pub use denied::{bad_user, denied};
pub use live::{decided, json_mode, printed, printed_with, unknown_request, xml_mode};
pub use pieces::Pieces;
pub use write::{passed_on, write, write_in_pieces, write_uapi_result, write_uapi_result_in_pieces};
