//! A function's view of its arguments: by name or position, with the refusals that the catalogue implies.

use super::catalogue::{Function, Param, ParamKind};
use super::{Arg, Args, Family, Refusal};
use crate::base::text::pattern;

/// Names under which scripts written for UAPI-like libraries send a password.
const PASSWORD_ALIASES: [&str; 2] = ["passwd", "pass"];
/// Names that cPanel's own functions write in more than one way.
const OTHER_NAMES: [(&str, &str); 21] = [
    ("MAXPOP", "maxpop"),
    ("MAX_EMAILACCT_QUOTA", "max_emailacct_quota"),
    ("MAXADDON", "maxaddon"),
    ("MAXPARK", "maxpark"),
    ("MAXSUB", "maxsub"),
    ("maxpop", "MAXPOP"),
    ("max_emailacct_quota", "MAX_EMAILACCT_QUOTA"),
    ("maxaddon", "MAXADDON"),
    ("maxpark", "MAXPARK"),
    ("maxsub", "MAXSUB"),
    ("maxftp", "MAXFTP"),
    ("maxsql", "MAXSQL"),
    ("maxlst", "MAXLST"),
    ("maxlst", "maxlists"),
    ("quota", "QUOTA"),
    ("bwlimit", "BWLIMIT"),
    ("max_email_per_hour", "MAX_EMAIL_PER_HOUR"),
    ("max_defer_fail_percentage", "MAX_DEFER_FAIL_PERCENTAGE"),
    ("featurelist", "FEATURELIST"),
    ("contactemail", "CONTACTEMAIL"),
    ("pkg", "pkgname"),
];

/// The arguments of one call, as its catalogue entry describes them.
pub struct Params<'a> {
    function: &'static Function,
    args: &'a Args<'a>,
}

impl<'a> Params<'a> {
    /// What a call gives to a function.
    pub fn new(function: &'static Function, args: &'a Args<'a>) -> Self {
        Self { function, args }
    }

    /// Refuses, by name and in the catalogue's order, what is required and missing, null or empty.
    pub fn require(&self) -> Result<(), Refusal> {
        for param in self.function.params.iter().filter(|param| param.required) {
            let given = self.get(param.name)?.is_some_and(|text| !text.is_empty());
            if given || (param.kind == ParamKind::Domain && self.mailbox_names_domain()?) {
                continue;
            }
            return Err(Refusal::Missing(param.name));
        }
        Ok(())
    }

    /// Many scripts send the full address as the mailbox and no domain at all.
    fn mailbox_names_domain(&self) -> Result<bool, Refusal> {
        for param in self.function.params.iter().filter(|param| param.kind == ParamKind::Mailbox) {
            if self.get(param.name)?.is_some_and(|text| text.contains('@')) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A text, or nothing where it is missing, null or empty.
    pub fn optional(&self, name: &'static str) -> Result<Option<&'a str>, Refusal> {
        Ok(self.get(name)?.filter(|text| !text.is_empty()))
    }

    /// A text that must be there.
    pub fn required(&self, name: &'static str) -> Result<&'a str, Refusal> {
        self.optional(name)?.ok_or(Refusal::Missing(name))
    }

    /// Whether the function has a parameter of that name, for work that several functions share.
    pub fn knows(&self, name: &str) -> bool {
        self.function.params.iter().any(|param| param.name == name)
    }

    /// What the function does, half a line.
    pub fn summary(&self) -> &'static str {
        self.function.summary
    }

    /// The texts of a parameter that may be given several times: `name`, and `name-1`, `name-2` and so on.
    pub fn numbered(&self, name: &'static str, most: usize) -> Result<Vec<&'a str>, Refusal> {
        let mut found: Vec<&str> = self.optional(name)?.into_iter().collect();
        for (key, value) in self.args.beginning_with(name) {
            let is_numbered = key[name.len()..].strip_prefix('-').is_some_and(|n| n.parse::<u32>().is_ok());
            if let (true, Arg::Text(text)) = (is_numbered, value) {
                found.push(text);
            }
        }
        if found.len() > most {
            return Err(Refusal::BadValue { param: name, why: format!("more than {most} are given") });
        }
        Ok(found)
    }

    /// 1 is yes; 0, nothing and everything else is no.
    pub fn flag(&self, name: &'static str) -> Result<bool, Refusal> {
        Ok(self.get(name)? == Some("1"))
    }

    /// A regular expression; the slashes that old scripts put around it are taken off.
    pub fn pattern(&self, name: &'static str) -> Result<Option<regex_lite::Regex>, Refusal> {
        let compiled = self.optional(name)?.map(pattern).transpose();
        compiled.map_err(|why| Refusal::BadValue { param: name, why })
    }

    fn get(&self, name: &'static str) -> Result<Option<&'a str>, Refusal> {
        debug_assert!(self.knows(name), "{name} is not in the catalogue");
        let found = self.args.get(name).or_else(|| self.by_position(name)).or_else(|| self.by_alias(name));
        match found {
            Some(Arg::Text(text)) => Ok(Some(text)),
            Some(Arg::Nested(_)) => Err(Refusal::BadValue {
                param: name,
                why: "a list or an object was given; give one text".to_owned(),
            }),
            Some(Arg::Absent) | None => Ok(None),
        }
    }

    fn by_position(&self, name: &str) -> Option<&'a Arg<'a>> {
        if self.function.family != Family::Api1 {
            return None;
        }
        self.args.get_positional(self.function.params.iter().position(|param: &Param| param.name == name)?)
    }

    fn by_alias(&self, name: &str) -> Option<&'a Arg<'a>> {
        if name == "password" {
            return PASSWORD_ALIASES.iter().find_map(|alias| self.args.get(alias));
        }
        if self.function.family != Family::Whm {
            return None;
        }
        let others = OTHER_NAMES.iter().filter(|(known, other)| *known == name && !self.knows(other));
        others.map(|(_, other)| self.args.get(other)).find(Option::is_some).flatten()
    }
}
