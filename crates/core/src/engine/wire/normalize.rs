//! What a server answered: passed on if it has the shape of the call's family, and named otherwise.
//!
//! Nothing is parsed but the outer members; the payload stays text. A documented member that a server leaves out
//! is added, so that callers find the same keys everywhere.

use std::collections::BTreeMap;

use crate::api::{Answered, Call, Family, Members, Outcome, members};
use crate::engine::wire::object::Object;

/// An answer that is none of the family's.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Malformed {
    /// Not JSON, or no object.
    NotJson,
    /// An object that says why not.
    Said(String),
    /// An object of another shape.
    Strange,
}

/// Reads an answer in the shape of a family; gives it back if it is none. `bare`: UAPI's result came without its
/// frame.
pub(crate) fn read(
    call: &Call<'_>,
    family: Family,
    bare: bool,
    json: String,
) -> Result<Outcome, (Malformed, String)> {
    match changed(call, family, bare, &json) {
        Ok(changed) => Ok(Outcome::Answered(Answered::new(changed.unwrap_or(json)))),
        Err(odd) => Err((odd, json)),
    }
}

/// The answer with what it lacks; `None` if that is nothing.
fn changed(call: &Call<'_>, family: Family, bare: bool, json: &str) -> Result<Option<String>, Malformed> {
    if family == Family::Api2 {
        // Both objects by one look at the text, which for long lists is most of the work.
        let both: Option<BTreeMap<String, Members<'_>>> = serde_json::from_str(json).ok();
        if let Some(inner) =
            both.as_ref().and_then(|both| both.get("cpanelresult")).filter(|inner| is_of_function(inner))
        {
            return Ok(api2(call, inner));
        }
    }
    let top = members(json).ok_or(Malformed::NotJson)?;
    match family {
        Family::Api2 => match inner(&top, "cpanelresult").filter(|inner| is_of_function(inner)) {
            Some(inner) => Ok(api2(call, &inner)),
            None => Err(odd(&top)),
        },
        Family::Api1 => api1(&top),
        Family::Uapi => uapi(call, bare, &top),
        Family::Whm => whm(&top),
        Family::Whm0 => whm0(&top),
    }
}

fn api2(call: &Call<'_>, inner: &Members<'_>) -> Option<String> {
    let data = inner.get("data").map(|data| data.get());
    let is_list = data.is_none_or(|data| data.starts_with('['));
    let is_whole = data.is_none() || inner.contains_key("event");
    if is_list && is_whole && ["apiversion", "func", "module"].iter().all(|name| inner.contains_key(*name)) {
        return None;
    }
    let mut out = Object::default();
    out.defaults(call, "2");
    if data.is_some() {
        let failed = inner.contains_key("error");
        out.set("event", if failed { r#"{"result":0}"# } else { r#"{"result":1}"# });
    }
    out.copy(inner);
    if let Some(data) = data.filter(|_| !is_list) {
        out.set("data", &format!("[{data}]"));
    }
    Some(format!(r#"{{"cpanelresult":{}}}"#, out.finish()))
}

/// Whether an answer of API 2 comes from a function. Those from before it (access denied) have the type `text`.
fn is_of_function(inner: &Members<'_>) -> bool {
    let before =
        inner.get("type").is_some_and(|kind| kind.get() == r#""text""#) && !inner.contains_key("event");
    !before && (inner.contains_key("data") || inner.contains_key("error"))
}

fn api1(top: &Members<'_>) -> Result<Option<String>, Malformed> {
    if top.contains_key("event") { Ok(None) } else { Err(odd(top)) }
}

fn uapi(call: &Call<'_>, bare: bool, top: &Members<'_>) -> Result<Option<String>, Malformed> {
    let framed = inner(top, "result").filter(|result| result.contains_key("status"));
    let is_complete = |result: &Members<'_>| RESULT.iter().all(|(name, _)| result.contains_key(*name));
    let result = match framed {
        Some(result) if is_complete(&result) && top.contains_key("func") && top.contains_key("module") => {
            return Ok(None);
        }
        Some(result) => result,
        None if bare && top.contains_key("status") => top.clone(),
        None => return Err(odd(top)),
    };
    let mut inner = Object::default();
    RESULT.iter().for_each(|(name, value)| inner.set(name, value));
    inner.copy(&result);
    let mut out = Object::default();
    out.defaults(call, "3");
    out.set("result", &inner.finish());
    Ok(Some(out.finish()))
}

/// The members of UAPI's result; the last servers without `warnings` are of version 58.
const RESULT: [(&str, &str); 6] = [
    ("status", "0"),
    ("errors", "null"),
    ("warnings", "null"),
    ("messages", "null"),
    ("metadata", "{}"),
    ("data", "null"),
];

fn whm(top: &Members<'_>) -> Result<Option<String>, Malformed> {
    if top.contains_key("metadata") { Ok(None) } else { Err(odd(top)) }
}

fn whm0(top: &Members<'_>) -> Result<Option<String>, Malformed> {
    if top.contains_key("cpanelresult") { Err(odd(top)) } else { Ok(None) }
}

fn inner<'j>(top: &Members<'j>, name: &str) -> Option<Members<'j>> {
    members(top.get(name)?.get())
}

/// What an object of another shape says, in the places where servers say it.
pub(crate) fn said(json: &str) -> Option<String> {
    match odd(&members(json)?) {
        Malformed::Said(why) => Some(why),
        _ => None,
    }
}

fn odd(top: &Members<'_>) -> Malformed {
    let text = |members: &Members<'_>, name: &str| -> Option<String> {
        let text: String = serde_json::from_str(members.get(name)?.get()).ok()?;
        (!text.trim().is_empty()).then_some(text)
    };
    let first = |members: &Members<'_>, name: &str| -> Option<String> {
        let texts: Vec<String> = serde_json::from_str(members.get(name)?.get()).ok()?;
        texts.into_iter().find(|text| !text.trim().is_empty())
    };
    let places = [
        Some(top.clone()),
        inner(top, "cpanelresult"),
        inner(top, "metadata"),
        inner(top, "result"),
        inner(top, "data"),
    ];
    let said = places.into_iter().flatten().find_map(|place| {
        ["error", "reason", "statusmsg", "message"]
            .iter()
            .find_map(|name| text(&place, name))
            .or_else(|| first(&place, "errors"))
    });
    said.map_or(Malformed::Strange, Malformed::Said)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::api::Args;

    fn answer(family: Family, bare: bool, json: &str) -> Result<Value, Malformed> {
        let call = Call { family, module: "Email", func: "f", args: Args::default() };
        match read(&call, family, bare, json.to_owned()).map_err(|(odd, _)| odd)? {
            Outcome::Answered(answered) => Ok(serde_json::from_str(answered.json()).unwrap()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn answers_of_the_right_shape_pass_to_the_letter() {
        for (family, json) in [
            (
                Family::Api2,
                r#"{"cpanelresult":{"apiversion":2,"postevent":{"result":1},"func":"f","data":[{"result":1,"reason":""}],"event":{"result":1},"module":"Email"}}"#,
            ),
            (
                Family::Api2,
                r#"{"cpanelresult":{"apiversion":2,"error":"Could not find function 'f' in module 'Email'","func":"f","module":"Email"}}"#,
            ),
            (
                Family::Api1,
                r#"{"apiversion":"1","type":"event","module":"Email","func":"f","source":"module","data":{"result":""},"event":{"result":1}}"#,
            ),
            (
                Family::Uapi,
                r#"{"apiversion":3,"module":"Email","func":"f","result":{"status":1,"metadata":{},"errors":null,"warnings":null,"messages":null,"data":null}}"#,
            ),
            (Family::Whm, r#"{"metadata":{"reason":"OK","result":1}}"#),
            (Family::Whm0, r#"{"status":1,"acct":[]}"#),
        ] {
            assert_eq!(answer(family, false, json).unwrap(), serde_json::from_str::<Value>(json).unwrap());
        }
    }

    #[test]
    fn documented_members_that_are_missing_are_added() {
        let bare = r#"{"messages":null,"errors":["no"],"status":0,"metadata":{},"data":null}"#;
        assert_eq!(
            answer(Family::Uapi, true, bare).unwrap(),
            json!({"apiversion":3,"func":"f","module":"Email","result":{"status":0,"errors":["no"],"warnings":null,"messages":null,"metadata":{},"data":null}})
        );
        let object = r#"{"cpanelresult":{"data":{"result":0,"reason":"no"},"error":"no"}}"#;
        assert_eq!(
            answer(Family::Api2, false, object).unwrap(),
            json!({"cpanelresult":{"apiversion":2,"func":"f","module":"Email","error":"no","data":[{"result":0,"reason":"no"}],"event":{"result":0}}})
        );
    }

    #[test]
    fn other_objects_say_why_where_they_can() {
        let denied = r#"{"cpanelresult":{"apiversion":"2","error":"Access denied","data":{"reason":"Access denied","result":"0"},"type":"text"}}"#;
        let user = r#"{"data":{"reason":"User parameter is invalid or was not supplied","result":"0"},"type":"text","error":"User parameter is invalid or was not supplied"}"#;
        for family in [Family::Api2, Family::Uapi, Family::Api1, Family::Whm] {
            assert_eq!(
                answer(family, true, denied),
                Err(Malformed::Said("Access denied".into())),
                "{family:?}"
            );
            assert!(
                matches!(answer(family, false, user), Err(Malformed::Said(why)) if why.starts_with("User parameter"))
            );
        }
        assert_eq!(answer(Family::Whm0, false, denied), Err(Malformed::Said("Access denied".into())));
        assert_eq!(answer(Family::Uapi, true, r#"{"errors":["","no"]}"#), Err(Malformed::Said("no".into())));
        for strange in ["{}", r#"{"cpanelresult":7}"#, r#"{"cpanelresult":{}}"#] {
            assert_eq!(answer(Family::Api2, false, strange), Err(Malformed::Strange), "{strange}");
        }
        for none in ["", "null", "[]", "<html>", r#"{"cpanelresult":{"#] {
            assert_eq!(answer(Family::Api2, false, none), Err(Malformed::NotJson), "{none}");
        }
    }
}
