//! API 2 calls that go out as UAPI and come back in API 2's shape, for servers without API 2.
//!
//! Which function, which parameters and which answer: the catalogue's [`Equivalent`] decides. What it cannot say
//! without a loss is refused by name, before anything is sent.

mod back;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::Lookup;
use super::form::Form;
use crate::api::catalogue::{Added, Answer, Equivalent, Function, Payload};
use crate::api::{Arg, Args, Call, Error, ErrorKind, Family, Params, Refusal};

/// The names by which API 2's modifiers begin; the bare name is a switch.
const SWITCHES: [&str; 4] = ["api2_filter", "api2_sort", "api2_paginate", "api2_columns"];

/// An API 2 function and the UAPI function that stands in for it.
#[derive(Clone, Copy)]
pub(super) struct Twin {
    function: &'static Function,
    equivalent: &'static Equivalent,
}

impl Twin {
    /// The twin of a function of API 2; why there is none otherwise.
    pub(super) fn of(function: &'static Function) -> Result<Self, String> {
        let Some(equivalent) = function.uapi.as_ref() else {
            return Err("UAPI has no function that answers the same".to_owned());
        };
        match equivalent.payload {
            Payload::Other(why) => Err(format!("UAPI's {} is not the same: {why}", equivalent.func)),
            _ => Ok(Self { function, equivalent }),
        }
    }

    /// The UAPI function's name.
    pub(super) fn func(&self) -> &'static str {
        self.equivalent.func
    }

    /// What kind of answer API 2 gives.
    pub(super) fn answer(&self) -> Answer {
        self.function.answer
    }

    /// Refuses as API 2 does what lacks a parameter: UAPI would take a default, for example the main domain.
    /// Fails where UAPI has no place for a parameter.
    pub(super) fn check(&self, call: &Call<'_>, lookup: Lookup) -> Result<Option<Refusal>, Error> {
        if let Err(refusal) = Params::new(self.function, &call.args).require() {
            return Ok(Some(refusal));
        }
        let there = lookup(Family::Uapi, call.module, self.func()).map_or(&[][..], |there| there.params);
        for param in self.function.params {
            let is_filter = self.equivalent.filters.iter().any(|filter| filter.flag == param.name);
            let name = self.renamed(param.name);
            if is_filter || there.iter().any(|there| there.name == name) || !is_set(&call.args, param.name) {
                continue;
            }
            let sentence = format!(
                "The parameter {} of {}::{} was not sent: the call goes out as UAPI's {}, which has nothing like it; leave it out. Nothing was done",
                param.name,
                call.module,
                call.func,
                self.func()
            );
            return Err(Error::new(ErrorKind::BadParams, sentence));
        }
        Ok(None)
    }

    /// The call's parameters under UAPI's names.
    pub(super) fn push(&self, form: &mut Form, user: Option<&str>, args: &Args<'_>) -> Result<(), Error> {
        let off: Vec<&str> = SWITCHES.into_iter().filter(|switch| !is_one(args, switch)).collect();
        form.push_args(args, |name| {
            let is_filter = self.equivalent.filters.iter().any(|filter| filter.flag == name);
            // In UAPI numbered rules count without their switch.
            if is_filter || off.iter().any(|switch| name.starts_with(switch)) {
                return None;
            }
            Some(match name.strip_prefix("api2_") {
                Some(modifier) => Cow::Owned(format!("api.{modifier}")),
                None => Cow::Borrowed(self.renamed(name)),
            })
        })?;
        for (name, added) in self.equivalent.added {
            match (added, user) {
                (Added::Text(text), _) => form.push(name, text),
                (Added::Account, Some(user)) if args.get(name).is_none() => form.push(name, user),
                (Added::Account, _) => {}
            }
        }
        self.push_filters(form, args, !off.contains(&"api2_filter"));
        Ok(())
    }

    /// Flags that are filters in UAPI, behind the call's own.
    fn push_filters(&self, form: &mut Form, args: &Args<'_>, others: bool) {
        let set = self.equivalent.filters.iter().filter(|filter| is_one(args, filter.flag));
        for (filter, number) in set.zip(free_number(args)..) {
            let end = if others { format!("_{number}") } else { String::new() };
            if !others {
                form.push("api.filter", "1");
            }
            for (part, value) in [("column", filter.column), ("type", "gt"), ("term", filter.above)] {
                form.push(&format!("api.filter_{part}{end}"), value);
            }
        }
    }

    fn renamed<'n>(&self, name: &'n str) -> &'n str {
        self.equivalent.renamed.iter().find(|(here, _)| *here == name).map_or(name, |(_, there)| there)
    }
}

fn is_one(args: &Args<'_>, name: &str) -> bool {
    matches!(args.get(name), Some(Arg::Text(text)) if text == "1")
}

fn is_set(args: &Args<'_>, name: &str) -> bool {
    match args.get(name) {
        Some(Arg::Text(text)) => !matches!(&**text, "" | "0"),
        Some(Arg::Nested(_)) => true,
        Some(Arg::Absent) | None => false,
    }
}

/// The first number that no filter of the call has.
fn free_number(args: &Args<'_>) -> u64 {
    let numbers = args.effective().filter_map(|(name, _)| {
        name.strip_prefix("api2_filter_")?.rsplit_once('_').map(|(_, number)| number)?.parse::<u64>().ok()
    });
    numbers.max().map_or(0, |number| number.saturating_add(1))
}
