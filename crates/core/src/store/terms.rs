//! What is agreed about an account beside the limits of its mail: its package, its owner, whom to write to.

use super::{Package, Quota};
use crate::api::{Refusal, UNLIMITED, limit_text};

/// Bytes of what cPanel calls a megabyte.
const MEBIBYTE: u64 = 1024 * 1024;

/// The terms of an account, under the keys of its record. A key that has no value is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    values: Vec<(&'static str, String)>,
}

impl Terms {
    /// The keys of a record that are terms, as cPanel's `/var/cpanel/users` has them.
    pub const KEYS: [&str; 15] = [
        "PLAN",
        "OWNER",
        "CONTACTEMAIL",
        "RS",
        "LANG",
        "FEATURELIST",
        "HASCGI",
        "HASSHELL",
        "BWLIMIT",
        "DISK_BLOCK_LIMIT",
        "MAXFTP",
        "MAXLST",
        "MAXSQL",
        "MAX_EMAIL_PER_HOUR",
        "MAX_DEFER_FAIL_PERCENTAGE",
    ];

    /// The terms that a record states.
    pub fn read<'r>(value: impl Fn(&str) -> Option<&'r str>) -> Self {
        let stated = |key: &'static str| {
            let text = value(key)?.trim();
            (!text.is_empty()).then(|| (key, text.to_owned()))
        };
        Self { values: Self::KEYS.into_iter().filter_map(stated).collect() }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| *known == key).map(|(_, value)| value.as_str())
    }

    /// States a value.
    pub fn set(&mut self, key: &'static str, value: String) {
        debug_assert!(Self::KEYS.contains(&key), "{key} is no key of terms");
        self.values.retain(|(known, _)| *known != key);
        self.values.push((key, value));
    }

    /// The package by which the account is sold.
    pub fn plan(&self) -> Option<&str> {
        self.get("PLAN")
    }

    /// The WHM user whose account it is; nothing where nobody else than the owner of the server has it.
    pub fn owner(&self) -> &str {
        self.get("OWNER").unwrap_or("root")
    }

    /// The most that the account may take up on disk. It is kept and shown: only mailboxes have a limit that holds.
    pub fn disk(&self) -> Quota {
        let kibibytes = self.get("DISK_BLOCK_LIMIT").and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        Quota::from_bytes_text(&kibibytes.saturating_mul(1024).to_string())
    }

    /// The most bytes that the account may transfer in a month; kept and shown, for nobody counts them.
    pub fn bandwidth(&self) -> Option<u64> {
        self.get("BWLIMIT").and_then(|text| text.parse().ok()).filter(|&bytes| bytes > 0)
    }

    /// A limit that is kept and shown, as cPanel writes it.
    pub fn shown(&self, key: &str) -> String {
        self.get(key).unwrap_or(UNLIMITED).to_owned()
    }

    /// States the most that the account may take up, in mebibytes.
    pub fn set_disk(&mut self, mebibytes: Option<u64>) {
        self.set("DISK_BLOCK_LIMIT", mebibytes.unwrap_or(0).saturating_mul(1024).to_string());
    }

    /// States the most that the account may transfer in a month, in mebibytes.
    pub fn set_bandwidth(&mut self, mebibytes: Option<u64>) {
        self.set("BWLIMIT", limit_text(mebibytes.map(|number| number.saturating_mul(MEBIBYTE))));
    }

    /// Takes over what a package says; owner and address stay.
    pub fn take_over(&mut self, package: &Package) -> Result<(), Refusal> {
        self.set("PLAN", package.name.to_string());
        self.set_disk(package.number("QUOTA")?);
        self.set_bandwidth(package.number("BWLIMIT")?);
        for key in ["MAXFTP", "MAXLST", "MAXSQL", "MAX_EMAIL_PER_HOUR", "MAX_DEFER_FAIL_PERCENTAGE"] {
            self.set(key, limit_text(package.number(key)?));
        }
        for (key, ours) in [
            ("CPMOD", "RS"),
            ("LANG", "LANG"),
            ("FEATURELIST", "FEATURELIST"),
            ("CGI", "HASCGI"),
            ("HASSHELL", "HASSHELL"),
        ] {
            self.set(ours, package.text_of(key).to_owned());
        }
        Ok(())
    }

    /// The keys that are stated, with their values.
    pub fn lines(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.values.iter().map(|(key, value)| (*key, value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::PackageName;

    #[test]
    fn a_packages_terms_are_the_accounts() {
        let name = PackageName::parse("gold", "name").unwrap();
        let gold = Package::read(name, "QUOTA=100\nBWLIMIT=7\nMAX_EMAIL_PER_HOUR=0\n");
        let mut terms = Terms::read(|key| (key == "OWNER").then_some("seller"));
        terms.take_over(&gold).unwrap();
        assert_eq!((terms.plan(), terms.owner()), (Some("gold"), "seller"));
        assert_eq!((terms.disk().mebibytes(), terms.bandwidth()), (Some(100), Some(7 * MEBIBYTE)));
        assert_eq!((terms.get("MAX_EMAIL_PER_HOUR"), terms.get("LANG")), (Some("unlimited"), Some("en")));
        assert_eq!((Terms::default().disk(), Terms::default().owner()), (Quota::UNLIMITED, "root"));
    }
}
