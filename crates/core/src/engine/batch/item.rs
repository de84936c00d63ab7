//! One item of a batch: `{"module":"Email","func":"passwdpop","params":{…}}`, and who it is for.

use std::borrow::Cow;
use std::ops::Deref;

use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::api::{Args, Call, Error, ErrorKind, Family, MAX_PARAMS_BYTES, Members, members};
use crate::base::nearest;

/// The names that an item may have.
const KEYS: [&str; 8] = ["id", "family", "apiversion", "module", "func", "params", "user", "server"];
/// Longest id, in bytes of JSON.
const MAX_ID_BYTES: usize = 256;

/// The JSON of an item: of the caller's, or of ours and then wiped when dropped, since it may hold a password.
pub enum ItemText<'i> {
    Borrowed(&'i str),
    /// Read by us, e.g. from a file.
    Owned(Zeroizing<String>),
}

impl Deref for ItemText<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Owned(text) => text,
        }
    }
}

/// An item as it was read.
pub struct Item<'t> {
    /// The caller's own name for it, as JSON.
    pub id: Option<&'t str>,
    pub family: Family,
    /// Empty for functions of WHM.
    pub module: Cow<'t, str>,
    pub func: Cow<'t, str>,
    /// The account, where it is not the client's.
    pub user: Option<Cow<'t, str>>,
    /// The server of the table, where it is not to be found by domain.
    pub server: Option<Cow<'t, str>>,
    params: &'t str,
}

impl<'t> Item<'t> {
    /// Reads an item. Complaints quote no value.
    pub fn read(json: &'t str, family: Family) -> Result<Self, Error> {
        if json.len() > MAX_PARAMS_BYTES {
            return Err(bad(format!("is longer than {MAX_PARAMS_BYTES} bytes")));
        }
        let members = members(json).ok_or_else(|| not_an_object(json))?;
        if let Some(unknown) = members.keys().find(|key| !KEYS.contains(&key.as_str())) {
            let nearest = nearest(KEYS, unknown).unwrap_or_default();
            return Err(bad(format!("has an unknown member {unknown:?}; did you mean {nearest:?}?")));
        }
        let raw = |name: &str| raw(&members, name);
        let text = |name: &str| raw(name).map(|json| text(name, json)).transpose();
        let id = raw("id");
        if id.is_some_and(|id| id.len() > MAX_ID_BYTES || id.starts_with(['{', '['])) {
            return Err(bad(format!("has an id that is no text or number of at most {MAX_ID_BYTES} bytes")));
        }
        let family = chosen(raw("family"), raw("apiversion"), family)?;
        let module = text("module")?.unwrap_or_default();
        let func = text("func")?.ok_or_else(|| bad("names no function; give it as func".to_owned()))?;
        let of_server = matches!(family, Family::Whm | Family::Whm0);
        if module.is_empty() != of_server {
            let why =
                if of_server { "names a module, but functions of WHM have none" } else { "names no module" };
            return Err(bad(why.to_owned()));
        }
        let (user, server) = (text("user")?, text("server")?);
        Ok(Self { id, family, module, func, user, server, params: raw("params").unwrap_or("{}") })
    }

    /// The call. Fails where the parameters are none.
    pub fn call(&self) -> Result<Call<'_>, Error> {
        let args = match self.family {
            Family::Api1 => Args::from_json_list(self.params),
            _ => Args::from_json_object(self.params),
        }?;
        Ok(Call { family: self.family, module: &self.module, func: &self.func, args })
    }
}

/// The member of that name, unless it is null.
fn raw<'t>(members: &Members<'t>, name: &str) -> Option<&'t str> {
    members.get(name).map(|value| value.get()).filter(|json| *json != "null")
}

fn text<'t>(name: &str, json: &'t str) -> Result<Cow<'t, str>, Error> {
    // Only names come here; what stands in params may be a secret, and is read by others.
    let plain = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match plain {
        Some(plain) if !plain.contains('\\') => Ok(Cow::Borrowed(plain)),
        _ => serde_json::from_str(json)
            .map(Cow::Owned)
            .map_err(|_| bad(format!("has a {name} that is no text"))),
    }
}

/// The family that an item names, by our word or by cPanel's number.
fn chosen(family: Option<&str>, version: Option<&str>, usual: Family) -> Result<Family, Error> {
    let wrong = || {
        bad("names no API family: family is api1, api2, uapi, whm or whm0, apiversion 1, 2 or 3".to_owned())
    };
    let by_name = family.map(|json| family_of(&text("family", json)?).ok_or_else(wrong)).transpose()?;
    let by_version =
        version.map(|json| Family::of_version(json.trim_matches('"')).ok_or_else(wrong)).transpose()?;
    match (by_name, by_version) {
        (Some(one), Some(other)) if one != other => {
            Err(bad("names two API families, one as family and one as apiversion".to_owned()))
        }
        (one, other) => Ok(one.or(other).unwrap_or(usual)),
    }
}

/// The family of that name.
pub(super) fn family_of(name: &str) -> Option<Family> {
    match name {
        "api1" => Some(Family::Api1),
        "api2" => Some(Family::Api2),
        "uapi" => Some(Family::Uapi),
        "whm" => Some(Family::Whm),
        "whm0" => Some(Family::Whm0),
        _ => None,
    }
}

/// Where, and no part of the text: it may hold a password.
fn not_an_object(json: &str) -> Error {
    match serde_json::from_str::<&RawValue>(json) {
        Err(cause) => {
            Error::new(ErrorKind::BadJson, format!("The item is not valid JSON (column {})", cause.column()))
        }
        Ok(_) => bad("must be a JSON object with module, func and params".to_owned()),
    }
}

fn bad(why: String) -> Error {
    Error::new(ErrorKind::BadParams, format!("The item {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn family(json: &str) -> Result<Family, String> {
        Item::read(json, Family::Api2).map(|item| item.family).map_err(|error| error.to_string())
    }

    #[test]
    fn an_item_is_a_call_and_for_whom() {
        let json = r#"{"id":7,"apiversion":"uapi","module":"Email","func":"f\u0066","params":{"a":"b"},"user":"bob","server":"web1"}"#;
        let item = Item::read(json, Family::Api2).unwrap();
        assert_eq!(
            (item.id, item.family, &*item.module, &*item.func),
            (Some("7"), Family::Uapi, "Email", "ff")
        );
        assert_eq!((item.user.as_deref(), item.server.as_deref()), (Some("bob"), Some("web1")));
        assert!(item.call().unwrap().args.get("a").is_some());
        let positional = r#"{"family":"api1","module":"Email","func":"f","params":["x"]}"#;
        assert!(
            Item::read(positional, Family::Api2).unwrap().call().unwrap().args.get_positional(0).is_some()
        );
    }

    #[test]
    fn families_have_names_and_numbers() {
        for (members, expected) in [
            ("", Family::Api2),
            (r#""apiversion":1,"#, Family::Api1),
            (r#""apiversion":"3","#, Family::Uapi),
            (r#""family":"uapi","apiversion":3,"#, Family::Uapi),
            (r#""family":null,"#, Family::Api2),
        ] {
            assert_eq!(family(&format!(r#"{{{members}"module":"Email","func":"f"}}"#)), Ok(expected));
        }
        assert_eq!(family(r#"{"family":"whm","func":"listaccts"}"#), Ok(Family::Whm));
    }

    #[test]
    fn what_is_no_item_is_named_without_its_values() {
        for (json, word) in [
            (r#"{"module":"Email","func":"f","params":{"password":"s3cret"}"#, "column"),
            (r#"["s3cret"]"#, "object"),
            (r#"{"module":"Email","function":"f"}"#, "\"func\""),
            (r#"{"module":"Email"}"#, "no function"),
            (r#"{"func":"f"}"#, "no module"),
            (r#"{"family":"whm","module":"Email","func":"f"}"#, "have none"),
            (r#"{"family":"s3cret","module":"Email","func":"f"}"#, "api1, api2"),
            (r#"{"family":"uapi","apiversion":2,"module":"Email","func":"f"}"#, "two API families"),
            (r#"{"id":{},"module":"Email","func":"f"}"#, "id"),
            (r#"{"module":7,"func":"f"}"#, "module that is no text"),
        ] {
            let why = family(json).unwrap_err();
            assert!(why.contains(word) && !why.contains("s3cret"), "{json}: {why}");
        }
        let list = r#"{"module":"Email","func":"f","params":["s3cret"]}"#;
        let why = Item::read(list, Family::Api2).unwrap().call().map(drop).unwrap_err().to_string();
        assert!(why.contains("JSON list") && !why.contains("s3cret"), "{why}");
    }
}
