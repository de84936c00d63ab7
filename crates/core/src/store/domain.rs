//! Domains.

use std::fmt;

use crate::api::Refusal;

/// A domain as it is stored and compared: lower case, A-labels (`xn--…`), no trailing dot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(String);

impl Domain {
    /// Longest domain of RFC 5321, in octets.
    const MAX: usize = 253;

    /// Reads a domain in any letter case and in Unicode or Punycode form.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let refuse = |why: String| Err(Refusal::BadValue { param: "domain", why });
        if text.contains('"') {
            return refuse(format!("{text} contains quotation marks; leave them out"));
        }
        let ascii = match idna::domain_to_ascii_cow(text.as_bytes(), idna::AsciiDenyList::URL) {
            Ok(ascii) => ascii.into_owned(),
            Err(_) => return refuse(format!("“{}” is not a domain name", text.escape_debug())),
        };
        if ascii.len() > Self::MAX || !ascii.contains('.') || !ascii.split('.').all(is_label) {
            return refuse(format!("“{}” is not a domain name", text.escape_debug()));
        }
        Ok(Self(ascii))
    }

    /// The domains that this one lies below, the nearest first.
    pub fn parents(&self) -> impl Iterator<Item = &str> {
        let mut rest = self.0.as_str();
        std::iter::from_fn(move || {
            rest = rest.split_once('.')?.1;
            rest.contains('.').then_some(rest)
        })
    }

    /// The domain as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Domain;

    #[test]
    fn domains_are_lower_case_a_labels() {
        for (given, stored) in [
            ("example.com", "example.com"),
            ("Example.COM", "example.com"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("_dmarc.example.com", "_dmarc.example.com"),
        ] {
            assert_eq!(Domain::parse(given).unwrap().as_str(), stored);
        }
    }

    #[test]
    fn a_top_level_domain_is_no_parent() {
        let domain = Domain::parse("a.b.example.com").unwrap();
        assert_eq!(domain.parents().collect::<Vec<_>>(), ["b.example.com", "example.com"]);
        assert_eq!(Domain::parse("example.com").unwrap().parents().count(), 0);
    }

    #[test]
    fn what_is_no_domain_is_refused() {
        let long = format!("{}.com", "a".repeat(64));
        for bad in [
            "", "com", "a..b", ".a.b", "a.b.", "../etc", "a/b.c", "a b.c", "a.b\n", "a.b\0", "-a.b", "a-.b",
            &long, "a:b.c",
        ] {
            assert!(Domain::parse(bad).is_err(), "{bad}");
        }
        assert!(Domain::parse("\"example.com\"").unwrap_err().to_string().contains("quotation marks"));
    }
}
