//! Which calls may be sent a second time.

use crate::api::{Call, Family};

/// Whether a call may be sent again when nobody knows what came of it: it only reads, or, for passwords,
/// leaves the same state however often it is done.
pub fn is_idempotent(call: &Call<'_>) -> bool {
    let begins = |words: &[&str]| words.iter().any(|word| call.func.starts_with(word));
    match call.family {
        // Not get…: get_remote_access_hash can make a new one.
        Family::Whm | Family::Whm0 => begins(&["list"]) || matches!(call.func, "accountsummary" | "version"),
        Family::Api1 | Family::Api2 | Family::Uapi => {
            begins(&["list", "get", "count"])
                || call.module == "Email"
                    && matches!(call.func, "passwdpop" | "passwd_pop" | "verify_password")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Args;

    #[test]
    fn only_what_may_happen_twice_is_idempotent() {
        let idempotent =
            |family, module, func| is_idempotent(&Call { family, module, func, args: Args::default() });
        for (module, func) in [
            ("Email", "passwdpop"),
            ("Email", "listpops"),
            ("Email", "get_pop_quota"),
            ("Email", "count_pops"),
            ("Email", "verify_password"),
        ] {
            assert!(idempotent(Family::Api2, module, func), "{func}");
        }
        for (module, func) in [
            ("Email", "addpop"),
            ("Email", "delpop"),
            ("Email", "editquota"),
            ("Other", "passwdpop"),
            ("Email", "addforward"),
        ] {
            assert!(!idempotent(Family::Uapi, module, func), "{func}");
        }
        assert!(
            idempotent(Family::Whm, "", "listaccts")
                && !idempotent(Family::Whm, "", "get_remote_access_hash")
        );
        assert!(!idempotent(Family::Whm, "", "createacct"));
    }
}
