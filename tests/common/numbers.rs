//! Values that callers pass as a password, as JSON, and the password that opens then; none where the call is refused.

/// (JSON, password).
pub const PASSWORDS: [(&str, Option<&str>); 16] = [
    ("12345678", Some("12345678")),
    ("\"250000000.0\"", Some("250000000.0")),
    ("\"0012\"", Some("0012")),
    ("-7", Some("-7")),
    ("9007199254740992", Some("9007199254740992")),
    ("9007199254740993", None),
    ("18446744073709551615", None),
    ("250000000.0", None),
    ("1.5", None),
    ("1e15", None),
    ("-0", None),
    ("true", None),
    ("false", None),
    ("null", None),
    ("[\"a\"]", None),
    ("Infinity", None),
];
