//! The fields that a visitor sent.

use std::fmt;

use zeroize::Zeroize;

use crate::api::{Arg, Args, Error, ErrorKind, Refusal};
use crate::base::text::urlencoded;

/// Form fields by name; any of them may be a password, so all are wiped when dropped.
#[derive(Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a JSON object of names and values; what is no single value is no field.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let mut form = Self::default();
        for (name, value) in Args::from_json_object(text)?.beginning_with("") {
            match value {
                Arg::Text(text) => form.push(name, text.as_ref()),
                // What a visitor sends is text; a tag that uses the field may set a password with it.
                Arg::Inexact(_, given) => {
                    let why = Refusal::NotAText { param: name.to_owned(), why: given.why() };
                    return Err(Error::new(ErrorKind::BadParams, why.to_string()));
                }
                Arg::Absent | Arg::Nested(_) => {}
            }
        }
        Ok(form)
    }

    /// Adds a field. Of equal names the last one counts.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// Adds all fields of a query string or of the body of a form (`application/x-www-form-urlencoded`).
    /// Bytes that are not UTF-8 are refused: reading them as something else would change a password.
    pub fn push_urlencoded(&mut self, encoded: &[u8]) -> Result<(), &'static str> {
        for pair in urlencoded(encoded) {
            let (name, value) = pair?;
            self.push(name, value);
        }
        Ok(())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of that field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Drop for Form {
    fn drop(&mut self) {
        for (_, value) in &mut self.0 {
            value.zeroize();
        }
    }
}

impl fmt::Debug for Form {
    /// Names only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn fields_are_decoded_and_the_last_of_equal_names_counts() {
        let mut form = Form::default();
        form.push_urlencoded(b"a=1&b=p%26+%2B%c3%a9&a=2&c").unwrap();
        assert_eq!((form.get("a"), form.get("b"), form.get("c")), (Some("2"), Some("p& +é"), Some("")));
        assert_eq!(form.get("d"), None);
        assert_eq!(format!("{form:?}"), r#"["a", "b", "a", "c"]"#);
        assert!(form.push_urlencoded(b"password=s3cret%ff").unwrap_err().contains("not UTF-8"));
    }
}
