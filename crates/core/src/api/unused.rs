//! What a call gives and its function does not look at: told afterwards, and refused before anything is done where it
//! would choose whom the call acts on.

use super::catalogue::ParamKind;
use super::flag::flag;
use super::params::{Params, bit};
use super::{Arg, Family, Refusal, modifiers};
use crate::base::likely;

/// Most parameters that are named as not used.
const MOST_TOLD: usize = 20;
/// The parameter whose other names are no other names of WHM's.
const PASSWORD: &str = "password";
/// How names begin that doors and panels use for themselves.
const CONTROL: [&str; 6] =
    ["cpanel_jsonapi_", "cpanel_xmlapi_", "api.version", "api.analytics", "cache_fix", "xmlin"];
/// Names, and how names begin, of what chooses whom or what a call acts on.
const CHOICES: [&str; 6] = ["plan", "pkg", "pkgname", "package", "owner", "regex"];
const CHOICES_BEGIN: [&str; 4] = ["search", "filter", "api.filter", "api2_filter"];

impl Params<'_> {
    /// Two names for one thing of WHM that differ: acting on either would be a guess.
    pub(super) fn one_meaning(&self) -> Result<(), Refusal> {
        let text = |name| match self.args.get(name) {
            Some(Arg::Text(text) | Arg::Inexact(text, _)) if !text.is_empty() => Some(&**text),
            _ => None,
        };
        for param in self.function.params.iter().filter(|param| param.name != PASSWORD) {
            let Some(own) = text(param.name) else { continue };
            for other in self.other_names(param.name) {
                if text(other).is_some_and(|given| given != own) {
                    let why = format!("it says something else than “{}”; give one of them", param.name);
                    return Err(Refusal::BadValue { param: other, why });
                }
            }
        }
        Ok(())
    }

    /// Refuses, before anything is done, what would choose whom the call acts on and is not known to the function.
    pub(super) fn refuse_choices(&self) -> Result<(), Refusal> {
        // Functions that are not done here say so themselves.
        if self.function.params.is_empty() && self.function.returns.is_empty() {
            return Ok(());
        }
        let chooses = |(name, value): &(&str, &Arg<'_>)| {
            // Modifiers are flat: who gives them as an object means some of them.
            let nests_modifiers = *name == "api" && matches!(value, Arg::Nested(_));
            !is_empty(value)
                && (is_choice(name) || nests_modifiers)
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
        // What is given under two names of WHM's is the same; of a password's, one is not looked at.
        let unnamed = |at: &usize| {
            params.get(*at).is_some_and(|param| param.name != PASSWORD || self.args.get(param.name).is_none())
        };
        let other = || {
            let at = params.iter().position(|param| self.other_names(param.name).any(|other| other == name));
            at.filter(unnamed)
        };
        let positional = || {
            let at = name.strip_prefix("arg-").filter(|_| self.function.family == Family::Api1)?.parse().ok();
            at.filter(|at: &usize| params.get(*at).is_some_and(|param| self.args.get(param.name).is_none()))
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
                || self.is_account(name, value)
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

    /// Whether it is the account that the call is for, which old clients give to WHM beside the function's own
    /// parameters: whoever found the account has used it.
    fn is_account(&self, name: &str, value: &Arg<'_>) -> bool {
        let names_it = |text: &str| self.account.is_some_and(|account| text == account);
        name == "user"
            && self.function.family != Family::Whm
            && matches!(value, Arg::Text(text) if names_it(text))
    }

    /// Whether it says not to do what is never done: that is obeyed.
    fn is_off(&self, name: &str, value: &Arg<'_>) -> bool {
        let param = self.param_of(name).and_then(|at| self.function.params.get(at));
        let is_flag = param.is_some_and(|param| param.kind == ParamKind::Flag);
        is_flag && matches!(value, Arg::Text(text) | Arg::Inexact(text, _) if flag(text) == Some(false))
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

/// In any letter case: who writes `Search` means it.
fn is_choice(name: &str) -> bool {
    let begins = |start: &&str| {
        name.as_bytes().get(..start.len()).is_some_and(|bytes| bytes.eq_ignore_ascii_case(start.as_bytes()))
    };
    CHOICES.iter().any(|choice| name.eq_ignore_ascii_case(choice)) || CHOICES_BEGIN.iter().any(begins)
}

/// Nothing asks for nothing.
fn is_empty(value: &Arg<'_>) -> bool {
    match value {
        Arg::Absent => true,
        Arg::Text(text) => text.is_empty(),
        Arg::Inexact(..) | Arg::Nested(_) => false,
    }
}
