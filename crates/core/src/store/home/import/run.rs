//! The steps of an import, in their order.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::anomaly::Anomaly;
use super::converter::Converting;
use super::plan::{self, ImportPlan};
use super::report::Report;
use super::request::ImportRequest;
use super::scan::{self, Look};
use super::source::ImportSource;
use super::staging::Staging;
use super::watch::{ImportPhase, ImportProgress, ImportWatch};
use super::{domain_files, folder_names, register, tell_mail, tell_settings, writer};
use crate::api::{Error, ErrorKind, NotDone};
use crate::store::home::home_store::HomeStore;
use crate::store::{Account, Domain};

/// Imports an account, or plans it only. The report says what was (or would be) done; a failure leaves
/// the store as it was.
pub fn import(
    store: &HomeStore,
    request: &ImportRequest<'_>,
    watch: &mut ImportWatch<'_>,
) -> Result<Report, NotDone> {
    let done = run(store, request, watch);
    watch.progress.end();
    done.map_err(|cause| {
        let error = match cause {
            NotDone::Refused(refusal) => Error::new(ErrorKind::Config, refusal.to_string()),
            NotDone::Failed(error) => error,
        };
        let what = format!("{} is not imported, and the mail store", request.source.display());
        NotDone::Failed(error).unchanged(&what)
    })
}

fn run(
    store: &HomeStore,
    request: &ImportRequest<'_>,
    watch: &mut ImportWatch<'_>,
) -> Result<Report, NotDone> {
    let mut source = ImportSource::open(request.source, request.formats)?;
    plan::require_usable(store, &source, request.in_place)?;
    let survey = scan::survey(&mut source, watch, (request.in_place, Look::Whole))?;
    let plan = ImportPlan::make(store, request, &source, survey)?;
    if request.dry_run {
        return Ok(plan.report);
    }
    if plan.in_place {
        watch.begin_entering()?;
        register::register(store, &plan, None)?;
    } else {
        let staging = Staging::create(store, &plan.account)?;
        writer::copy(&mut source, &plan, (&staging, request.converter), watch)?;
        watch.begin_entering()?;
        register::register(store, &plan, Some(staging))?;
    }
    Ok(plan.report)
}

/// What is odd in the home of an account of the store, as an import in place would report it; and how many
/// more there are.
pub fn anomalies_of(account: &Account, domains: &[Domain]) -> Result<(Vec<Anomaly>, u64), NotDone> {
    struct Nobody;
    impl ImportProgress for Nobody {
        fn begin(&mut self, _: &'static str, _: u64) {}
        fn advance(&mut self, _: u64) {}
        fn end(&mut self) {}
    }
    let (stop, phase, mut nobody) = (AtomicBool::new(false), ImportPhase::default(), Nobody);
    let mut watch = ImportWatch { progress: &mut nobody, stop: &stop, phase: &phase };
    let mut source = ImportSource::home_in_use(Path::new(&account.home))?;
    let mut survey = scan::survey(&mut source, &mut watch, (true, Look::Names))?;
    let files = std::mem::take(&mut survey.domains);
    for (name, files) in &files {
        if let Some(domain) = domains.iter().find(|domain| domain.as_str() == name) {
            domain_files::read(domain, files, &mut survey, (account, true));
        }
    }
    folder_names::plan(&mut survey, account.name.as_str(), true);
    tell_settings::tell(&mut survey, account.name.as_str(), |_| true);
    tell_mail::tell(&mut survey, account.name.as_str(), Converting::NotAsked);
    Ok(survey.anomalies.into_list())
}
