//! What a call gives and its function does not look at: told afterwards, and refused before anything is done where it
//! would choose whom the call acts on.

use super::catalogue::ParamKind;
use super::params::{Params, bit};
use super::{Arg, Family, Refusal, modifiers};
use crate::base::likely;

/// Most parameters that are named as not used.
const MOST_TOLD: usize = 20;
/// How names begin that doors and panels use for themselves.
const CONTROL: [&str; 6] =
    ["cpanel_jsonapi_", "cpanel_xmlapi_", "api.version", "api.analytics", "cache_fix", "xmlin"];
/// Names, and how names begin, of what chooses whom or what a call acts on.
const CHOICES: [&str; 6] = ["plan", "pkg", "pkgname", "package", "owner", "regex"];
const CHOICES_BEGIN: [&str; 4] = ["search", "filter", "api.filter", "api2_filter"];

impl Params<'_> {
    /// Two names for one account that differ: acting on either would be a guess.
    pub(super) fn one_account(&self) -> Result<(), Refusal> {
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
    pub(super) fn refuse_choices(&self) -> Result<(), Refusal> {
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
            let at = params.iter().position(|param| self.other_names(param.name).any(|other| other == name));
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
            if is_empty(value)
                || is_control(name)
                || was_read()
                || self.is_off(name, value)
                || modifiers::listens(self.function, name)
            {
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

    /// Whether it says not to do what is never done: that is obeyed.
    fn is_off(&self, name: &str, value: &Arg<'_>) -> bool {
        let param = self.param_of(name).and_then(|at| self.function.params.get(at));
        let is_flag = param.is_some_and(|param| param.kind == ParamKind::Flag);
        is_flag && matches!(value, Arg::Text(text) if text == "0")
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

fn is_control(name: &str) -> bool {
    CONTROL.iter().any(|control| name.starts_with(control))
}

fn is_choice(name: &str) -> bool {
    CHOICES.contains(&name) || CHOICES_BEGIN.iter().any(|start| name.starts_with(start))
}

/// Nothing asks for nothing.
fn is_empty(value: &Arg<'_>) -> bool {
    match value {
        Arg::Absent => true,
        Arg::Text(text) => text.is_empty(),
        Arg::Inexact(..) | Arg::Nested(_) => false,
    }
}
