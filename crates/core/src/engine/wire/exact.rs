//! Values that are no texts, before they go to a server or a panel that would take their text for what was meant.

use crate::api::catalogue::{Answer, Function};
use crate::api::{Arg, Call, Outcome, Params, Refusal};

/// What names hold whose values are names or secrets, in functions that the catalogue does not describe.
const STRICT: [&str; 9] =
    ["pass", "domain", "email", "user", "name", "account", "address", "secret", "token"];

/// Refuses a call with a value that is no text where the very characters count. `known` is what the catalogue says of
/// the function.
pub(crate) fn refusal(call: &Call<'_>, known: Option<&'static Function>) -> Option<Outcome> {
    let answer = known.map_or(Answer::Single, |function| function.answer);
    let of_known = known.and_then(|function| Params::new(function, &call.args).exact().err());
    let is_known = |name: &str| known.is_some_and(|function| function.params.iter().any(|p| p.name == name));
    let others = || call.args.effective().find_map(|(name, arg)| of_other(name, arg, is_known(name)));
    of_known.or_else(others).map(|refusal| Outcome::Refused(refusal, answer))
}

/// Why the value of a parameter that is not described cannot be sent, if its name says what it holds.
fn of_other(name: &str, arg: &Arg<'_>, is_known: bool) -> Option<Refusal> {
    let lower = name.to_ascii_lowercase();
    match arg {
        Arg::Inexact(_, given) if !is_known && STRICT.iter().any(|word| lower.contains(word)) => {
            Some(Refusal::NotAText { param: name.to_owned(), why: given.why() })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Args, Family};
    use crate::engine::local::function;

    #[test]
    fn names_and_secrets_are_texts_and_numbers_may_be_numbers() {
        for (func, json, refused) in [
            ("passwdpop", r#"{"email":"u","domain":"d.example","password":1.5}"#, Some("password")),
            ("passwdpop", r#"{"email":"u","domain":"d.example","passwd":true}"#, Some("password")),
            ("passwdpop", r#"{"email":"u","domain":false,"password":"x"}"#, Some("domain")),
            ("passwdpop", r#"{"email":"u","domain":"d.example","password":12345678}"#, None),
            ("editquota", r#"{"email":"u","domain":"d.example","quota":512.0}"#, None),
            ("editquota", r#"{"email":"u","domain":"d.example","quota":true}"#, Some("quota")),
            ("nosuch", r#"{"user_name":1e3}"#, Some("user_name")),
            ("nosuch", r#"{"days":1.5,"force":true}"#, None),
        ] {
            let args = Args::from_json_object(json).unwrap();
            let call = Call { family: Family::Api2, module: "Email", func, args };
            let said = match refusal(&call, function(Family::Api2, "Email", func)) {
                Some(Outcome::Refused(refusal, _)) => Some(refusal.to_string()),
                _ => None,
            };
            let names = |param: &str| said.as_ref().is_some_and(|said| said.contains(&format!("“{param}”")));
            assert!(refused.map_or(said.is_none(), names), "{func} {json}: {said:?}");
        }
    }
}
