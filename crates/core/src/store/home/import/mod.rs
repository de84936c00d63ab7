//! Taking over a cPanel account: its home directory, or a backup of it.
//!
//! ```text
//! source -> survey -> plan (the report) -> staging, converting -> register
//! ```
//!
//! The source is read twice. The first time ([`scan`]) only looks, and keeps the account's small files.
//! From these the whole import is planned and everything is refused that can be ([`plan`]); the plan's
//! report is what a dry run prints. Only then the mail is copied, into a folder that nobody looks into
//! ([`staging`]), and when it is on the disk, renamed and entered in one go ([`register`]). What fails
//! anywhere takes back what was done, so an account is either imported or not there.
//!
//! What a source holds and the store does not serve is named with its owner, what the owner will see, and what to do
//! ([`tell_mail`], [`tell_settings`], [`unserved`], [`autoresponders`]): nothing is left out in silence.
//!
//! Sources belong to customers, or come from anywhere: folders are read by descriptors that follow no
//! link ([`tree`]), archives are read as data and never unpacked by their own paths ([`Archive`]).

mod account_file;
mod anomaly;
mod autoresponders;
mod capitals;
mod checks;
mod convert;
mod converter;
mod domain_files;
pub mod entry;
mod folder_names;
mod formats;
mod forwarders;
mod imap_name;
mod mail_root;
mod mail_scan;
mod moves;
mod new_home;
mod passwd;
mod plan;
mod planned_domain;
mod reading;
mod refusal;
mod register;
mod report;
mod request;
mod rules;
mod run;
mod scan;
mod scheme;
mod settings_scan;
mod small_files;
mod source;
mod staging;
mod survey;
mod tell_mail;
mod tell_settings;
mod tree;
mod unserved;
mod watch;
mod writer;

pub use anomaly::{Anomaly, AnomalyKind};
pub use converter::{ConversionTask, MailConverter};
pub use formats::{Archive, ArchiveContent, Formats};
pub use mail_root::ForeignFormat;
pub use refusal::refusal;
pub use report::{DomainReport, LoginState, MailboxReport, Report};
pub use request::ImportRequest;
pub use run::{anomalies_of, import};
pub use watch::{ImportPhase, ImportProgress, ImportWatch};
