//! A function's view of its arguments: by name or position, with the refusals that the catalogue implies.

use std::cell::Cell;

use super::catalogue::{Function, Param, ParamKind};
use super::{Arg, Args, Family, Refusal, modifiers};
use crate::base::likely;
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
    /// Which parameters were read, a bit for each in the catalogue's order.
    read: Cell<u64>,
}

impl<'a> Params<'a> {
    /// What a call gives to a function.
    pub fn new(function: &'static Function, args: &'a Args<'a>) -> Self {
        Self { function, args, read: Cell::new(0) }
    }

    /// Refuses, by name and in the catalogue's order, what is required and missing, null or empty.
    pub fn require(&self) -> Result<(), Refusal> {
        self.exact()?;
        self.one_account()?;
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
        self.args.get(name).or_else(|| self.by_position(name)).or_else(|| self.by_alias(name))
    }

    fn by_position(&self, name: &str) -> Option<&'a Arg<'a>> {
        if self.function.family != Family::Api1 {
            return None;
        }
        self.args.get_positional(self.function.params.iter().position(|param: &Param| param.name == name)?)
    }

    /// The other name of a parameter. Those of accounts are WHM's: elsewhere `user` is a mailbox.
    fn other_name(&self, name: &str) -> Option<&'static str> {
        let (_, other) = OTHER_NAMES.iter().find(|(known, _)| *known == name)?;
        let is_account = matches!(name, "user" | "username");
        (!is_account || self.function.family == Family::Whm).then_some(*other)
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

    fn place(&self, name: &str) -> Option<usize> {
        self.function.params.iter().position(|param| param.name == name)
    }

    /// Two names for one account that differ: acting on either would be a guess.
    fn one_account(&self) -> Result<(), Refusal> {
        let text = |name| match self.args.get(name) {
            Some(Arg::Text(text)) => Some(&**text),
            _ => None,
        };
        let named = self.knows("user") || self.knows("username");
        match (text("user"), text("username")) {
            (Some(user), Some(other)) if named && self.function.family == Family::Whm && user != other => {
                let why = "it names another account than “user”; give one of them".to_owned();
                Err(Refusal::BadValue { param: "username", why })
            }
            _ => Ok(()),
        }
    }

    /// Refuses, before anything is done, what would choose whom the call acts on and is not known to the function.
    fn refuse_choices(&self) -> Result<(), Refusal> {
        // Functions that are not done here say so themselves.
        if self.function.params.is_empty() && self.function.returns.is_empty() {
            return Ok(());
        }
        let chooses = |(name, value): &(&str, &Arg<'_>)| {
            !is_empty(value)
                && is_choice(name)
                && !self.is_known(name)
                && !modifiers::listens(self.function, name)
        };
        match self.args.beginning_with("").find(chooses) {
            Some((name, _)) => Err(Refusal::NotUsed {
                param: name.to_owned(),
                why: format!(
                    "{} does not know it, and without it the call would act on others than it says; leave it out",
                    self.function.func
                ),
            }),
            None => Ok(()),
        }
    }

    /// Whether the function has a parameter that this is a name of.
    fn is_known(&self, name: &str) -> bool {
        self.param_of(name).is_some()
    }

    /// The place of the parameter that a name of the call is one of: its own, another one, its position, or a number
    /// behind it.
    fn param_of(&self, name: &str) -> Option<usize> {
        let params = self.function.params;
        let unnamed = |at: &usize| params.get(*at).is_some_and(|param| self.args.get(param.name).is_none());
        let other = || {
            let at = params.iter().position(|param| {
                let is_password = param.name == "password" && PASSWORD_ALIASES.contains(&name);
                is_password || self.other_name(param.name) == Some(name)
            });
            at.filter(unnamed)
        };
        let positional = || {
            let at = name.strip_prefix("arg-").filter(|_| self.function.family == Family::Api1)?.parse().ok();
            at.filter(unnamed)
        };
        let numbered = || {
            let (base, number) = name.rsplit_once('-')?;
            number.parse::<u32>().ok()?;
            self.place(base)
        };
        self.place(name).or_else(other).or_else(positional).or_else(numbered)
    }

    /// The first parameter given that the function does not know.
    pub fn first_unknown(&self) -> Option<String> {
        let mut given =
            self.args.beginning_with("").filter(|(name, value)| !is_empty(value) && !is_control(name));
        given.find(|(name, _)| !self.is_known(name)).map(|(name, _)| name.to_owned())
    }

    /// What is to be told of the parameters that no part of the function looked at.
    pub fn unused(&self) -> Vec<String> {
        let mut names: Vec<&str> = Vec::new();
        let mut more = 0;
        for (name, value) in self.args.beginning_with("") {
            let was_read = || self.param_of(name).is_some_and(|at| self.read.get() & bit(at) != 0);
            if is_empty(value) || is_control(name) || was_read() || modifiers::listens(self.function, name) {
                continue;
            }
            if names.len() == MOST_TOLD {
                more += 1;
            } else if !names.contains(&name) {
                names.push(name);
            }
        }
        let mut told: Vec<String> = names.into_iter().map(|name| self.not_used(name)).collect();
        if more > 0 {
            told.push(format!("{more} more parameters were not used."));
        }
        told
    }

    fn not_used(&self, name: &str) -> String {
        let shown = modifiers::shown(name);
        if let Some(param) = self.function.params.iter().find(|param| param.name == name) {
            return format!("The parameter “{shown}” was not used: {}.", param.meaning);
        }
        let known = self.function.params.iter().map(|param| param.name);
        let meant = likely(known, name, |known| (*known).to_owned());
        let meant = meant.map(|known| format!(" Did you mean “{known}”?"));
        format!(
            "The parameter “{shown}” was not used: {} does not know it.{}",
            self.function.func,
            meant.unwrap_or_default()
        )
    }
}

/// Most parameters that are named as not used.
const MOST_TOLD: usize = 20;
/// How names begin that doors and panels use for themselves.
const CONTROL: [&str; 6] =
    ["cpanel_jsonapi_", "cpanel_xmlapi_", "api.version", "api.analytics", "cache_fix", "xmlin"];
/// Names, and how names begin, of what chooses whom or what a call acts on.
const CHOICES: [&str; 6] = ["plan", "pkg", "pkgname", "package", "owner", "regex"];
const CHOICES_BEGIN: [&str; 4] = ["search", "filter", "api.filter", "api2_filter"];

fn bit(place: usize) -> u64 {
    1_u64.checked_shl(u32::try_from(place).unwrap_or(u32::MAX)).unwrap_or(0)
}

fn is_control(name: &str) -> bool {
    CONTROL.iter().any(|control| name.starts_with(control))
}

fn is_choice(name: &str) -> bool {
    CHOICES.contains(&name) || CHOICES_BEGIN.iter().any(|start| name.starts_with(start))
}

/// Nothing asks for nothing; so does a switch that is off.
fn is_empty(value: &Arg<'_>) -> bool {
    match value {
        Arg::Absent => true,
        Arg::Text(text) => text.is_empty(),
        Arg::Inexact(..) | Arg::Nested(_) => false,
    }
}
