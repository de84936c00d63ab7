//! The functions on the embedded store, through the programs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../../../../tests/common/mod.rs"]
mod common;

mod accounts_half_way;
mod arguments;
mod autoresponders;
mod calls;
mod command_line;
mod concurrency;
mod crash;
mod doctor;
mod domain_claims;
mod domains;
mod exchanged_names;
mod failures;
mod forwarders;
mod group_crash;
mod group_order;
mod half_way;
mod import;
mod import_archives;
mod import_refusals;
mod import_unserved;
mod limits;
mod lists;
mod mailboxes;
mod manual_page;
mod modifiers;
mod numbers;
mod overview;
mod own_functions;
mod packages;
mod portals;
mod programs;
mod reference;
mod registry_lock;
mod settings;
mod share;
mod store_batch;
mod suspended_accounts;
mod suspension;
mod tags;
mod variables;
mod walk;
mod whm_modifiers;
