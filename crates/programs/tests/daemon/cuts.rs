//! What a stream means does not depend on how it is cut on its way: not one byte of it.

use liveapi_programs::live::FrameReader;
use liveapi_programs::server::http::{Reader, Request, Step};

/// Longest stream of which every pair of cuts is tried; of longer ones every single cut.
const SHORT: usize = 200;

/// All that can be seen of what was read.
type Seen = (Vec<String>, Option<(u16, String)>);

fn shown(request: &Request) -> String {
    let params = request.params().map(|params| format!("{params:?}")).map_err(|bad| bad.status);
    let fields: Vec<_> = request.fields().collect();
    format!(
        "{} {:?} {:?} {:?} {params:?} last={} old={}",
        request.method(),
        request.target(),
        fields,
        request.body(),
        request.last(),
        request.is_old()
    )
}

fn read<'p>(pieces: impl Iterator<Item = &'p [u8]>) -> Seen {
    let (mut reader, mut found) = (Reader::default(), Vec::new());
    for piece in pieces {
        reader.take(piece);
        loop {
            match reader.step() {
                Ok(Step::Request(request)) => found.push(shown(&request)),
                Ok(Step::Continue) => {}
                Ok(Step::More) => break,
                Err(bad) => return (found, Some((bad.status, bad.why))),
            }
        }
    }
    (found, None)
}

fn read_frames<'p>(pieces: impl Iterator<Item = &'p [u8]>) -> (Vec<Vec<u8>>, bool) {
    let (mut reader, mut found) = (FrameReader::default(), Vec::new());
    for piece in pieces {
        reader.take(piece);
        loop {
            match reader.request() {
                Ok(Some(request)) => found.push(request.to_vec()),
                Ok(None) => break,
                Err(_) => return (found, true),
            }
        }
    }
    (found, false)
}

/// Reads a stream at once, byte by byte and in every two cuts, and compares.
fn same_in_every_cut<T: PartialEq + std::fmt::Debug>(
    stream: &[u8],
    read: impl Fn(&mut dyn Iterator<Item = &[u8]>) -> T,
) -> T {
    let whole = read(&mut std::iter::once(stream));
    let name = String::from_utf8_lossy(stream);
    assert_eq!(read(&mut stream.chunks(1)), whole, "byte by byte: {name:?}");
    for first in 0..stream.len() {
        let (one, rest) = stream.split_at(first);
        assert_eq!(read(&mut [one, rest].into_iter()), whole, "cut at {first}: {name:?}");
        for second in 0..if stream.len() <= SHORT { rest.len() } else { 0 } {
            let (two, three) = rest.split_at(second);
            let cuts = (first, first + second);
            assert_eq!(read(&mut [one, two, three].into_iter()), whole, "cut at {cuts:?}: {name:?}");
        }
    }
    whole
}

fn requests(stream: &[u8]) -> Seen {
    same_in_every_cut(stream, |pieces| read(pieces))
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";
/// What follows on the connection.
const NEXT: &str = "GET /n HTTP/1.1\r\n\r\n";

fn post(fields: &str, body: &str) -> String {
    format!("POST /a HTTP/1.1\r\n{fields}\r\n{body}{NEXT}")
}

#[test]
fn chunks_are_read_alike_in_every_cut() {
    for (body, requests_read, refused) in [
        ("3\r\na=1\r\n0\r\n\r\n", 2, false),
        ("3;x=y\r\na=1\r\nA\r\n&b=2&c=3&d\r\n0\r\n\r\n", 2, false),
        ("00000003\r\na=1\r\n0\r\n\r\n", 2, false),
        // Odd, so read alone.
        ("3\na=1\r\n0\r\n\r\n", 1, false),
        ("3;\na=1\r\n0\r\n\r\n", 1, false),
        ("3\r\na=1\n0\r\n\r\n", 1, false),
        ("3\r\na=1\r\n0\n\n", 1, false),
        ("3 \r\na=1\r\n0\r\n\r\n", 1, false),
        ("0\r\nGET /x HTTP/1.1\r\nX: \r\n\r\n", 1, false),
        ("0\r\nX\rY: z\r\n\r\n", 1, false),
        // What common servers refuse.
        (" \t3 \r\na=1\r\n0\r\n\r\n", 0, true),
        ("3\r\na=1\r\n\r0\r\n\r\n", 0, true),
        ("3;x=y\r\na=\n\n\r\r10\r\nGET1D\r\n\r\n", 0, true),
        ("3;a\rb\r\na=1\r\n0\r\n\r\n", 0, true),
        ("\r\n3\r\na=1\r\n0\r\n\r\n", 0, true),
        ("3\r\n\r\na=1\r\n0\r\n\r\n", 0, true),
        ("3\r\na=1X\r\n0\r\n\r\n", 0, true),
        ("3\r\na=1\r\n0\r\n\rX\r\n", 0, true),
        ("3\r\na=1\r\rX", 0, true),
        ("123456789\r\n", 0, true),
        ("fffffff\r\n", 0, true),
        ("-1\r\n", 0, true),
        ("0x3\r\na=1\r\n", 0, true),
        ("email=user&b=2", 0, true),
    ] {
        let (found, bad) = requests(post(&format!("{FORM}{CHUNKED}"), body).as_bytes());
        assert_eq!((found.len(), bad.is_some()), (requests_read, refused), "{body:?}: {found:?} {bad:?}");
    }
}

#[test]
fn what_is_announced_in_two_ways_is_read_alike_in_every_cut() {
    for length in [0, 1, 2, 3, 4, 5, 12, 13, 14, 20] {
        for body in [
            "3\r\na=1\r\n0\r\n\r\n",
            "33\r\na=1\r\n0\r\n\r\n",
            "100\r\n0\r\n\r\n",
            "3\na=1\n0\n\n",
            "0\r\n\r\n",
            "abc",
            "a=1&b=2&c=3&d=4",
            "3\r\nabX\r\n",
            "3;x",
            "fffffff\r\n",
        ] {
            let fields = format!("{FORM}{CHUNKED}Content-Length: {length}\r\n");
            let (found, bad) = requests(post(&fields, body).as_bytes());
            assert!(found.len() <= 1 && bad.is_none(), "{length} {body:?}: {found:?} {bad:?}");
        }
    }
}

#[test]
fn heads_are_read_alike_in_every_cut() {
    for (stream, requests_read, refused) in [
        ("GET /a?b=c HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\nGET /n HTTP/1.1\r\n\r\n", 2, false),
        ("\r\n\n\r\r\nGET /a HTTP/1.1\r\n\r\n\r\nGET /n HTTP/1.1\r\n\r\n", 2, false),
        ("GET /a HTTP/1.1\nHost: x\n\nGET /n HTTP/1.1\r\n\r\n", 1, false),
        ("GET /a HTTP/1.1\r\nA: b\n\r\r\nC: d\r\n\r\nGET /n HTTP/1.1\r\n\r\n", 1, false),
        ("GET /a HTTP/1.1\r\nA: b\rC: d\r\n\r\nGET /n HTTP/1.1\r\n\r\n", 1, false),
        ("GET /a HTTP/1.1\r\n\r\r\n\r\nGET /n HTTP/1.1\r\n\r\n", 1, false),
        ("GET /a HTTP/1.1\r\nA: b\r\n c\r\n\r\nGET /n HTTP/1.1\r\n\r\n", 1, false),
        ("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /n HTTP/1.0\r\n\r\n", 2, false),
        ("GET /a HTTP/1.1\r\nA: \0\r\n\r\n", 0, true),
        ("PUT /a HTTP/1.1\r\n\r\n", 0, true),
        ("POST /a HTTP/1.1\r\nContent-Length: 1, 2\r\n\r\nab", 0, true),
        (
            "POST /a HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\na=1GET /n HTTP/1.1\r\n\r\n",
            2,
            false,
        ),
        ("\u{16}\u{3}\u{1}\u{2}\n\n", 0, true),
    ] {
        let (found, bad) = requests(stream.as_bytes());
        assert_eq!((found.len(), bad.is_some()), (requests_read, refused), "{stream:?}: {found:?} {bad:?}");
    }
}

#[test]
fn forms_are_read_alike_in_every_cut() {
    let part = |name: &str, value: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let multipart = part("a", "1\r\n--y\r\n") + &part("b", "--x") + "--x--\r\n";
    let loose = "--x\nContent-Disposition: form-data; name=a\n\n1\n--x--";
    for (kind, body) in [
        ("multipart/form-data; boundary=x", multipart.as_str()),
        ("multipart/form-data; boundary=\"x\"", loose),
        ("text/plain", loose),
        ("multipart/form-data; boundary=x", "--x\r\n\r\n"),
        ("application/x-www-form-urlencoded", "a=%41%4&b=%%&c=\u{e9}&=&d=+\r\n"),
        ("application/json", "{\"a\":{\"b\":1}}"),
        ("application/json", "{\"a\":"),
        ("", "{\"a\":1}"),
    ] {
        for fields in [format!("Content-Length: {}\r\n", body.len()), CHUNKED.into()] {
            let sent = match fields.as_str() {
                CHUNKED => format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len()),
                _ => body.to_owned(),
            };
            let (found, bad) = requests(post(&format!("Content-Type: {kind}\r\n{fields}"), &sent).as_bytes());
            assert_eq!((found.len(), bad), (2, None), "{kind} {sent:?}");
        }
    }
}

#[test]
fn long_streams_are_read_alike_at_every_limit() {
    use liveapi_programs::server::http::{MAX_BODY_BYTES, MAX_HEAD_BYTES};
    let long = "a".repeat(MAX_HEAD_BYTES);
    let body = "b".repeat(MAX_BODY_BYTES);
    for stream in [
        format!("GET /{long} HTTP/1.1\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nA: {}\r\n\r\n{NEXT}", &long[..MAX_HEAD_BYTES - 23]),
        format!("GET / HTTP/1.1\r\nA: {}\r\n\r\n{NEXT}", &long[..MAX_HEAD_BYTES - 22]),
        format!("GET / HTTP/1.1\r\n{}\r\n{NEXT}", "a\n".repeat(198)),
        format!("GET / HTTP/1.1\r\n{}\r\n{NEXT}", "a\n".repeat(199)),
        "\n".repeat(300) + NEXT,
        post(&format!("Content-Length: {MAX_BODY_BYTES}\r\n"), &body),
        post(CHUNKED, &format!("{MAX_BODY_BYTES:x}\r\n{body}\r\n0\r\n\r\n")),
        post(CHUNKED, &format!("{MAX_BODY_BYTES:x}\r\n{body}\r\n1\r\na\r\n0\r\n\r\n")),
        post(CHUNKED, &(format!("1;{}\r\na\r\n", "x".repeat(200)).repeat(60_000) + "0\r\n\r\n")),
        post(CHUNKED, &format!("0\r\n{}\r\n", "a: b\r\n".repeat(1000))),
    ] {
        let whole = read(std::iter::once(stream.as_bytes()));
        for piece in [1, 1000, 16 * 1024, 65_537] {
            let cut = read(stream.as_bytes().chunks(piece));
            assert!(cut == whole, "pieces of {piece}: {:?}", &stream[..60]);
        }
    }
}

#[test]
fn frames_of_the_socket_are_read_alike_in_every_cut() {
    for stream in [
        "23\n<cpaneljson enable=\"1\">2 \r\nab\r\n<cpanelxml shutdown=\"1\" />",
        "43\n<cpanelaction>{\"\u{e9}\":\"\u{1f600}\"}</cpanelaction>2\nok",
        "40\n<cpanelaction>{\"\u{e9}\":\"\u{1f600}\"}</cpanelaction>2\nok",
        "30\n<cpanelaction>{\"\u{e9}\":1}</cpan2\nok",
        "  \n 3\n<\u{e9}>",
        "0\n0\n\n7               \nx",
        "12345678901",
        "<cpanelxml shut><a>",
    ] {
        same_in_every_cut(stream.as_bytes(), |pieces| read_frames(pieces));
    }
}

/// How long it takes to read a stream in pieces of that size.
fn took(stream: &[u8], piece: usize) -> std::time::Duration {
    let begun = std::time::Instant::now();
    let _ = read(stream.chunks(piece));
    begun.elapsed()
}

/// One byte at a time costs the same for each byte, whatever came before it: a long head, a long body, many chunks.
#[test]
fn small_pieces_cost_no_more_behind_a_long_beginning() {
    let head = |bytes: usize| format!("GET / HTTP/1.1\r\nA: {}", "a".repeat(bytes));
    let lines = |bytes: usize| "GET / HTTP/1.1\r\n".to_owned() + &"a\n".repeat(150) + &"a".repeat(bytes);
    let body =
        |bytes: usize| format!("POST / HTTP/1.1\r\nContent-Length: 900000\r\n\r\n{}", "a".repeat(bytes));
    let both = |bytes: usize| {
        format!("POST / HTTP/1.1\r\n{CHUNKED}Content-Length: 900000\r\n\r\nfffff\r\n{}", "a".repeat(bytes))
    };
    let streams: [&dyn Fn(usize) -> String; 4] = [&head, &lines, &body, &both];
    for stream in streams {
        let (short, long) = (stream(6_000), stream(60_000));
        let (short, long) = (took(short.as_bytes(), 1), took(long.as_bytes(), 1));
        // Ten times as many bytes; quadratic work takes a hundred times as long.
        assert!(long < short * 40 + std::time::Duration::from_millis(20), "{short:?} and {long:?}");
    }
}
