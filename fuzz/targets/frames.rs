//! Requests of a LiveAPI socket: one stream, cut in several ways, must read the same.
#![no_main]

use liveapi_programs::live::FrameReader;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((&size, stream)) = data.split_first() else { return };
    let whole = read(stream, stream.len());
    assert_eq!(whole, read(stream, 1 + usize::from(size) % 23), "the stream reads otherwise in pieces");
    assert_eq!(whole, read(stream, 1), "the stream reads otherwise byte by byte");
});

fn read(stream: &[u8], piece: usize) -> (Vec<Vec<u8>>, bool) {
    let (mut reader, mut requests) = (FrameReader::default(), Vec::new());
    for bytes in stream.chunks(piece.max(1)) {
        reader.take(bytes);
        loop {
            match reader.request() {
                Ok(Some(request)) => requests.push(request.to_vec()),
                Ok(None) => break,
                Err(_) => return (requests, true),
            }
        }
    }
    (requests, false)
}
