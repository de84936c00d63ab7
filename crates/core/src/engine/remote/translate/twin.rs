//! An API 2 function and the UAPI function that stands in for it.

use crate::api::catalogue::{Answer, Equivalent, Function, Param, Payload};
use crate::api::{Arg, Args, Call, Error, ErrorKind, Family, Params, Refusal, modifiers};
use crate::engine::contract::Lookup;

/// An API 2 function and the UAPI function that stands in for it.
#[derive(Clone, Copy)]
pub(crate) struct Twin {
    pub(crate) function: &'static Function,
    pub(crate) equivalent: &'static Equivalent,
    /// The parameters of the UAPI function.
    there: &'static [Param],
}

impl Twin {
    /// The twin of a function of API 2; why there is none otherwise.
    pub(crate) fn of(function: &'static Function, lookup: Lookup) -> Result<Self, String> {
        let Some(equivalent) = function.uapi.as_ref() else {
            return Err("UAPI has no function that answers the same".to_owned());
        };
        match equivalent.payload {
            Payload::Other(why) => Err(format!("UAPI's {} is not the same: {why}", equivalent.func)),
            _ => {
                let there = lookup(Family::Uapi, function.module, equivalent.func);
                Ok(Self { function, equivalent, there: there.map_or(&[], |there| there.params) })
            }
        }
    }

    pub(crate) fn func(&self) -> &'static str {
        self.equivalent.func
    }

    /// What kind of answer API 2 gives.
    pub(crate) fn answer(&self) -> Answer {
        self.function.answer
    }

    /// Refuses as API 2 does what lacks a parameter: UAPI would take a default, for example the main domain.
    /// Fails where UAPI has no place for a parameter.
    pub(crate) fn check(&self, call: &Call<'_>) -> Result<Option<Refusal>, Error> {
        let required = Params::new(self.function, &call.args).require();
        if let Err(refusal) = required.and_then(|()| modifiers::check(self.function, &call.args)) {
            return Ok(Some(refusal));
        }
        for param in self.function.params {
            let is_filter = self.equivalent.filters.iter().any(|filter| filter.flag == param.name);
            if is_filter || !self.is_only_here(param.name) || !is_set(&call.args, param.name) {
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

    /// Whether a name is a parameter of API 2's function that UAPI's does not have.
    pub(crate) fn is_only_here(&self, name: &str) -> bool {
        let there = self.renamed(name);
        self.function.params.iter().any(|param| param.name == name)
            && !self.there.iter().any(|param| param.name == there)
    }

    /// A parameter's name in UAPI.
    pub(crate) fn renamed<'n>(&self, name: &'n str) -> &'n str {
        self.equivalent.renamed.iter().find(|(here, _)| *here == name).map_or(name, |(_, there)| there)
    }
}

fn is_set(args: &Args<'_>, name: &str) -> bool {
    match args.get(name) {
        Some(Arg::Text(text) | Arg::Inexact(text, _)) => !matches!(&**text, "" | "0"),
        Some(Arg::Nested(_)) => true,
        Some(Arg::Absent) | None => false,
    }
}
