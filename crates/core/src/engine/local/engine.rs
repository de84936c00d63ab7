//! The engine on one store: finds the function of a call and runs it; the catalogue of all functions.

use std::collections::HashMap;

use once_cell::race::OnceBox;

use crate::api::catalogue::Function;
use crate::api::{Call, Error, Family, NotDone, Outcome, Params, modifiers};
use crate::engine::contract::Engine;
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;
use crate::engine::local::{
    accounts, domains, email, none, packages, page, passwdstrength, quota, server, statsbar,
};
use crate::store::{MailStore, Quota};

/// Every function of this engine. One list for dispatch, help and documentation.
static CATALOGUE: &[&[CatalogueEntry]] = &[
    email::ENTRIES,
    passwdstrength::ENTRIES,
    accounts::ENTRIES,
    packages::ENTRIES,
    server::ENTRIES,
    domains::ENTRIES,
    quota::ENTRIES,
    statsbar::ENTRIES,
    page::ENTRIES,
    none::ENTRIES,
    email::UNSUPPORTED,
];

/// The engine on one store.
pub struct LocalEngine {
    store: Box<dyn MailStore>,
    settings: Settings,
}

/// What the configuration decides for new passwords and mailboxes.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The strength that a new password must reach.
    pub required_strength: u8,
    /// The quota of a new mailbox where the call gives none.
    pub default_quota: Quota,
}

impl LocalEngine {
    /// An engine on that store.
    pub fn new(store: Box<dyn MailStore>, settings: Settings) -> Self {
        Self { store, settings }
    }
}

impl Engine for LocalEngine {
    fn call(&self, user: Option<&str>, call: &Call<'_>) -> Result<Outcome, Error> {
        #[cfg(debug_assertions)]
        panic_on_purpose(call);
        let Some(entry) = find(call.family, call.module, call.func) else {
            return Ok(Outcome::UnknownFunction);
        };
        let params = Params::new(&entry.function, &call.args).of_account(user);
        let Settings { required_strength, default_quota } = self.settings;
        let context = Context { store: &*self.store, user, required_strength, default_quota };
        let done = params.require().map_err(NotDone::from).and_then(|()| (entry.handler)(&context, &params));
        let done = done.and_then(|done| Ok(modifiers::apply(&entry.function, &call.args, done)?));
        let done = done.map(|mut done| {
            done.warnings.append(&mut params.unused());
            done
        });
        match done {
            Ok(done) => Ok(Outcome::Done(done)),
            Err(NotDone::Refused(refusal)) => Ok(Outcome::Refused(refusal, entry.function.answer)),
            Err(NotDone::Failed(error)) => Err(error),
        }
    }
}

/// How tests of debug builds see what a defect in a function does to a host; release builds lack it.
#[cfg(debug_assertions)]
#[allow(clippy::panic, reason = "this is what it is for")]
fn panic_on_purpose(call: &Call<'_>) {
    if call.module == "LiveapiTest" && call.func == "panic" {
        panic!("on purpose");
    }
}

/// The catalogue by function names; the few of one name differ in family and module. A race cell: it never
/// blocks, so a child that was forked while another thread filled it does not wait for that thread.
static BY_NAME: OnceBox<HashMap<&'static str, Vec<&'static CatalogueEntry>>> = OnceBox::new();

fn find(family: Family, module: &str, func: &str) -> Option<&'static CatalogueEntry> {
    let family = if family == Family::Whm0 { Family::Whm } else { family };
    let by_name = BY_NAME.get_or_init(|| {
        let mut by_name: HashMap<&str, Vec<&CatalogueEntry>> = HashMap::new();
        for entry in CATALOGUE.iter().copied().flatten().chain(page::INTERNAL) {
            by_name.entry(entry.function.func).or_default().push(entry);
        }
        Box::new(by_name)
    });
    by_name.get(func)?.iter().copied().find(|entry| {
        let function = &entry.function;
        function.family == family && function.module == module
    })
}

/// What is known about the function of that name.
pub fn function(family: Family, module: &str, func: &str) -> Option<&'static Function> {
    find(family, module, func).map(|entry| &entry.function)
}

/// All functions, for help and documentation.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    CATALOGUE.iter().copied().flatten().map(|entry| &entry.function)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_function_stands_once_and_every_equivalent_exists() {
        let mut seen = HashSet::new();
        for function in functions() {
            let name = format!("{:?} {}::{}", function.family, function.module, function.func);
            assert!(seen.insert(name.clone()), "{name} stands twice");
            assert_eq!(function.module.is_empty(), function.family == Family::Whm, "{name}");
            let Some(uapi) = &function.uapi else { continue };
            let there = find(Family::Uapi, function.module, uapi.func);
            let there = &there.unwrap_or_else(|| panic!("{name}: no UAPI {}", uapi.func)).function;
            // Functions that the store refuses have no parameters in the catalogue.
            let names =
                uapi.renamed.iter().map(|(_, there)| there).chain(uapi.added.iter().map(|(there, _)| there));
            for renamed in names.filter(|_| !there.params.is_empty()) {
                assert!(there.params.iter().any(|param| param.name == *renamed), "{name}: {renamed}");
            }
            let known = |field: &str| there.fields().any(|there| there == field);
            for filter in uapi.filters {
                assert!(
                    known(filter.column) && function.params.iter().any(|param| param.name == filter.flag),
                    "{name}"
                );
            }
        }
        assert!(seen.len() >= 16, "{} functions", seen.len());
    }
}
