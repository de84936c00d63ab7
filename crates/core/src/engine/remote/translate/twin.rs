//! An API 2 function and the UAPI function that stands in for it.

use crate::api::catalogue::{Answer, Equivalent, Function, Payload};
use crate::api::{Arg, Args, Call, Error, ErrorKind, Family, Params, Refusal};
use crate::engine::contract::Lookup;

/// An API 2 function and the UAPI function that stands in for it.
#[derive(Clone, Copy)]
pub(crate) struct Twin {
    pub(crate) function: &'static Function,
    pub(crate) equivalent: &'static Equivalent,
}

impl Twin {
    /// The twin of a function of API 2; why there is none otherwise.
    pub(crate) fn of(function: &'static Function) -> Result<Self, String> {
        let Some(equivalent) = function.uapi.as_ref() else {
            return Err("UAPI has no function that answers the same".to_owned());
        };
        match equivalent.payload {
            Payload::Other(why) => Err(format!("UAPI's {} is not the same: {why}", equivalent.func)),
            _ => Ok(Self { function, equivalent }),
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
    pub(crate) fn check(&self, call: &Call<'_>, lookup: Lookup) -> Result<Option<Refusal>, Error> {
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
