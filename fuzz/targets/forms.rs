//! Bodies of requests, whatever they are called: urlencoded, JSON and multipart, by the first line of the input.
#![no_main]

use liveapi_programs::server::http::{Reader, Step};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let at = data.iter().position(|&byte| byte == b'\n').unwrap_or(0);
    let (kind, body) = data.split_at(at);
    if kind.contains(&b'\r') {
        return;
    }
    let head = [
        b"POST /json-api/cpanel HTTP/1.1\r\nHost: a\r\nContent-Length: ",
        body.len().to_string().as_bytes(),
        b"\r\nContent-Type: ",
        kind,
        b"\r\n\r\n",
    ]
    .concat();
    let mut reader = Reader::default();
    reader.take(&head);
    reader.take(body);
    while let Ok(Step::Request(request)) = reader.step() {
        if let Ok(params) = request.params() {
            let args = params.for_function(|_| true);
            for (name, _) in args.effective() {
                assert!(args.beginning_with(name).count() > 0, "{name} is there and is not found");
            }
            let _ = params.form();
        }
    }
});
