//! Packages: what an account that is sold by one may have.
//!
//! cPanel also calls them hosting plans. A package is a file of `KEY=value` lines, and its keys are those of cPanel's
//! `/var/cpanel/packages`. What it says of mail is what an account's [`Limits`] are; the rest is kept and shown.

use std::fmt;

use super::{DomainLimits, Limits, Quota};
use crate::api::{Refusal, UNLIMITED, limit_text};

/// The name of a package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageName(String);

impl PackageName {
    /// Longest name, in bytes: it is a file's.
    const MAX: usize = 128;

    /// A name as cPanel's packages have them: letters, digits, blanks and `_ - .`, never a path.
    pub fn parse(text: &str, param: &'static str) -> Result<Self, Refusal> {
        let good = |c: char| c.is_alphanumeric() || "_-. ".contains(c);
        let why = if text.len() > Self::MAX {
            format!("the name of a package has at most {} bytes", Self::MAX)
        } else if !text.starts_with(char::is_alphanumeric) || text.ends_with(' ') || !text.chars().all(good) {
            format!(
                "“{}” is no name of a package: it holds letters, digits, blanks, “_”, “-” and “.”, begins with a letter or a digit, and does not end with a blank",
                text.escape_debug()
            )
        } else if text == "extensions" {
            "cPanel reserves the name “extensions”".to_owned()
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(Refusal::BadValue { param, why })
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a setting of a package holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingKind {
    /// A number, 0 for none at all, or unlimited.
    Count,
    /// A number, or unlimited, which 0 means too.
    Amount,
    /// `y` or `n`.
    Flag,
    Text,
}

/// A setting of a package: its key in the file, its parameter, and its value where nobody says one.
#[derive(Clone, Copy, Debug)]
pub struct PackageSetting {
    pub key: &'static str,
    pub param: &'static str,
    pub kind: SettingKind,
    pub usual: &'static str,
    /// Whether something here keeps an account to it.
    pub holds: bool,
}

const fn setting(
    key: &'static str,
    param: &'static str,
    kind: SettingKind,
    usual: &'static str,
    holds: bool,
) -> PackageSetting {
    PackageSetting { key, param, kind, usual, holds }
}

/// All settings, in the order of cPanel's files. The usual values are the documented ones; those of what a mail host
/// has none of are off, as on a cPanel server without web server.
pub const PACKAGE_SETTINGS: [PackageSetting; 20] = {
    use SettingKind::{Amount, Count, Flag, Text};
    [
        setting("BWLIMIT", "bwlimit", Amount, UNLIMITED, false),
        setting("CGI", "cgi", Flag, "n", false),
        setting("CPMOD", "cpmod", Text, "jupiter", false),
        setting("DIGESTAUTH", "digestauth", Flag, "n", false),
        setting("FEATURELIST", "featurelist", Text, "default", false),
        setting("HASSHELL", "hasshell", Flag, "n", false),
        setting("IP", "ip", Flag, "n", false),
        setting("LANG", "language", Text, "en", false),
        setting("MAXADDON", "maxaddon", Count, "0", true),
        setting("MAXFTP", "maxftp", Count, UNLIMITED, false),
        setting("MAXLST", "maxlst", Count, UNLIMITED, false),
        setting("MAXPARK", "maxpark", Count, "0", true),
        setting("MAXPOP", "maxpop", Count, UNLIMITED, true),
        setting("MAXSQL", "maxsql", Count, UNLIMITED, false),
        setting("MAXSUB", "maxsub", Count, UNLIMITED, true),
        setting("MAX_DEFER_FAIL_PERCENTAGE", "max_defer_fail_percentage", Amount, UNLIMITED, false),
        setting("MAX_EMAILACCT_QUOTA", "max_emailacct_quota", Amount, "1024", true),
        setting("MAX_EMAIL_PER_HOUR", "max_email_per_hour", Amount, UNLIMITED, false),
        setting("QUOTA", "quota", Amount, "10240", false),
        setting("_PACKAGE_EXTENSIONS", "_PACKAGE_EXTENSIONS", Text, "", false),
    ]
};

impl PackageSetting {
    /// The setting of that key.
    pub fn of(key: &str) -> Option<&'static Self> {
        PACKAGE_SETTINGS.iter().find(|setting| setting.key == key)
    }

    /// A value as the file has it; refused where it is none.
    pub fn value_of(&self, text: &str) -> Result<String, Refusal> {
        let bad = |why: String| Refusal::BadValue { param: self.param, why };
        match self.kind {
            SettingKind::Count | SettingKind::Amount => match self.amount(text) {
                Some(amount) => Ok(limit_text(amount)),
                None => Err(bad(format!("“{}” is not a whole number or unlimited", text.escape_debug()))),
            },
            SettingKind::Flag => match text {
                "1" | "y" => Ok("y".to_owned()),
                "0" | "n" | "" => Ok("n".to_owned()),
                other => Err(bad(format!("“{}” is neither 1 (y) nor 0 (n)", other.escape_debug()))),
            },
            SettingKind::Text if text.chars().any(char::is_control) => {
                Err(bad("it holds a line break or another control character".to_owned()))
            }
            SettingKind::Text => Ok(text.to_owned()),
        }
    }

    /// The number that a text means: none for no limit, nothing where it is none.
    fn amount(&self, text: &str) -> Option<Option<u64>> {
        if text == UNLIMITED || text == "null" || text.is_empty() {
            return Some(None);
        }
        let number: u64 = text.parse().ok()?;
        Some(Some(number).filter(|&number| number > 0 || self.kind == SettingKind::Count))
    }
}

/// A package.
#[derive(Clone, Debug)]
pub struct Package {
    pub name: PackageName,
    /// The lines of its file, also those whose keys are not known here.
    lines: Vec<(String, String)>,
}

impl Package {
    /// A package with the usual values.
    pub fn new(name: PackageName) -> Self {
        let line = |setting: &PackageSetting| (setting.key.to_owned(), setting.usual.to_owned());
        Self { name, lines: PACKAGE_SETTINGS.iter().map(line).collect() }
    }

    /// The package of a file.
    pub fn read(name: PackageName, text: &str) -> Self {
        let lines = text.lines().filter_map(|line| line.split_once('='));
        Self { name, lines: lines.map(|(key, value)| (key.to_owned(), value.trim().to_owned())).collect() }
    }

    /// The file of the package.
    pub fn text(&self) -> String {
        self.lines.iter().map(|(key, value)| format!("{key}={value}\n")).collect()
    }

    /// The value of a setting; the usual one where the file has none.
    pub fn value(&self, setting: &PackageSetting) -> &str {
        let stated = self.lines.iter().find(|(key, _)| key == setting.key);
        stated.map_or(setting.usual, |(_, value)| value.as_str())
    }

    /// Changes a setting, by a value as it was given.
    pub fn set(&mut self, setting: &PackageSetting, given: &str) -> Result<(), Refusal> {
        let value = setting.value_of(given)?;
        match self.lines.iter_mut().find(|(key, _)| key == setting.key) {
            Some((_, old)) => *old = value,
            None => self.lines.push((setting.key.to_owned(), value)),
        }
        Ok(())
    }

    /// The text of a setting.
    pub fn text_of(&self, key: &str) -> &str {
        PackageSetting::of(key).map_or("", |setting| self.value(setting))
    }

    /// What the package says of an account's mail and domains. A value that means nothing is refused: it would be
    /// taken for no limit.
    pub fn limits(&self) -> Result<Limits, Refusal> {
        let quota = self.number("MAX_EMAILACCT_QUOTA")?;
        Ok(Limits {
            mailboxes: self.number("MAXPOP")?,
            quota: Quota::from_mebibytes(&limit_text(quota))?,
            domains: DomainLimits {
                addon: self.number("MAXADDON")?,
                parked: self.number("MAXPARK")?,
                sub: self.number("MAXSUB")?,
            },
        })
    }

    /// The number of a setting; none for no limit.
    pub fn number(&self, key: &'static str) -> Result<Option<u64>, Refusal> {
        let Some(setting) = PackageSetting::of(key) else { return Ok(None) };
        let value = self.value(setting);
        setting.amount(value).ok_or_else(|| Refusal::BadValue {
            param: "plan",
            why: format!(
                "the package “{}” cannot be used: its {key} is “{}”, which is neither a whole number nor unlimited; change it with editpkg",
                self.name,
                value.escape_debug()
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> PackageName {
        PackageName::parse(text, "name").unwrap()
    }

    #[test]
    fn names_are_never_paths() {
        for good in ["gold", "reseller_gold", "Gold 5.0-b", "größer"] {
            assert!(PackageName::parse(good, "name").is_ok(), "{good}");
        }
        for bad in
            ["", ".", "..", ".x", "a/b", "a\nb", "a ", " a", "a=b", "a\0", "extensions", &"a".repeat(129)]
        {
            assert!(PackageName::parse(bad, "name").is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_file_keeps_what_is_not_known_and_means_what_cpanel_means() {
        let mut package = Package::read(name("gold"), "MAXPOP=5\nEXTRA=x=y\nQUOTA=0\nMAXPARK=null\n");
        let limits = package.limits().unwrap();
        assert_eq!((limits.mailboxes, limits.domains.parked, limits.domains.addon), (Some(5), None, Some(0)));
        assert_eq!(limits.quota.mebibytes(), Some(1024), "the documented value, where the file has none");
        assert_eq!(package.number("QUOTA").unwrap(), None);
        package.set(PackageSetting::of("MAXPOP").unwrap(), "0").unwrap();
        assert_eq!(package.text(), "MAXPOP=0\nEXTRA=x=y\nQUOTA=0\nMAXPARK=null\n");
        assert_eq!(package.limits().unwrap().mailboxes, Some(0));
    }

    #[test]
    fn what_means_nothing_is_refused_and_never_unlimited() {
        for (key, bad) in [("MAXPOP", "five"), ("MAXPOP", "-1"), ("CGI", "yes"), ("LANG", "en\nMAXPOP=9")] {
            let setting = PackageSetting::of(key).unwrap();
            assert!(Package::new(name("gold")).set(setting, bad).is_err(), "{key} {bad}");
        }
        let why = Package::read(name("gold"), "MAXPOP=five\n").limits().unwrap_err().to_string();
        assert!(why.contains("“gold”") && why.contains("MAXPOP"), "{why}");
    }
}
