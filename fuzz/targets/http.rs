//! One stream of HTTP requests, cut in several ways, must read the same: whoever sees other requests than the proxy in
//! front of him answers somebody else's.
#![no_main]

use liveapi_programs::server::http::{Reader, Step};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((&size, stream)) = data.split_first() else { return };
    let whole = read(stream, stream.len());
    assert_eq!(whole, read(stream, 1 + usize::from(size) % 23), "the stream reads otherwise in pieces");
    if stream.len() < 2048 {
        assert_eq!(whole, read(stream, 1), "the stream reads otherwise byte by byte");
    }
});

/// What a connection understood: each request, and how it ended.
fn read(stream: &[u8], piece: usize) -> Vec<String> {
    let (mut reader, mut seen) = (Reader::default(), Vec::new());
    for bytes in stream.chunks(piece.max(1)) {
        reader.take(bytes);
        loop {
            match reader.step() {
                Ok(Step::More) => break,
                Ok(Step::Continue) => {}
                Ok(Step::Request(request)) => {
                    let params = request.params().map(|params| format!("{:?}", params.for_function(|_| true)));
                    seen.push(format!(
                        "{} {:?} {:?} {:?} {}",
                        request.method(),
                        request.target(),
                        request.body(),
                        params.is_ok(),
                        request.last()
                    ));
                    let _ = (request.path(), request.fields().count());
                }
                Err(error) => {
                    seen.push(format!("refused: {error:?}"));
                    return seen;
                }
            }
        }
    }
    seen
}
