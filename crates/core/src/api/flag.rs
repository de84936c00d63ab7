//! Yes or no, in the words that scripts send for them.

const YES: [&str; 3] = ["true", "yes", "on"];
const NO: [&str; 3] = ["false", "no", "off"];

/// What a text says where yes or no is asked; nothing where it is neither. cPanel documents 1 and 0; the words are
/// what JavaScript, Python and the forms of pages make of them.
pub(crate) fn flag(text: &str) -> Option<bool> {
    match text {
        "1" => Some(true),
        "" | "0" => Some(false),
        word if YES.iter().any(|yes| word.eq_ignore_ascii_case(yes)) => Some(true),
        word if NO.iter().any(|no| word.eq_ignore_ascii_case(no)) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_neither_is_not_guessed() {
        for (text, expected) in [
            ("1", Some(true)),
            ("True", Some(true)),
            ("on", Some(true)),
            ("YES", Some(true)),
            ("0", Some(false)),
            ("", Some(false)),
            ("False", Some(false)),
            ("off", Some(false)),
            ("no", Some(false)),
            ("2", None),
            ("-1", None),
            ("0.5", None),
            (" 1", None),
            ("maybe", None),
        ] {
            assert_eq!(flag(text), expected, "{text}");
        }
    }
}
