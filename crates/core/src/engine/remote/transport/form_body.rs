//! The form in which a call's parameters travel: always a POST body, so that no log of addresses holds them.

use std::borrow::Cow;

use bytes::Bytes;
use zeroize::Zeroizing;

use crate::api::{Arg, Args, Error, ErrorKind};

/// How names begin by which a request tells the server for whom and what it is. A parameter of that name would
/// replace them, and with a token of root's a page's visitor could choose the account.
const CONTROL: [&str; 4] = ["cpanel_jsonapi_", "cpanel_xmlapi_", "api.version", "xmlin"];

/// A form on its way; wiped when dropped.
pub(crate) struct FormBody(Zeroizing<Vec<u8>>);

impl FormBody {
    pub(crate) fn new() -> Self {
        // Big enough for nearly every call: growing would leave a copy behind that nobody wipes.
        Self(Zeroizing::new(Vec::with_capacity(1024)))
    }

    /// Adds one name with its value, both encoded.
    pub(crate) fn push(&mut self, name: &str, value: &str) {
        // Room first, and the old memory wiped: growing by itself would leave a copy behind.
        let needed = self.0.len() + 3 * (name.len() + value.len()) + 2;
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(2 * needed));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        if !self.0.is_empty() {
            self.0.push(b'&');
        }
        self.encoded(name);
        self.0.push(b'=');
        self.encoded(value);
    }

    /// Adds a call's parameters, each name as `rename` wants it; without those that it wants left out.
    pub(crate) fn push_args<'n>(
        &mut self,
        args: &'n Args<'_>,
        rename: impl Fn(&'n str) -> Option<Cow<'n, str>>,
    ) -> Result<(), Error> {
        for (name, value) in args.effective() {
            let lower = name.to_ascii_lowercase();
            if CONTROL.iter().any(|control| lower.starts_with(control)) {
                return Err(refuse(name, "would change for whom or what the request is; leave it out"));
            }
            let Some(renamed) = rename(name) else { continue };
            match value {
                Arg::Absent => {}
                Arg::Text(text) | Arg::Inexact(text, _) => self.push(&renamed, text),
                Arg::Nested(json) => self.push_list(&renamed, json).map_err(|why| refuse(name, why))?,
            }
        }
        Ok(())
    }

    /// A list is its name repeated; for an object a form has no place.
    fn push_list(&mut self, name: &str, json: &str) -> Result<(), &'static str> {
        let list = Args::from_json_list(json).ok().filter(|_| json.trim_start().starts_with('['));
        let list = list.ok_or("is an object, which a server's form has no place for; send texts")?;
        for (_, value) in list.effective() {
            match value {
                Arg::Absent => self.push(name, ""),
                Arg::Text(text) | Arg::Inexact(text, _) => self.push(name, text),
                Arg::Nested(_) => {
                    return Err("is a list with lists in it, which a server's form has no place for");
                }
            }
        }
        Ok(())
    }

    fn encoded(&mut self, text: &str) {
        const HEX: &[u8; 16] = b"0123456789ABCDEF";
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
                self.0.push(byte);
            } else {
                let (high, low) = (HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]);
                self.0.extend_from_slice(&[b'%', high, low]);
            }
        }
    }

    /// The finished form; its memory is wiped when the last reader is done.
    pub(crate) fn finish(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for FormBody {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

fn refuse(name: &str, why: &str) -> Error {
    Error::new(ErrorKind::BadParams, format!("The parameter {name:?} {why}; nothing was sent"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(json: &str) -> Result<String, String> {
        let args = Args::from_json_object(json).unwrap();
        let mut form = FormBody::new();
        form.push_args(&args, |name| Some(Cow::Borrowed(name))).map_err(|error| error.to_string())?;
        Ok(String::from_utf8(form.finish().to_vec()).unwrap())
    }

    #[test]
    fn every_byte_is_sent_so_that_no_server_can_misread_it() {
        for (json, sent) in [
            ("{}", ""),
            (r#"{"email":"user@example.com","quota":10,"x":null}"#, "email=user%40example.com&quota=10"),
            (r#"{"password":" +&=%#\"é\u0000"}"#, "password=%20%2B%26%3D%25%23%22%C3%A9%00"),
            (r#"{"a":"1","b":"2","a":"3"}"#, "b=2&a=3"),
            (r#"{"k":["a","b c",7]}"#, "k=a&k=b%20c&k=7"),
            (r#"{"k":[]}"#, ""),
        ] {
            assert_eq!(form(json).as_deref(), Ok(sent), "{json}");
        }
        let long = "é".repeat(5000);
        assert_eq!(form(&format!(r#"{{"k":"{long}"}}"#)).unwrap(), format!("k={}", "%C3%A9".repeat(5000)));
    }

    #[test]
    fn nobody_changes_for_whom_a_request_is() {
        for name in ["cpanel_jsonapi_user", "CPANEL_jsonapi_func", "api.version", "xmlin"] {
            let why = form(&format!(r#"{{"{name}":"s3cret"}}"#)).unwrap_err();
            assert!(why.contains(name) && why.contains("for whom") && !why.contains("s3cret"), "{why}");
        }
        for nested in [r#"{"k":{"a":1}}"#, r#"{"k":[["s3cret"]]}"#] {
            let why = form(nested).unwrap_err();
            assert!(why.contains("nothing was sent") && !why.contains("s3cret"), "{why}");
        }
    }
}
