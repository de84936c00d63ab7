//! Which calls are answered at once, on the network thread that read them.
//!
//! Handing a call to a thread that may wait, and its answer back, costs more than most calls themselves. So what is
//! quick is answered in place, and that is known before it is begun: by its kind (it only reads, and takes no password
//! and no pattern), by its size, and by a ration of what it may read of the account's. A call whose ration does not
//! last is made again where no other connection waits with it, as everything else is.

use crate::server::auth::{Credentials, is_password};
use liveapi_core::api::catalogue::{Answer, ParamKind};
use liveapi_core::api::{Call, Family};
use liveapi_core::base::ration;
use liveapi_core::engine::local::function;

/// Longest request that can be quick, in bytes.
const MAX_REQUEST: usize = 4096;
/// How much of an account's files may be read, in bytes: some hundred mailboxes.
const RATION: usize = 64 * 1024;
/// Parts of names of parameters whose values are compared with everything that is found.
const PATTERNS: [&str; 3] = ["regex", "filter", "search"];

/// Whether a request is small enough to be looked at where connections wait.
pub(crate) fn is_small(request: usize) -> bool {
    request <= MAX_REQUEST
}

/// Whether a call of a small request is of a kind that is quick, and its sender is known quickly.
pub(crate) fn is_quick(credentials: &Credentials<'_>, call: &Call<'_>) -> bool {
    let is_pattern = |name: &str| PATTERNS.iter().any(|part| name.contains(part));
    !credentials.authorization.is_some_and(is_password)
        && only_reads(call.family, call.module, call.func)
        && !call.args.beginning_with("").any(|(name, _)| is_pattern(name))
}

/// The same of a request as it came over a LiveAPI socket.
pub(crate) fn is_quick_text(request: &str, (family, module, func): (Family, &str, &str)) -> bool {
    only_reads(family, module, func) && !PATTERNS.iter().any(|part| request.contains(part))
}

/// Answers what is quick; nothing if it is not after all.
pub(crate) fn at_once<T>(answer: impl FnOnce() -> Option<T>) -> Option<T> {
    ration::within(RATION, answer).flatten()
}

/// Whether a function of the embedded engine neither changes anything nor takes a password. Those of WHM look at all
/// accounts.
fn only_reads(family: Family, module: &str, func: &str) -> bool {
    if matches!(family, Family::Whm | Family::Whm0) {
        return false;
    }
    function(family, module, func).is_some_and(|function| {
        let named = ["list", "get", "count"].iter().any(|word| function.func.starts_with(word));
        let secret = function.params.iter().any(|param| param.kind == ParamKind::Secret);
        (named || function.answer == Answer::List) && !secret
    })
}
