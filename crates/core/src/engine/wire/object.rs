//! Objects that are put together from the members of others, without parsing what these hold.

use crate::api::{Call, Members};

/// An object in the making; of equal names the last one counts.
#[derive(Default)]
pub(crate) struct Object(Vec<(String, String)>);

impl Object {
    pub(crate) fn set(&mut self, name: &str, json: &str) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, value)) => *value = json.to_owned(),
            None => self.0.push((name.to_owned(), json.to_owned())),
        }
    }

    /// What frames of API 2 and UAPI say of the call.
    pub(crate) fn defaults(&mut self, call: &Call<'_>, version: &str) {
        self.set("apiversion", version);
        self.set("func", &quoted(call.func));
        self.set("module", &quoted(call.module));
    }

    pub(crate) fn copy(&mut self, members: &Members<'_>) {
        members.iter().for_each(|(name, value)| self.set(name, value.get()));
    }

    pub(crate) fn finish(self) -> String {
        let members: Vec<String> =
            self.0.iter().map(|(name, json)| format!("{}:{json}", quoted(name))).collect();
        format!("{{{}}}", members.join(","))
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::Object;

    #[test]
    fn members_keep_their_place_and_their_text() {
        let mut object = Object::default();
        object.set("a", "1");
        object.set("\"<b>", r#"["x"]"#);
        object.set("a", "{}");
        assert_eq!(object.finish(), r#"{"a":{},"\"<b>":["x"]}"#);
    }
}
