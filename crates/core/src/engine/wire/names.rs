//! Which names a panel can have for modules, functions and parameters.

use std::borrow::Cow;

use crate::api::catalogue::Function;
use crate::api::{Args, Call, Family};

/// Whether a panel can have the function at all.
pub(crate) fn has_names(call: &Call<'_>) -> bool {
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
pub(crate) fn by_position<'n>(order: Option<&Function>, name: &'n str) -> Cow<'n, str> {
    let position = order.and_then(|function| function.params.iter().position(|param| param.name == name));
    position.map_or(Cow::Borrowed(name), |at| Cow::Owned(Args::positional(at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_elsewhere() {
        let has_names =
            |family, module, func| has_names(&Call { family, module, func, args: Args::default() });
        for (module, func) in
            [("Email", "../x"), ("Email", ""), ("", "f"), ("a/b", "f"), ("Email", "f?x"), ("Email", "%66")]
        {
            assert!(!has_names(Family::Uapi, module, func), "{module}::{func}");
        }
        assert!(!has_names(Family::Whm, "", "cpanel"));
        assert!(has_names(Family::Uapi, "Email", "f") && has_names(Family::Whm, "", "listaccts"));
    }
}
