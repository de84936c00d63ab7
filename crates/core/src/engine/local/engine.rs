//! The engine on one store: finds the function of a call and runs it; the catalogue of all functions.

use std::collections::HashMap;

use once_cell::race::OnceBox;

use crate::api::catalogue::Function;
use crate::api::{Call, Error, Family, NotDone, Outcome, Params};
use crate::engine::batch::{Item, Run, Task};
use crate::engine::contract::Engine;
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;
use crate::engine::local::outcome::outcome;
use crate::engine::local::prepared_change::Prepare;
use crate::engine::local::window::{Window, WindowSize};
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

    fn context<'a>(&'a self, user: Option<&'a str>) -> Context<'a> {
        let Settings { required_strength, default_quota } = self.settings;
        Context { store: &*self.store, user, required_strength, default_quota }
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
        let context = self.context(user);
        let done = params.require().map_err(NotDone::from).and_then(|()| (entry.handler)(&context, &params));
        outcome(&entry.function, &call.args, &params, done)
    }

    /// Items that change mailboxes are made in windows, one step on the disk for all of a domain; what stands between
    /// them is made by itself.
    fn batch(&self, user: Option<&str>, run: &mut Run<'_, '_>) -> Result<(), Error> {
        let context = self.context(user);
        let (mut window, mut size) = (Window::default(), WindowSize::first());
        loop {
            let task = run.read_within(size.items());
            let change = task.as_ref().and_then(|task| change_of(task, run.family()));
            // What reads nothing more may only want what was read to be answered first.
            let (is_last, ends_window) = (task.is_none() && window.is_empty(), change.is_none());
            if is_last {
                return Ok(());
            }
            let alone = match (task, change) {
                (Some(task), Some((function, prepare))) => {
                    window.add(task, function, prepare);
                    None
                }
                (task, _) => task,
            };
            if (ends_window || window.is_full(&size)) && !window.answer(run, &mut size, context) {
                return Ok(());
            }
            if let Some(task) = alone
                && !self.answer_task(user, run, &task)
            {
                return Ok(());
            }
        }
    }
}

/// How an item is read whose function changes one mailbox and does nothing else.
fn change_of(task: &Task<'_>, family: Family) -> Option<(&'static Function, Prepare)> {
    let item = Item::read(&task.text, family).ok()?;
    let entry = find(item.family, &item.module, &item.func)?;
    Some((&entry.function, email::prepare(&entry.function)?))
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
