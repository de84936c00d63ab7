//! Functions of WHM that are about this machine, also where calls go on to a server: clients ask them to find out
//! whom they speak to, and that is the daemon.

use liveapi_core::api::{Call, Data, Done, Error, Family, Field, Outcome, Row};
use liveapi_core::engine::local::{VERSION, host_name};

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
