//! What an administrator asks of an import.

use std::path::Path;

use super::converter::MailConverter;
use super::formats::Formats;
use crate::store::Domain;

/// What is to be imported, and how.
#[derive(Debug)]
pub struct ImportRequest<'a> {
    /// Who reads archives and YAML.
    pub formats: &'a dyn Formats,
    /// A home directory, a backup, or the folder of an unpacked one.
    pub source: &'a Path,
    /// The account's name, where the source does not say it or another one is wanted.
    pub user: Option<&'a str>,
    /// The main domain, likewise.
    pub main_domain: Option<Domain>,
    /// Domains are taken that an account could not have by itself, such as one below another account's.
    pub any_domain: bool,
    /// Who makes Maildirs of mail in other formats, if that is wanted.
    pub converter: Option<&'a dyn MailConverter>,
    /// The home stays where it is.
    pub in_place: bool,
    /// Nothing is done beyond the plan.
    pub dry_run: bool,
}
