//! What a reseller sees of a list of accounts: its own.

use serde_json::Value;

use liveapi_core::api::{Answered, Data, Field, Outcome, Row};
use liveapi_core::store::AccountName;

/// The list of accounts in answers of `listaccts` and `accountsummary`.
const LIST: &str = "acct";
/// The member of a row that names its account.
const USER: &str = "user";

/// An answer with the rows of those accounts alone.
pub fn only(outcome: Outcome, accounts: &[AccountName]) -> Outcome {
    let is_theirs = |user: &str| accounts.iter().any(|account| account.as_str() == user);
    match outcome {
        Outcome::Done(mut done) => {
            // What is said of another's account is not for the caller.
            done.warnings.retain(|text| {
                let names = |account: &AccountName| text.starts_with(&format!("The account “{account}” "));
                text.starts_with("The parameter “") || accounts.iter().any(names)
            });
            if let Data::Object(Row(members)) = &mut done.data {
                for (_, field) in members.iter_mut().filter(|(name, _)| *name == LIST) {
                    let Field::Rows(rows) = field else { continue };
                    rows.retain(|row| matches!(row.get(USER), Some(Field::Text(user)) if is_theirs(user)));
                }
            }
            Outcome::Done(done)
        }
        Outcome::Answered(answered) => {
            // What cannot be read cannot be cut, and is not shown.
            let mut answer: Value = serde_json::from_str(answered.json()).unwrap_or_default();
            for list in ["/acct", "/data/acct"] {
                if let Some(Value::Array(rows)) = answer.pointer_mut(list) {
                    rows.retain(|row| row[USER].as_str().is_some_and(is_theirs));
                }
            }
            Outcome::Answered(Answered::new(answer.to_string()))
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use liveapi_core::api::{Done, Family, envelope};

    fn shown(outcome: Outcome) -> Value {
        let accounts = [AccountName::existing("bob").unwrap()];
        serde_json::from_slice(&envelope::write(Family::Whm, "", "listaccts", &Ok(only(outcome, &accounts))))
            .unwrap()
    }

    #[test]
    fn rows_of_others_are_gone() {
        let row = |user: &str| Row(vec![("user", Field::Text(user.into())), ("maxpop", Field::Int(1))]);
        let data =
            || Data::Object(Row(vec![("acct", Field::Rows(vec![row("alice"), row("bob"), row("bobby")]))]));
        let local = shown(Outcome::Done(Done::with(data())));
        assert_eq!(local["data"]["acct"], serde_json::json!([{"user":"bob","maxpop":1}]));
        for (json, list) in [
            (r#"{"metadata":{"result":1},"data":{"acct":[{"user":"alice"},{"user":"bob"}]}}"#, "/data/acct"),
            (r#"{"status":1,"acct":[{"user":"bob"},{"user":"alice"},{}]}"#, "/acct"),
        ] {
            let remote = shown(Outcome::Answered(Answered::new(json.to_owned())));
            assert_eq!(remote.pointer(list), Some(&serde_json::json!([{"user":"bob"}])), "{remote}");
        }
    }
}
