//! Answers of servers, for `fuzz/`.

use crate::api::{Args, Call, Family, Outcome, members};
use crate::engine::wire::normalize;

/// Reads an answer as that of a call of each family; what is passed on is an object, and read again stays as it is.
pub fn remote_answer(text: &str) {
    for family in [Family::Api1, Family::Api2, Family::Uapi, Family::Whm, Family::Whm0] {
        let call = Call { family, module: "Email", func: "listpopswithdisk", args: Args::default() };
        for bare in [false, true] {
            let Ok(Outcome::Answered(first)) = normalize::read(&call, family, bare, text.to_owned()) else {
                continue;
            };
            assert!(members(first.json()).is_some(), "{} is no object", first.json());
            let again = normalize::read(&call, family, false, first.json().to_owned());
            let Ok(Outcome::Answered(second)) = again else {
                panic!("{} is no answer any more", first.json())
            };
            assert_eq!(second, first, "an answer changes when it is read again");
            let _ = (first.is_done(family), first.printed());
        }
    }
}
