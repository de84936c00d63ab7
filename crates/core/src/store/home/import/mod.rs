//! Taking over a cPanel account: its home directory, or a backup of it.
//!
//! ```text
//! source -> survey -> plan (the report) -> staging -> register
//! ```
//!
//! The source is read twice. The first time ([`scan`]) only looks, and keeps the account's small files.
//! From these the whole import is planned and everything is refused that can be ([`plan`]); the plan's
//! report is what a dry run prints. Only then the mail is copied, into a folder that nobody looks into
//! ([`staging`]), and when it is on the disk, renamed and entered in one go ([`register`]). What fails
//! anywhere takes back what was done, so an account is either imported or not there.
//!
//! Sources belong to customers, or come from anywhere: folders are read by descriptors that follow no
//! link ([`tree`]), archives are read as data and never unpacked by their own paths ([`Archive`]).

mod account_file;
mod anomaly;
mod checks;
mod domain_files;
pub mod entry;
mod formats;
mod forwarders;
mod new_home;
mod passwd;
mod plan;
mod planned_domain;
mod reading;
mod refusal;
mod register;
mod report;
mod request;
mod run;
mod scan;
mod scheme;
mod small_files;
mod source;
mod staging;
mod survey;
mod tree;
mod watch;
mod writer;

pub use anomaly::{Anomaly, AnomalyKind};
pub use formats::{Archive, Formats};
pub use refusal::refusal;
pub use report::{DomainReport, LoginState, MailboxReport, Report};
pub use request::ImportRequest;
pub use run::{anomalies_of, import};
pub use watch::{ImportPhase, ImportProgress, ImportWatch};
