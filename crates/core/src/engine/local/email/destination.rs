//! Where mail shall go: the parameters that `addforward` and `setdefaultaddress` share.

use crate::api::Params;
use crate::api::catalogue::{Param, ParamKind};
use crate::api::{NotDone, Refusal};
use crate::store::{Account, Destination};

pub(super) const FWDEMAIL: Param =
    Param::optional("fwdemail", ParamKind::Text, "with fwd: an address, or several with commas between");
pub(super) const FAILMSGS: Param =
    Param::optional("failmsgs", ParamKind::Text, "with fail: the text that the sender gets");
pub(super) const PIPEFWD: Param = Param::optional(
    "pipefwd",
    ParamKind::Text,
    "with pipe: a program, its path relative to the home directory or absolute",
);
pub(super) const FWDSYSTEM: Param = Param::optional(
    "fwdsystem",
    ParamKind::Text,
    "with system: the account's name (the default), for its own mailbox",
);

/// What a refusal says to the sender if the call does not.
const NO_SUCH_PERSON: &str = "No such person at this address";

/// The destinations that a call gives; several only with `fwd`.
pub(super) fn given(params: &Params<'_>, account: &Account) -> Result<Vec<Destination>, NotDone> {
    let one = match params.required("fwdopt")? {
        "fwd" => {
            let given = params.required("fwdemail")?;
            return given.split(',').map(|text| forward(text.trim(), account)).collect();
        }
        "fail" => Destination::fail(params.optional("failmsgs")?.unwrap_or(NO_SUCH_PERSON), "failmsgs")?,
        "blackhole" => Destination::Discard,
        "pipe" => Destination::pipe(params.required("pipefwd")?, &account.home, "pipefwd")?,
        "system" if params.knows("fwdsystem") => {
            own_mailbox(params.optional("fwdsystem")?.unwrap_or(account.name.as_str()), account, "fwdsystem")?
        }
        other => {
            let why = format!("“{}” is not known; use fwd, fail, blackhole, pipe", other.escape_debug());
            let system = if params.knows("fwdsystem") { " or system" } else { "" };
            return Err(Refusal::BadValue { param: "fwdopt", why: why + system }.into());
        }
    };
    Ok(vec![one])
}

fn forward(text: &str, account: &Account) -> Result<Destination, NotDone> {
    if text.contains('@') {
        Ok(Destination::address(text, "fwdemail")?)
    } else {
        own_mailbox(text, account, "fwdemail")
    }
}

/// The account's own mailbox. Another account's would let anybody fill it.
fn own_mailbox(name: &str, account: &Account, param: &'static str) -> Result<Destination, NotDone> {
    if name == account.name.as_str() {
        return Ok(Destination::Account(account.name.clone()));
    }
    let why = format!("“{}” is neither an address nor the account’s own name", name.escape_debug());
    Err(Refusal::BadValue { param, why }.into())
}
