//! How cPanel writes a limit.

/// A limit that is none.
pub const UNLIMITED: &str = "unlimited";

/// A limit, or the word for none.
pub fn limit_text(limit: Option<impl ToString>) -> String {
    limit.map_or_else(|| UNLIMITED.to_owned(), |limit| limit.to_string())
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_limit_is_a_word_and_zero_is_a_number() {
        assert_eq!(super::limit_text(None::<u64>), "unlimited");
        assert_eq!(super::limit_text(Some(0)), "0");
    }
}
