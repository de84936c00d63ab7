//! API 2's parameters as UAPI takes them.

use std::borrow::Cow;

use crate::api::catalogue::Added;
use crate::api::flag::flag;
use crate::api::{Arg, Args, Error};
use crate::engine::remote::translate::twin::Twin;
use crate::engine::remote::transport::form_body::FormBody;

/// The names by which API 2's modifiers begin; the bare name is a switch.
const SWITCHES: [&str; 4] = ["api2_filter", "api2_sort", "api2_paginate", "api2_columns"];

impl Twin {
    /// The call's parameters under UAPI's names.
    pub(crate) fn push(&self, form: &mut FormBody, user: Option<&str>, args: &Args<'_>) -> Result<(), Error> {
        let off: Vec<&str> = SWITCHES.into_iter().filter(|switch| !is_one(args, switch)).collect();
        form.push_args(args, |name| {
            let is_filter = self.equivalent.filters.iter().any(|filter| filter.flag == name);
            // In UAPI numbered rules count without their switch. What only API 2 has is off here: else it was refused.
            if is_filter || self.is_only_here(name) || off.iter().any(|switch| name.starts_with(switch)) {
                return None;
            }
            // Servers know 1 alone.
            if SWITCHES.contains(&name) && !says_one(args, name) {
                return None;
            }
            Some(match name.strip_prefix("api2_") {
                Some(modifier) => Cow::Owned(format!("api.{modifier}")),
                None => Cow::Borrowed(self.renamed(name)),
            })
        })?;
        for switch in SWITCHES.into_iter().filter(|switch| !off.contains(switch) && !says_one(args, switch)) {
            form.push(&format!("api.{}", &switch["api2_".len()..]), "1");
        }
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
    fn push_filters(&self, form: &mut FormBody, args: &Args<'_>, others: bool) {
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
}

fn is_one(args: &Args<'_>, name: &str) -> bool {
    matches!(args.get(name), Some(Arg::Text(text) | Arg::Inexact(text, _)) if flag(text) == Some(true))
}

fn says_one(args: &Args<'_>, name: &str) -> bool {
    matches!(args.get(name), Some(Arg::Text(text)) if text == "1")
}

/// The first number that no filter of the call has.
fn free_number(args: &Args<'_>) -> u64 {
    let numbers = args.effective().filter_map(|(name, _)| {
        name.strip_prefix("api2_filter_")?.rsplit_once('_').map(|(_, number)| number)?.parse::<u64>().ok()
    });
    numbers.max().map_or(0, |number| number.saturating_add(1))
}
