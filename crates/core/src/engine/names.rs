//! Which names a panel can have for modules, functions and parameters.

use std::borrow::Cow;

use crate::api::catalogue::Function;
use crate::api::{Args, Call, Family};

/// Whether a panel can have the function at all.
pub(super) fn has_names(call: &Call<'_>) -> bool {
    match call.family {
        // “cpanel” is no function of its own but the way to those of accounts.
        Family::Whm | Family::Whm0 => is_name(call.func) && call.func != "cpanel",
        Family::Api1 | Family::Api2 | Family::Uapi => is_name(call.module) && is_name(call.func),
    }
}

/// Names go into addresses and messages as they are.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Panels take API 1's parameters by position only.
pub(super) fn by_position<'n>(order: Option<&Function>, name: &'n str) -> Cow<'n, str> {
    let position = order.and_then(|function| function.params.iter().position(|param| param.name == name));
    position.map_or(Cow::Borrowed(name), |at| Cow::Owned(Args::positional(at)))
}
