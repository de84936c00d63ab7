//! Dovecot's two languages of configuration: 2.4 has other names than 2.3 for almost all of it.

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    V2_3,
    V2_4,
}

impl Language {
    /// That of a version, as `dovecot --version` tells it; none if it is neither.
    pub(super) fn of(version: &str) -> Option<Self> {
        match version.split('.').take(2).collect::<Vec<_>>()[..] {
            ["2", "3"] => Some(Self::V2_3),
            ["2", "4"] => Some(Self::V2_4),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_of_versions() {
        assert_eq!(Language::of("2.3.13 (89f716dc2)"), Some(Language::V2_3));
        assert_eq!(Language::of("2.4.1-4 (7d8c0e5759)"), Some(Language::V2_4));
        for other in ["2.2.36", "2.5.0", "3.0", "2", "", "no"] {
            assert_eq!(Language::of(other), None, "{other}");
        }
    }
}
