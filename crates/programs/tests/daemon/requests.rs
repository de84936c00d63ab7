//! Requests as real clients send them are read as they meant them, and nothing hidden in one is read as another.

use liveapi_programs::server::http::{MAX_BODY_BYTES, MAX_HEAD_BYTES, Reader, Request, Step};

/// The requests in these bytes, sent in pieces of that length, and the status of the refusal that ended them.
fn read(bytes: &[u8], piece: usize) -> (Vec<Request>, Option<u16>) {
    let (mut reader, mut found) = (Reader::default(), Vec::new());
    for piece in bytes.chunks(piece) {
        reader.take(piece);
        loop {
            match reader.step() {
                Ok(Step::Request(request)) => found.push(request),
                Ok(Step::Continue) => {}
                Ok(Step::More) => break,
                Err(bad) => {
                    assert!(!bad.why.contains("s3cret"), "{}", bad.why);
                    return (found, Some(bad.status));
                }
            }
        }
    }
    (found, None)
}

/// The one request in these bytes, the same however they come.
fn one(bytes: &[u8]) -> Request {
    for piece in [1, 2, 3, 7, 100] {
        let (found, refused) = read(bytes, piece);
        assert_eq!((found.len(), refused), (1, None), "{}", String::from_utf8_lossy(bytes));
    }
    read(bytes, bytes.len()).0.remove(0)
}

const PATH: &str = "/json-api/cpanel";

fn post(fields: &str, body: &str) -> Vec<u8> {
    format!("POST {PATH} HTTP/1.1\r\nHost: x\r\n{fields}\r\n{body}").into_bytes()
}

/// A hidden request, which must never be seen.
const HIDDEN: &str = "POST /json-api/removeacct HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nuser=bob";

#[test]
fn clients_that_break_the_rules_are_understood_and_their_connections_end() {
    let form = "domain=example.com&email=user&password=12345luggage";
    let length = form.len();
    let requests = [
        // Announced in chunks and as a length, sent as it is, with a tail that no one asked for.
        post(
            &format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n"),
            &format!("{form}Host: x\r\nContent-Type: text/plain\r\n\r\n0\r\n\r\n{HIDDEN}"),
        ),
        // The whole form as a header line, and the type twice.
        post(
            &format!(
                "{form}\r\nContent-Type: text/plain\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n"
            ),
            &format!("{form}{HIDDEN}"),
        ),
        // Line ends in disorder.
        post(
            &format!("Authorization: Basic eDp5\n\r\r\nContent-Length: {length}\r\n"),
            &format!("{form}\r\n{HIDDEN}"),
        ),
        format!("POST {PATH}\u{20}HTTP/1.1\nContent-Length: {length}\n\n{form}{HIDDEN}").into_bytes(),
        post(&format!("Content-Length : {length}\r\n"), &format!("{form}{HIDDEN}")),
        post(&format!("Content-Length: {length}, {length}\r\n"), &format!("{form}{HIDDEN}")),
        post(
            &format!("Content-Length: {length}\r\nContent-Length: {length}\r\n"),
            &format!("{form}{HIDDEN}"),
        ),
        // Really in chunks, and a length beside it.
        post(
            "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
            &format!("{length:x}\r\n{form}\r\n0\r\n\r\n{HIDDEN}"),
        ),
        post(&format!("X: y\r\n z\r\nContent-Length: {length}\r\n"), &format!("{form}{HIDDEN}")),
        post(&format!("Connection: close\r\nContent-Length: {length}\r\n"), &format!("{form}{HIDDEN}")),
        format!("POST {PATH} HTTP/1.0\r\nContent-Length: {length}\r\n\r\n{form}{HIDDEN}").into_bytes(),
    ];
    for bytes in requests {
        let request = one(&bytes);
        let shown = String::from_utf8_lossy(&bytes);
        assert!(request.last(), "{shown}");
        let params = request.params().unwrap();
        assert_eq!(
            (params.get("email"), params.get("password")),
            (Some("user"), Some("12345luggage")),
            "{shown}"
        );
    }
}

#[test]
fn an_answer_waits_for_no_more_than_was_announced() {
    let bytes =
        post("Content-Length: 7\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n", "email=a");
    assert_eq!(one(&bytes).params().unwrap().get("email"), Some("a"));
    let empty = post("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "");
    assert!(one(&empty).last());
    let mut reader = Reader::default();
    reader.take(&bytes[..bytes.len() - 7]);
    assert!(matches!(reader.step(), Ok(Step::Continue)) && matches!(reader.step(), Ok(Step::More)));
}

#[test]
fn good_requests_follow_each_other_on_one_connection() {
    let bytes = [
        post("Content-Length: 7\r\n", "email=a"),
        post("Transfer-Encoding: chunked\r\n", "7\r\nemail=b\r\n0\r\n\r\n"),
        b"\r\nGET /json-api/version?email=c HTTP/1.1\r\n\r\n".to_vec(),
    ]
    .concat();
    for piece in [1, 3, 50, bytes.len()] {
        let (found, refused) = read(&bytes, piece);
        let emails: Vec<_> =
            found.iter().map(|request| request.params().unwrap().get("email").unwrap().to_owned()).collect();
        assert_eq!((emails, refused), (vec!["a".into(), "b".into(), "c".into()], None));
        assert!(found.iter().all(|request| !request.last()));
    }
}

#[test]
fn parameters_from_wherever_and_as_whatever_they_come() {
    let multipart = "--xyz\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\nuser\r\n--xyz\r\ncontent-disposition: form-data; filename=f; name=password\r\nContent-Type: text/plain\r\n\r\n p&+%\r\n\r\n--xyz--\r\n";
    for (query, kind, body, password) in [
        ("", "application/x-www-form-urlencoded", "email=user&password=a%26b+c%zz&", "a&b c%zz"),
        ("?", "application/octet-stream", "email=user&password=+é\r\n", " é"),
        ("?email=eve&password=1", "", "email=user&password=2", "2"),
        ("?email=user&&password=2&", "", "", "2"),
        ("?email=user&password=\"é\"", "", "", "\"é\""),
        ("", "application/json", r#"{"email":"user","password":12345678}"#, "12345678"),
        ("", "application/x-www-form-urlencoded", " {\"email\":\"user\",\"password\":\"a=b&c\"}\n", "a=b&c"),
        ("?email=user", "text/plain", "password={x}", "{x}"),
        ("", "multipart/form-data; boundary=xyz", multipart, " p&+%\r\n"),
        ("", "Multipart/Form-Data; charset=x; boundary=\"xyz\"", multipart, " p&+%\r\n"),
        ("", "", multipart, " p&+%\r\n"),
    ] {
        let bytes = format!(
            "POST {PATH}/{query} HTTP/1.1\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let request = one(bytes.as_bytes());
        assert_eq!(request.path().unwrap(), ["json-api", "cpanel"]);
        let params = request.params().unwrap();
        assert_eq!(
            (params.get("email"), params.get("password")),
            (Some("user"), Some(password)),
            "{kind} {body}"
        );
    }
}

#[test]
fn quotation_marks_of_the_documentation_are_no_part_of_a_value() {
    for (query, password) in [
        (r#"domain="example.com"&email="user"&password="12345luggage""#, "12345luggage"),
        (r#"domain=%22example.com%22&password="""x"""#, r#"""x""#),
        (r#"domain=example.com&email="user"&password="12345luggage""#, r#""12345luggage""#),
        (r#"domain=example.com&email=user&password="12345luggage""#, r#""12345luggage""#),
        (r#"password="12345luggage""#, r#""12345luggage""#),
        (r#"domain="example.com"&password=12345luggage"#, "12345luggage"),
        (r#"domain="example.com"&password="""#, ""),
        (r#"domain="example.com"&password=""#, "\""),
    ] {
        let request = one(format!("GET /x?{query} HTTP/1.1\r\n\r\n").as_bytes());
        let params = request.params().unwrap();
        let args = params.for_function(|name| name == "password");
        assert_eq!(format!("{:?}", args.get("password").unwrap()), format!("Text({password:?})"), "{query}");
    }
}

#[test]
fn what_has_no_safe_reading_is_refused() {
    let long = "a".repeat(MAX_HEAD_BYTES);
    for (bytes, status) in [
        (post("Content-Length: 3\r\nContent-Length: 4\r\n", "a=s3cret"), 400),
        (post("Content-Length: +3\r\n", "a=s3cret"), 400),
        (post("Content-Length: 3 3\r\n", "a=s3cret"), 400),
        (post("Content-Length: \r\n", "a=s3cret"), 400),
        (post(&format!("Content-Length: {}\r\n", MAX_BODY_BYTES + 1), ""), 413),
        (post("Content-Length: 999999999999999999999\r\n", ""), 400),
        (post("Transfer-Encoding: gzip, chunked\r\n", ""), 501),
        (post("Transfer-Encoding: chunked\r\n", "a=s3cret&b=c"), 400),
        (post("Transfer-Encoding: chunked\r\n", "fffffff\r\n"), 413),
        (post("Content-Encoding: gzip\r\nContent-Length: 1\r\n", ""), 415),
        (post("Content-Type: application/x-www-form-urlencoded\r\n", "a=s3cret"), 411),
        (format!("GET /{long} HTTP/1.1\r\n\r\n").into_bytes(), 414),
        (format!("GET / HTTP/1.1\r\nA: {long}\r\n\r\n").into_bytes(), 431),
        (format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(300)).into_bytes(), 431),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03s3cret\n\n".to_vec(), 400),
        (b"DELETE / HTTP/1.1\r\n\r\n".to_vec(), 405),
    ] {
        for piece in [1, 1000, usize::MAX] {
            let (found, refused) = read(&bytes, piece.min(bytes.len()));
            assert_eq!(
                (found.len(), refused),
                (0, Some(status)),
                "{}",
                String::from_utf8_lossy(&bytes[..60.min(bytes.len())])
            );
        }
    }
    let two = post("Authorization: a\r\nAuthorization: b\r\nContent-Length: 1\r\n", "a");
    assert_eq!(one(&two).field("authorization").unwrap_err().status, 400);
}

/// Numbers that look random and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

/// Whatever is done to a request: no panic, and after the first that is the last one none is ever read.
#[test]
fn broken_requests_of_every_kind_end_in_an_answer_or_in_waiting() {
    let seeds = [
        post("Content-Length: 7\r\nTransfer-Encoding: chunked\r\n", "email=a\r\n0\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\n", "7\r\nemail=b\r\n0\r\n\r\n"),
        post(
            "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 66\r\n",
            "--x\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\nuser\r\n--x--\r\n",
        ),
        post("Authorization: Basic eDp5\n\r\r\nContent-Length: 15\r\n", "{\"email\":\"a b\"}"),
    ];
    let pieces: [&[u8]; 12] = [
        b"\r\n",
        b"\n",
        b"\r",
        b":",
        b"0\r\n\r\n",
        b"\r\n\r\n",
        b"Content-Length: 3\r\n",
        b"\0",
        b"%",
        b"--x",
        b"Transfer-Encoding: chunked\r\n",
        b"\xff",
    ];
    let mut numbers = Numbers(7);
    let mut answered = 0;
    for round in 0..20_000 {
        let mut bytes = [seeds[numbers.below(seeds.len())].clone(), HIDDEN.into()].concat();
        for _ in 0..=numbers.below(4) {
            let at = numbers.below(bytes.len());
            match numbers.below(3) {
                0 => drop(bytes.splice(at..at, pieces[numbers.below(pieces.len())].iter().copied())),
                1 => drop(bytes.drain(at..(at + numbers.below(9)).min(bytes.len()))),
                _ => bytes[at] = u8::try_from(numbers.below(256)).unwrap(),
            }
            bytes.push(b'\n');
        }
        let (found, _) = read(&bytes, 1 + numbers.below(40));
        for (number, request) in found.iter().enumerate() {
            answered += 1;
            assert!(!request.last() || number + 1 == found.len(), "round {round}");
            let _ = (request.path(), request.params(), request.cookie(), request.field("authorization"));
        }
    }
    assert!(answered > 5_000, "only {answered} were read");
}
