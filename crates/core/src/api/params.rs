//! A function's view of its arguments: by name or position, with the refusals that the catalogue implies.

use std::cell::Cell;

use super::catalogue::{Function, Param, ParamKind};
use super::flag::flag;
use super::{Arg, Args, Family, Refusal, modifiers};
use crate::base::text::pattern;

/// Names under which scripts written for UAPI-like libraries send a password.
static PASSWORD_ALIASES: [&str; 2] = ["passwd", "pass"];
/// Names that cPanel's own functions write in more than one way.
static OTHER_NAMES: [(&str, &str); 23] = [
    ("user", "username"),
    ("username", "user"),
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
    pub(super) function: &'static Function,
    pub(super) args: &'a Args<'a>,
    /// The account that the call is for, where a door has found it.
    pub(super) account: Option<&'a str>,
    /// Which parameters were read, a bit for each in the catalogue's order.
    pub(super) read: Cell<u64>,
}

impl<'a> Params<'a> {
    /// What a call gives to a function.
    pub fn new(function: &'static Function, args: &'a Args<'a>) -> Self {
        Self { function, args, account: None, read: Cell::new(0) }
    }

    /// The same for an account that was found.
    pub fn of_account(self, account: Option<&'a str>) -> Self {
        Self { account, ..self }
    }

    /// Refuses, by name and in the catalogue's order, what is required and missing, null or empty.
    pub fn require(&self) -> Result<(), Refusal> {
        self.exact()?;
        self.one_meaning()?;
        self.refuse_choices()?;
        for param in self.function.params.iter().filter(|param| param.required) {
            let given = self.get(param.name)?.is_some_and(|text| !text.is_empty());
            if given || (param.kind == ParamKind::Domain && self.mailbox_names_domain()?) {
                continue;
            }
            return Err(Refusal::Missing(param.name));
        }
        Ok(())
    }

    /// Refuses what is no text where the very characters count.
    pub fn exact(&self) -> Result<(), Refusal> {
        self.function.params.iter().try_for_each(|param| self.exact_one(param))
    }

    fn exact_one(&self, param: &Param) -> Result<(), Refusal> {
        let refuse = |why| Err(Refusal::NotAText { param: param.name.to_owned(), why });
        match self.find(param.name) {
            Some(Arg::Inexact(_, given)) if !param.kind.takes(*given) => refuse(given.why()),
            Some(Arg::Text(text) | Arg::Inexact(text, _))
                if param.kind == ParamKind::Flag && flag(text).is_none() =>
            {
                let why = format!("“{}” is neither 1 nor 0", modifiers::shown(text));
                Err(Refusal::BadValue { param: param.name, why })
            }
            None if !param.required && param.kind.refuses_null() && self.args.is_null(param.name) => {
                // A whole address says the domain.
                let is_said = param.kind == ParamKind::Domain && self.mailbox_names_domain()?;
                if is_said {
                    Ok(())
                } else {
                    refuse("null was given; give a text, or leave the parameter out")
                }
            }
            _ => Ok(()),
        }
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

    /// A text that may be given under either of two names, with the name that it was given under. Two that differ are
    /// refused: taking either would be a guess.
    pub fn either(
        &self,
        name: &'static str,
        other: &'static str,
    ) -> Result<Option<(&'a str, &'static str)>, Refusal> {
        match (self.optional(name)?, self.optional(other)?) {
            (Some(text), Some(second)) if text != second => {
                let why = format!("it is another one than “{name}”; give one of them");
                Err(Refusal::BadValue { param: other, why })
            }
            (Some(text), _) => Ok(Some((text, name))),
            (None, second) => Ok(second.map(|text| (text, other))),
        }
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
            match value {
                Arg::Text(text) if is_numbered => found.push(text),
                Arg::Inexact(_, given) if is_numbered => {
                    return Err(Refusal::NotAText { param: key.to_owned(), why: given.why() });
                }
                _ => {}
            }
        }
        if found.len() > most {
            return Err(Refusal::BadValue { param: name, why: format!("more than {most} are given") });
        }
        Ok(found)
    }

    /// Yes or no; nothing is no. What is neither was refused before anything was done.
    pub fn flag(&self, name: &'static str) -> Result<bool, Refusal> {
        Ok(self.get(name)?.and_then(flag) == Some(true))
    }

    /// A regular expression; the slashes that old scripts put around it are taken off.
    pub fn pattern(&self, name: &'static str) -> Result<Option<regex_lite::Regex>, Refusal> {
        let compiled = self.optional(name)?.map(pattern).transpose();
        compiled.map_err(|why| Refusal::BadValue { param: name, why })
    }

    fn get(&self, name: &'static str) -> Result<Option<&'a str>, Refusal> {
        let place = self.place(name);
        debug_assert!(place.is_some(), "{name} is not in the catalogue");
        self.read.set(self.read.get() | place.map_or(0, bit));
        match self.find(name) {
            Some(Arg::Text(text) | Arg::Inexact(text, _)) => Ok(Some(text)),
            Some(Arg::Nested(_)) => Err(Refusal::BadValue {
                param: name,
                why: "a list or an object was given; give one text".to_owned(),
            }),
            Some(Arg::Absent) | None => Ok(None),
        }
    }

    fn find(&self, name: &str) -> Option<&'a Arg<'a>> {
        let named = self.args.get(name);
        // An empty one is as good as none where another name says more.
        let is_empty = matches!(named, Some(Arg::Text(text)) if text.is_empty());
        let other = || self.by_position(name).or_else(|| self.by_alias(name));
        if is_empty { other().or(named) } else { named.or_else(other) }
    }

    fn by_position(&self, name: &str) -> Option<&'a Arg<'a>> {
        if self.function.family != Family::Api1 {
            return None;
        }
        self.args.get_positional(self.function.params.iter().position(|param: &Param| param.name == name)?)
    }

    /// The other names of a parameter, where the function does not know them as others. All but the password's are
    /// WHM's: elsewhere `user` is a mailbox.
    pub(super) fn other_names<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'static str> + 'n {
        let is_whm = self.function.family == Family::Whm;
        let others =
            OTHER_NAMES.iter().filter(move |(known, other)| is_whm && *known == name && !self.knows(other));
        let password = PASSWORD_ALIASES.iter().filter(move |_| name == "password");
        password.copied().chain(others.map(|(_, other)| *other))
    }

    fn by_alias(&self, name: &str) -> Option<&'a Arg<'a>> {
        self.other_names(name).find_map(|other| self.args.get(other))
    }

    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.function.params.iter().position(|param| param.name == name)
    }
}

/// The bit of a parameter by its place in the catalogue.
pub(super) fn bit(place: usize) -> u64 {
    1_u64.checked_shl(u32::try_from(place).unwrap_or(u32::MAX)).unwrap_or(0)
}
