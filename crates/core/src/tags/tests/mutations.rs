//! Nothing panics: thousands of pages and requests around the samples, always the same ones. A loop in the
//! tests, because fuzzers need tools beyond a stable compiler.

use super::Small;
use crate::tags::render;
use crate::tags::request::answer_in;

const SAMPLES: [&str; 14] = [
    "<cpanel Module=\"Email::passwdpop( $FORM('email','password','quota','domain') )\">",
    "<cpanel Module=\"Email::echo('a', \"b\", word, $user, $FORM{'x'})\">",
    "é<cpanel print=\"$homedir $CPDATA{'DNS'}\">\u{1f642}",
    "<cpanel setvar=\"a=b $user\">",
    "<cpanelif !$user==bob>a<cpanelelse>b</cpanelif>",
    "<cpanelif $FORM{'a'}=gtet=4 && 'x' != \"y\">a</cpanelif>",
    "<cpanelfeature !popaccts>a<cpanelelse>b</cpanelfeature>",
    "<?cp Email::list(\n  [b]%[/b]%, \n *num, ^email,\n) a=\"b\", c='d', e=f || 'none' ?>",
    "<?cp Email::list( %, rules::%%, +a, b ) ?>",
    "<?cp Email::passwdpop( %, reason ) domain=\"example.com\", email=\"user\", password=\"12345luggage\" ?>",
    r#"{"reqtype":"exec","module":"Email","func":"passwdpop","apiversion":"2","args":{"a":"b"},"form":{"c":"d"}}"#,
    r#"{"reqtype":"if","module":"if","func":"if","apiversion":"1","args":"!$haspostgres"}"#,
    "<cpanelaction>\n{\"module\":\"print\",\"args\":[\"$user\"]}\n</cpanelaction>",
    "<cpanelfeature popaccts>",
];

/// Pieces that mean something somewhere.
const PIECES: [&str; 34] = [
    "",
    "\"",
    "'",
    "<",
    ">",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "%",
    ",",
    ":",
    "::",
    "=",
    "==",
    "=gt=",
    "!",
    "&&",
    "||",
    "$",
    "$FORM(",
    "$FORM{'",
    "?>",
    "<?cp ",
    "<cpanel ",
    "</cpanelif>",
    "<cpanelelse>",
    "\\",
    "\n",
    "\0",
    "é",
    "*num",
];

/// A page may be anything; a request is a text.
fn try_both(page: &[u8]) {
    let small = Small::with(&[("email", "a"), ("x", "<b>")]);
    if let Err(error) = render(page, &small) {
        assert!(error.line > 0 && error.column > 0 && !error.sentence.is_empty());
    }
    if let Ok(request) = std::str::from_utf8(page) {
        let answer = answer_in(&small, request);
        assert!(serde_json::from_slice::<serde_json::Value>(&answer).is_ok(), "{request}");
    }
}

#[test]
fn samples_with_one_place_changed() {
    let mut tried = 0;
    for sample in SAMPLES {
        let bytes = sample.as_bytes();
        for at in 0..=bytes.len() {
            let (before, after) = bytes.split_at(at);
            try_both(before);
            try_both(after);
            for piece in PIECES {
                try_both(&[before, piece.as_bytes(), after].concat());
                try_both(&[before, piece.as_bytes(), after.get(1..).unwrap_or_default()].concat());
                tried += 2;
            }
            try_both(&[before, b"\xff", after].concat());
        }
    }
    assert!(tried > 50_000, "{tried}");
}

#[test]
fn samples_cut_and_joined_at_random() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    for _ in 0..20_000 {
        let mut page = Vec::new();
        for _ in 0..=random(6) {
            let sample = SAMPLES[random(SAMPLES.len())].as_bytes();
            let from = random(sample.len());
            page.extend_from_slice(&sample[from..from + random(sample.len() - from + 1)]);
            page.extend_from_slice(PIECES[random(PIECES.len())].as_bytes());
        }
        try_both(&page);
    }
}
