//! What a host sees of the library: its ABI, its headers, PHP, Perl, C, and where it is installed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/page.rs"]
#[allow(dead_code, unreachable_pub, reason = "each kind of tests uses its own part")]
mod page;
#[path = "../common/panel.rs"]
#[allow(dead_code, unreachable_pub, reason = "each kind of tests uses its own part")]
mod panel;

mod batch;
mod bindings;
mod dovecot_files;
mod elevated;
mod fpm;
mod fpm_refusals;
mod guest;
mod header;
mod header_text;
mod install;
mod limits;
mod memory;
mod methods;
mod numbers;
mod passwords;
mod perl_distribution;
mod phpunit;
mod platforms;
mod remote_fpm;
mod remote_hosts;
mod remote_nginx;
mod socket_hosts;
