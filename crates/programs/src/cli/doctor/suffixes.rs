//! Whether the list of public suffixes is here, by which accounts are refused domains like `co.uk`.

use std::path::Path;

use super::finding::{Finding, Findings};

/// Says what a missing list means; one that is there needs no word.
pub(super) fn check(findings: &mut Findings, list: &str) {
    if !Path::new(list).is_file() {
        findings.add(Finding::odd(
            "domains",
            list,
            "there is no list of public suffixes, so only names that look like one (co.uk) are refused to accounts",
            "apt-get install publicsuffix",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_list_is_told_and_one_that_is_there_is_not() {
        let mut findings = Findings::default();
        check(&mut findings, "/proc/self/exe");
        assert!(!findings.text().contains("publicsuffix"), "{}", findings.text());
        check(&mut findings, "/nonexistent/list");
        assert!(findings.text().contains("apt-get install publicsuffix"), "{}", findings.text());
        assert_eq!(findings.wrong(), 0);
    }
}
