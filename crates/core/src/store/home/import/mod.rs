//! Taking over a cPanel account: its home directory, or a backup of it.
//!
//! ```text
//! source -> survey -> plan (the report) -> staging -> register
//! ```
//!
//! The source is read twice. The first time ([`survey`]) only looks, and keeps the account's small files.
//! From these the whole import is planned and everything is refused that can be ([`plan`]); the plan's
//! report is what a dry run prints. Only then the mail is copied, into a folder that nobody looks into
//! ([`staging`]), and when it is on the disk, renamed and entered in one go ([`register`]). What fails
//! anywhere takes back what was done, so an account is either imported or not there.
//!
//! Sources belong to customers, or come from anywhere: folders are read by descriptors that follow no
//! link ([`tree`]), archives are read as data and never unpacked by their own paths ([`Archive`]).

mod account_file;
mod checks;
mod domain_files;
pub mod entry;
mod forwarders;
mod look;
mod new_home;
mod passwd;
mod plan;
mod reading;
mod register;
mod report;
mod scheme;
mod source;
mod staging;
mod stray;
mod survey;
mod tree;
mod writer;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use entry::Visitor;
pub use report::{DomainReport, LoginState, MailboxReport, Report};
pub use stray::{Stray, StrayKind};

use super::HomeStore;
use crate::api::{Error, ErrorKind, NotDone};
use crate::store::{Account, Domain};
use plan::Plan;
use source::Source;
use staging::Staging;
use survey::Survey;

/// The formats of backups, whose parsers only programs carry.
pub trait Formats: std::fmt::Debug {
    /// Opens a file that must be the archive of a backup.
    fn archive(&self, path: &Path) -> Result<Box<dyn Archive>, NotDone>;

    /// Reads a YAML text; nothing if it is none.
    fn yaml(&self, text: &[u8]) -> Option<serde_json::Value>;
}

/// A backup as one file.
pub trait Archive {
    /// Shows every entry that mail may need, from the first to the last, as often as it is called.
    fn walk(&mut self, visitor: &mut dyn Visitor, stop: &AtomicBool) -> Result<(), NotDone>;
}

/// What is to be imported, and how.
#[derive(Debug)]
pub struct Request<'a> {
    /// Who reads archives and YAML.
    pub formats: &'a dyn Formats,
    /// A home directory, a backup, or the folder of an unpacked one.
    pub source: &'a Path,
    /// The account's name, where the source does not say it or another one is wanted.
    pub user: Option<&'a str>,
    /// The main domain, likewise.
    pub main_domain: Option<Domain>,
    /// The home stays where it is.
    pub in_place: bool,
    /// Nothing is done beyond the plan.
    pub dry_run: bool,
}

/// Who is told how far it is.
pub trait Progress {
    /// A part of the work begins; `total` bytes, or 0 if that is not known.
    fn begin(&mut self, what: &'static str, total: u64);
    /// So many more bytes are done.
    fn advance(&mut self, bytes: u64);
    /// All is done, well or not.
    fn end(&mut self);
}

/// What goes along with the work: who is told, and who may stop it.
pub struct Watch<'a> {
    /// Who is told.
    pub progress: &'a mut dyn Progress,
    /// Set when the work shall stop; looked at between files and within large ones.
    pub stop: &'a AtomicBool,
}

impl Watch<'_> {
    fn check(&self) -> Result<(), Error> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Busy, "It was interrupted by a signal; start it again"));
        }
        Ok(())
    }
}

/// Imports an account, or plans it only. The report says what was (or would be) done; a failure leaves
/// the store as it was.
pub fn import(store: &HomeStore, request: &Request<'_>, watch: &mut Watch<'_>) -> Result<Report, NotDone> {
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

fn run(store: &HomeStore, request: &Request<'_>, watch: &mut Watch<'_>) -> Result<Report, NotDone> {
    let mut source = Source::open(request.source, request.formats)?;
    plan::require_usable(store, &source, request.in_place)?;
    let survey = Survey::of(&mut source, watch, request.in_place)?;
    let plan = Plan::make(store, request, &source, survey)?;
    if request.dry_run {
        return Ok(plan.report);
    }
    if plan.in_place {
        watch.check()?;
        register::register(store, &plan, None)?;
    } else {
        let staging = Staging::create(store, &plan.account)?;
        writer::copy(&mut source, &plan, &staging, watch)?;
        watch.check()?;
        register::register(store, &plan, Some(staging))?;
    }
    Ok(plan.report)
}

/// What is odd in the home of an account of the store, as an import in place would report it; and how many
/// more there are.
pub fn strays_of(account: &Account, domains: &[Domain]) -> Result<(Vec<Stray>, u64), NotDone> {
    struct Nobody;
    impl Progress for Nobody {
        fn begin(&mut self, _: &'static str, _: u64) {}
        fn advance(&mut self, _: u64) {}
        fn end(&mut self) {}
    }
    let (stop, mut nobody) = (AtomicBool::new(false), Nobody);
    let mut watch = Watch { progress: &mut nobody, stop: &stop };
    let mut source = Source::folder(Path::new(&account.home))?;
    let mut survey = Survey::of(&mut source, &mut watch, true)?;
    let files = std::mem::take(&mut survey.domains);
    for (name, files) in &files {
        if let Some(domain) = domains.iter().find(|domain| domain.as_str() == name) {
            domain_files::read(domain, files, &mut survey, (account, true));
        }
    }
    Ok(survey.strays.into_list())
}

/// A reason not to import that is no failure of a system call.
pub fn refusal(sentence: impl Into<String>) -> NotDone {
    Error::new(ErrorKind::Config, sentence).into()
}
