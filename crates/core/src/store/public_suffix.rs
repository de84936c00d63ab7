//! Public suffixes: domains below which anybody registers domains, like `co.uk`.
//!
//! The list is the system's (Debian's package `publicsuffix`), which is kept up to date as the system is: as part of
//! the library it would be as old as that, and take 0.7 MB of it. Without the list, what looks like such a suffix is
//! taken for one.

use super::Domain;

/// The list, in the format of publicsuffix.org.
pub const LIST: &str = "/usr/share/publicsuffix/public_suffix_list.dat";

/// Second labels under which countries register domains.
const GENERIC: [&str; 18] = [
    "ac", "co", "com", "edu", "go", "gob", "gouv", "gov", "ind", "info", "ltd", "mil", "ne", "net", "nom",
    "or", "org", "sch",
];

/// Whether a domain is a public suffix.
pub fn is_public_suffix(domain: &Domain) -> bool {
    match std::fs::read_to_string(LIST) {
        Ok(list) => is_listed(&list, domain),
        Err(_) => looks_like_one(domain),
    }
}

/// By the list's rules: a name, `*.` for every label below a name, `!` for a name that such a rule does not mean.
fn is_listed(list: &str, domain: &Domain) -> bool {
    let (name, _) = idna::domain_to_unicode(domain.as_str());
    let parent = name.split_once('.').map_or("", |(_, parent)| parent);
    let mut found = false;
    for rule in
        list.lines().filter_map(|line| line.split_whitespace().next()).filter(|rule| !rule.starts_with("//"))
    {
        if rule.strip_prefix('!') == Some(&name) {
            return false;
        }
        found |= rule == name || rule.strip_prefix("*.") == Some(parent);
    }
    found
}

fn looks_like_one(domain: &Domain) -> bool {
    let mut labels = domain.as_str().split('.');
    match (labels.next(), labels.next(), labels.next()) {
        (Some(second), Some(country), None) => country.len() == 2 && GENERIC.contains(&second),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_wildcards_and_exceptions() {
        let list = "// comment\nuk\nco.uk\n*.ck\n!www.ck\n公司.cn  text\n";
        let is = |name| is_listed(list, &Domain::parse(name).unwrap());
        for suffix in ["co.uk", "any.ck", "公司.cn", "xn--55qx5d.cn", "CO.UK"] {
            assert!(is(suffix), "{suffix}");
        }
        for own in ["example.co.uk", "ac.uk", "www.ck", "a.any.ck", "example.cn", "com.ment"] {
            assert!(!is(own), "{own}");
        }
    }

    #[test]
    fn without_a_list_the_usual_form_counts() {
        let looks = |name| looks_like_one(&Domain::parse(name).unwrap());
        assert!(looks("co.uk") && looks("com.au") && looks("or.jp"));
        assert!(!looks("example.uk") && !looks("a.co.uk") && !looks("co.example"));
    }
}
