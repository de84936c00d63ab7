//! A server's answer: JSON in the shape of the call's family, passed on as it came.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::Family;

/// An answer. Whoever makes one has looked whether it has the shape of its family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    json: String,
}

/// The members of a JSON object, each as its text.
pub type Members<'j> = BTreeMap<String, &'j RawValue>;

/// The members of an object; `None` for anything else.
pub fn members(json: &str) -> Option<Members<'_>> {
    serde_json::from_str(json).ok()
}

impl Answered {
    /// An answer that is valid JSON.
    pub fn new(json: String) -> Self {
        Self { json }
    }

    /// The answer as it came, one JSON text.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The same, for whoever keeps nothing else of it.
    pub fn into_json(self) -> String {
        self.json
    }

    /// Whether the function did its work, by all the signs that the family has.
    pub fn is_done(&self, family: Family) -> bool {
        let Some(top) = members(&self.json) else { return false };
        let inner = |name: &str| top.get(name).and_then(|value| members(value.get()));
        match family {
            Family::Api2 => inner("cpanelresult").is_some_and(|inner| api2_done(&inner)),
            Family::Api1 => !has_error(&top) && inner("event").is_some_and(|event| is_one(&event, "result")),
            Family::Uapi => inner("result").is_some_and(|result| is_one(&result, "status")),
            Family::Whm => inner("metadata").is_some_and(|metadata| is_one(&metadata, "result")),
            Family::Whm0 => whm0_done(&top),
        }
    }

    /// What a function of API 1 printed, or why it did not do its work.
    pub fn printed(&self) -> Result<String, String> {
        let top = members(&self.json).unwrap_or_default();
        let text = |from: &str, name: &str| text(&members(top.get(from)?.get())?, name);
        let printed = text("data", "result").unwrap_or_default();
        if self.is_done(Family::Api1) {
            return Ok(printed);
        }
        let why = super::answered::text(&top, "error").filter(|why| !why.is_empty());
        Err(why.or_else(|| text("event", "reason")).unwrap_or(printed))
    }
}

/// A member as text, if it is one.
fn text(members: &Members<'_>, name: &str) -> Option<String> {
    serde_json::from_str(members.get(name)?.get()).ok()
}

/// Whether a member is 1; servers also write it as a text.
fn is_one(members: &Members<'_>, name: &str) -> bool {
    members.get(name).is_some_and(|value| matches!(value.get(), "1" | "\"1\""))
}

fn has_error(members: &Members<'_>) -> bool {
    members.get("error").is_some_and(|error| !matches!(error.get(), "null" | "\"\""))
}

/// `result` or `status` of the first row, where it has one, tells what the event does not.
fn api2_done(inner: &Members<'_>) -> bool {
    let event = inner.get("event").and_then(|event| members(event.get()));
    if has_error(inner) || !event.is_some_and(|event| is_one(&event, "result")) {
        return false;
    }
    let rows: Vec<&RawValue> =
        inner.get("data").and_then(|data| serde_json::from_str(data.get()).ok()).unwrap_or_default();
    rows.first().and_then(|row| members(row.get())).is_none_or(|row| no_zero(&row))
}

fn no_zero(row: &Members<'_>) -> bool {
    ["result", "status"]
        .iter()
        .all(|name| row.get(*name).is_none_or(|value| !matches!(value.get(), "0" | "\"0\"")))
}

/// There is no common frame; an action's answer is the only object of a list.
fn whm0_done(top: &Members<'_>) -> bool {
    let lists = top.values().filter_map(|value| serde_json::from_str::<Vec<&RawValue>>(value.get()).ok());
    let rows = lists.filter_map(|list| members(list.first()?.get()));
    !has_error(top) && no_zero(top) && rows.into_iter().all(|row| no_zero(&row))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(family: Family, json: &str) -> bool {
        Answered::new(json.to_owned()).is_done(family)
    }

    #[test]
    fn success_is_what_all_signs_say() {
        let api2 = |inner: &str| done(Family::Api2, &format!(r#"{{"cpanelresult":{{{inner}}}}}"#));
        assert!(api2(r#""data":[{"reason":"","result":1}],"event":{"result":1}"#));
        assert!(
            api2(r#""data":[],"event":{"result":1}"#)
                && api2(r#""data":[{"email":"u"}],"event":{"result":"1"}"#)
        );
        for not in [
            r#""data":[{"reason":"no","result":0}],"event":{"result":1}"#,
            r#""data":[{"statusmsg":"no","status":"0"}],"event":{"result":1}"#,
            r#""data":["success"],"event":{"result":1},"error":"no""#,
            r#""data":[],"event":{"result":0,"reason":"no"}"#,
            r#""data":[]"#,
        ] {
            assert!(!api2(not), "{not}");
        }
        assert!(
            done(Family::Uapi, r#"{"result":{"status":1}}"#)
                && !done(Family::Uapi, r#"{"result":{"status":0}}"#)
        );
        assert!(
            done(Family::Whm, r#"{"metadata":{"result":1}}"#)
                && !done(Family::Whm, r#"{"metadata":{"result":0}}"#)
        );
        assert!(
            done(Family::Whm0, r#"{"result":[{"status":1}]}"#)
                && !done(Family::Whm0, r#"{"result":[{"status":0}]}"#)
        );
        assert!(done(Family::Whm0, r#"{"status":1,"acct":[]}"#) && !done(Family::Whm0, r#"{"error":"no"}"#));
    }

    #[test]
    fn api1_prints_or_says_why_not() {
        let printed = |json: &str| Answered::new(json.to_owned()).printed();
        assert_eq!(printed(r#"{"data":{"result":"a"},"event":{"result":1}}"#), Ok("a".to_owned()));
        assert_eq!(
            printed(r#"{"data":{"result":""},"event":{"result":0,"reason":"no"}}"#),
            Err("no".to_owned())
        );
        assert_eq!(
            printed(r#"{"data":{"result":"a"},"error":"no","event":{"result":1}}"#),
            Err("no".to_owned())
        );
    }
}
