//! Pages with cPanel's tags, and the requests that pages send: no page makes more output than is allowed, and a page
//! without tags passes byte for byte.
#![no_main]

use liveapi_core::api::{Call, Data, Done, Error, Outcome};
use liveapi_core::tags::{Form, MAX_OUTPUT_BYTES, World, answer_in, called, render};

/// A panel that answers every call with a text that would do harm if it were read as part of the page.
struct Panel(Form);

impl World for Panel {
    fn call(&self, call: &Call<'_>) -> Result<Outcome, Error> {
        let _ = format!("{:?}", call.args);
        if call.func.len().is_multiple_of(3) {
            return Ok(Outcome::UnknownFunction);
        }
        Ok(Outcome::Done(Done { data: Data::Text("<?cp x::y(\"%\") ?>$user".into()), ..Done::default() }))
    }

    fn print(&self, text: &str) -> Result<String, Error> {
        Ok(text.to_owned())
    }

    fn feature(&self, name: &str) -> Result<bool, Error> {
        Ok(name.len().is_multiple_of(2))
    }

    fn form(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut form = Form::default();
    form.push("domain", "<cpanel print=\"$user\">");
    let panel = Panel(form);
    if let Ok(page) = render(data, &panel) {
        assert!(page.bytes.len() <= MAX_OUTPUT_BYTES + data.len(), "{} bytes of output", page.bytes.len());
        if !data.contains(&b'<') {
            assert_eq!(&page.bytes[..], data, "a page without tags changed");
        }
    }
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = answer_in(&panel, text);
        let _ = called(text);
    }
});
