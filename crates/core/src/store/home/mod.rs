//! The mail store in cPanel-style home directories.
//!
//! ```text
//! ROOT/                               ours: 0700, or 0711 when root runs it for many accounts
//! ROOT/bob/etc/example.com/passwd     one line per mailbox, passwd(5) form; says which mailboxes exist
//! ROOT/bob/etc/example.com/shadow     one line per mailbox, shadow(5) form; holds the hash
//! ROOT/bob/etc/example.com/quota      user:bytes, only for mailboxes with a limit
//! ROOT/bob/etc/example.com/user/filter  holds a mark where the mailbox takes no mail
//! ROOT/bob/mail/example.com/user/     Maildir
//! ROOT/bob/mail/                      Maildir of the account itself
//! ROOT/.import-…/                     a home that is being imported, for nobody to look into
//! ROOT/.liveapi/userdomains           domain: account, as cPanel's /etc/userdomains
//! ROOT/.liveapi/users/bob             KEY=value, as cPanel's /var/cpanel/users/bob
//! ROOT/.liveapi/packages/gold         KEY=value, as cPanel's /var/cpanel/packages/gold
//! ROOT/.liveapi/domains/example.com   link to bob's etc/example.com, for Dovecot's %d
//! ROOT/.liveapi/valiases/example.com  forwarders and the default address, as cPanel's /etc/valiases
//! ROOT/.liveapi/vdomainaliases/…      where all mail of a domain goes, as cPanel's /etc/vdomainaliases
//! ROOT/.liveapi/autoresponders/…      what addresses answer, a folder for each domain; cPanel's in `.autorespond`
//! ROOT/.liveapi/outgoing_mail_…_users who may not send, as cPanel's files of these names
//! ROOT/.liveapi/suspended             suspended accounts and their domains, for mail servers to ask
//! ROOT/.liveapi/reserved              domains that are just being linked or unlinked, and for whom
//! ROOT/.liveapi/moving/bob            a home on its way in or out, for nobody to look into
//! ROOT/.liveapi/shadow                the accounts' own hashes
//! ROOT/.liveapi/locks/                one lock file per domain, one per account, and the registry's
//! ```
//!
//! What is below `ROOT/bob` belongs to the account, who may put anything there: links, hard links,
//! FIFOs, foreign lines. So every look-up goes through descriptors that follow no link ([`crate::base::files::Folder`]),
//! every file is checked before it is believed ([`crate::base::files::Snapshot`]), every change is one durable rename
//! ([`crate::base::files::Folder::edit`]), and only the bytes of the one line change ([`lines`]). Which account owns which
//! domain comes from `.liveapi`, where the account cannot write. As root, work below the home is done
//! with the account's ids ([`identity`]).

mod account;
mod account_lock;
mod applying;
mod applying_check;
mod applying_clear;
mod applying_files;
mod autoresponder_file;
mod autoresponders;
mod bounded_cache;
mod browse;
mod claims;
mod disk;
mod domains;
mod examine;
#[cfg(fuzzing)]
pub mod fuzzing;
mod group;
mod group_state;
mod grouping;
mod home_store;
mod identity;
pub mod import;
mod incoming;
mod layout;
mod line_draft;
mod lines;
mod listing;
mod mail_routing;
mod mail_store;
mod mailbox;
mod maildir;
mod member;
mod moving;
mod outgoing;
mod packages;
mod password;
mod proven_cache;
mod queue;
mod queued;
mod read_back;
mod record;
mod registry;
mod registry_cache;
mod reservations;
mod roll;
mod routes;
mod shadow;
mod suspended;
mod suspension;
mod valiases;

pub use examine::{Examination, Remark, Weight};
pub use home_store::HomeStore;
