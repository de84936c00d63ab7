//! Texts inside HTML.

/// The text so that HTML shows it as it is, between tags and in quoted attributes.
pub fn escape_html(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_html_would_read_is_escaped() {
        assert_eq!(super::escape_html("|/x \"<a&b>' é"), "|/x &quot;&lt;a&amp;b&gt;&#39; é");
    }
}
