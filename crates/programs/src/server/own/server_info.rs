//! Functions of WHM that are about the daemon, not about a store.

use crate::server::host::host_name;
use liveapi_core::api::{Call, Data, Done, Error, Family, Field, Outcome, Row};

/// The version of cPanel that clients are told: the last that had API 1, API 2 and UAPI, as this server has.
const VERSION: &str = "11.86.0.0";

/// Answers it, if it is one of those.
pub(crate) fn answer(call: &Call<'_>) -> Option<Result<Outcome, Error>> {
    if !matches!(call.family, Family::Whm | Family::Whm0) {
        return None;
    }
    let row = match call.func {
        "version" => vec![("version", Field::Text(VERSION.to_owned()))],
        "gethostname" => vec![("hostname", Field::Text(host_name()))],
        _ => return None,
    };
    Some(Ok(Outcome::Done(Done::with(Data::Object(Row(row))))))
}
