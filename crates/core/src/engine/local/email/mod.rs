//! The module `Email`: mailboxes.

mod accountname;
mod addpop;
mod autoresponders;
mod browse;
mod common;
mod default_address;
mod delpop;
mod destination;
mod disk;
mod domain_forwarders;
mod editquota;
mod forwarders;
mod limits;
mod listmaildomains;
mod listpops;
mod listpopswithdisk;
mod mx;
mod passwdpop;
mod sizes;
mod suspension;
mod unsupported;
mod verify_password;

use crate::api::Family;
use crate::api::catalogue::Function;
use crate::engine::local::entry::CatalogueEntry;
use crate::engine::local::prepared_change::Prepare;

/// All functions of this module.
pub(super) static ENTRIES: &[CatalogueEntry] = &[
    addpop::API2,
    addpop::UAPI,
    addpop::API1,
    delpop::API2,
    delpop::UAPI,
    delpop::API1,
    disk::USAGE_API2,
    disk::USAGE_UAPI,
    listpopswithdisk::API2,
    listpopswithdisk::UAPI,
    editquota::API2,
    editquota::UAPI,
    editquota::GET_UAPI,
    editquota::GET_API1,
    listmaildomains::API2,
    listmaildomains::UAPI,
    listpops::API2,
    listpops::SINGLE_API2,
    listpops::IMAGE_API2,
    listpops::UAPI,
    passwdpop::API2,
    passwdpop::UAPI,
    passwdpop::API1,
    suspension::SUSPEND_LOGIN,
    suspension::UNSUSPEND_LOGIN,
    suspension::SUSPEND_INCOMING,
    suspension::UNSUSPEND_INCOMING,
    suspension::SUSPEND_OUTGOING,
    suspension::UNSUSPEND_OUTGOING,
    suspension::HOLD_OUTGOING,
    suspension::RELEASE_OUTGOING,
    verify_password::UAPI,
    accountname::API2,
    accountname::UAPI,
    forwarders::ADD_API2,
    forwarders::ADD_UAPI,
    forwarders::DELETE_API2,
    forwarders::DELETE_UAPI,
    forwarders::LIST_API2,
    forwarders::LIST_UAPI,
    forwarders::COUNT_UAPI,
    domain_forwarders::ADD_API2,
    domain_forwarders::ADD_UAPI,
    domain_forwarders::DELETE_UAPI,
    domain_forwarders::LIST_API2,
    domain_forwarders::LIST_UAPI,
    default_address::LIST_API2,
    default_address::LIST_UAPI,
    default_address::SET_API2,
    default_address::SET_UAPI,
    default_address::DISCARDS,
    autoresponders::ADD_UAPI,
    autoresponders::ADD_API2,
    autoresponders::ADD_API1,
    autoresponders::DELETE_UAPI,
    autoresponders::DELETE_API2,
    autoresponders::DELETE_API1,
    autoresponders::GET_UAPI,
    autoresponders::GET_API2,
    autoresponders::LIST_UAPI,
    autoresponders::LIST_API2,
    autoresponders::COUNT_UAPI,
    autoresponders::COUNT_API2,
    autoresponders::CHARSETS_UAPI,
    autoresponders::CHARMAPS_UAPI,
    autoresponders::CHARMAPS_API2,
    browse::BROWSE_API2,
    browse::BROWSE_UAPI,
    browse::PLACE_API2,
    limits::DEFAULT_API2,
    limits::DEFAULT_BYTES,
    limits::DEFAULT_MEBIBYTES,
    limits::LARGEST_API2,
    limits::LARGEST_BYTES,
    limits::LARGEST_MEBIBYTES,
    limits::COUNT,
    limits::OWN_USE,
    limits::OWN_USE_BYTES,
    mx::LIST_API2,
    mx::OLD_LIST_API2,
    mx::LIST_UAPI,
    mx::CHECK_API2,
    mx::ALWAYS_API2,
];

/// The functions of this module that only say that they are not done here.
pub(super) static UNSUPPORTED: &[CatalogueEntry] = unsupported::ENTRIES;

/// How a call of a function is read up to its change, where all that the function does is one change of one mailbox.
pub(super) fn prepare(function: &Function) -> Option<Prepare> {
    if function.module != common::MODULE {
        return None;
    }
    Some(match (function.family, function.func) {
        (Family::Api2, "addpop") => addpop::api2,
        (Family::Uapi, "add_pop") => addpop::uapi,
        (Family::Api1, "addpop") => addpop::api1,
        (Family::Api2, "delpop") => delpop::api2,
        (Family::Uapi, "delete_pop") | (Family::Api1, "delpop") => delpop::flagged,
        (Family::Api2, "passwdpop") => passwdpop::api2,
        (Family::Uapi, "passwd_pop") => passwdpop::uapi,
        (Family::Api2, "editquota") => editquota::api2,
        (Family::Uapi, "edit_pop_quota") => editquota::uapi,
        (Family::Uapi, "suspend_login") => suspension::suspend_login,
        (Family::Uapi, "unsuspend_login") => suspension::unsuspend_login,
        _ => return None,
    })
}
