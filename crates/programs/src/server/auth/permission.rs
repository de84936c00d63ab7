//! What somebody who was identified may do.

use crate::server::auth::{Denied, Gate, How, Identified, Who};
use liveapi_core::api::{Arg, Args, Call, Family};
use liveapi_core::store::{AccountName, Address};

/// Functions of WHM that answer about accounts, and are cut to those of the caller.
const LISTS: [&str; 2] = ["listaccts", "accountsummary"];
/// Functions of WHM that tell nothing about anybody.
const HARMLESS: [&str; 3] = ["version", "gethostname", "applist"];
/// Functions of WHM that a reseller may call for its own tokens; the daemon answers them itself.
pub(crate) const OF_TOKENS: [&str; 5] =
    ["api_token_create", "api_token_list", "api_token_revoke", "api_token_update", "api_token_get_details"];
/// Functions of WHM that a reseller may call besides: what packages there are, and links for its own accounts, which
/// [`Gate::grant`] looks at.
const OF_RESELLERS: [&str; 3] = ["listpkgs", "getpkginfo", "create_user_session"];
/// Functions of WHM that a reseller may call for its accounts, named by `user`.
const FOR_OWN: [&str; 3] = ["passwd", "suspendacct", "unsuspendacct"];

/// Functions that a mailbox may call for itself: family, function, and the parameter that names the mailbox.
const OF_MAILBOX: [(Family, &str, &str); 7] = [
    (Family::Api2, "passwdpop", "email"),
    (Family::Uapi, "passwd_pop", "email"),
    (Family::Api1, "passwdpop", "email"),
    (Family::Uapi, "get_pop_quota", "email"),
    (Family::Api1, "getpopquota", "email"),
    (Family::Uapi, "get_disk_usage", "user"),
    (Family::Api2, "getdiskusage", "user"),
];

/// For whom a call may be made, and how much of its answer may be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    /// The account that the call is for; none for functions of WHM.
    pub account: Option<AccountName>,
    /// The accounts that the answer may name; all where there is no list. [`crate::server::auth::only`] cuts it.
    pub only: Option<Vec<AccountName>>,
    /// The parameter that names the mailbox of a mailbox login, and its address.
    own: Option<(&'static str, Address)>,
}

impl Allowed {
    fn account(name: AccountName) -> Self {
        Self { account: Some(name), ..Self::default() }
    }

    /// Ties the call of a mailbox login to its own mailbox, whatever the arguments name: of equal names the last
    /// one counts. To be called before the call is made.
    pub fn bind(&self, args: &mut Args<'_>) {
        if let Some((param, address)) = &self.own {
            args.push_text(*param, address.to_string());
            args.push_text("domain", address.domain.to_string());
        }
    }
}

impl Gate {
    /// Says whether a call may be made, and for which account. `user` is the account that the request names
    /// (`cpanel_jsonapi_user`, `cpanel.user`); WHM's functions that only pass a call on are to be taken apart first.
    pub fn may(
        &self,
        identified: &Identified,
        call: &Call<'_>,
        user: Option<&str>,
    ) -> Result<Allowed, Denied> {
        let is_whm = matches!(call.family, Family::Whm | Family::Whm0);
        match &identified.who {
            Who::Root if is_whm => Ok(Allowed::default()),
            Who::Root => named(user).map(Allowed::account),
            Who::Reseller(_) => {
                let accounts = self.accounts_of(&identified.user)?;
                if is_whm { whm(call, accounts, true) } else { theirs(named(user)?, &accounts) }
            }
            Who::Account(account) if is_whm => whm(call, vec![account.clone()], false),
            Who::Account(_) if identified.how == How::Token && call.family == Family::Api1 => {
                // Recorded.
                Err(Denied::permission("Token authentication allows access to UAPI or API 2 calls only"))
            }
            Who::Account(account) => Ok(Allowed::account(account.clone())),
            Who::Mailbox(..) if is_whm => {
                Err(Denied::permission("Permission denied: a mailbox may not call functions of WHM"))
            }
            Who::Mailbox(account, address) => mailbox(call, account, address),
        }
    }
}

fn named(user: Option<&str>) -> Result<AccountName, Denied> {
    user.and_then(AccountName::existing).ok_or_else(Denied::user)
}

fn theirs(account: AccountName, accounts: &[AccountName]) -> Result<Allowed, Denied> {
    if accounts.contains(&account) {
        return Ok(Allowed::account(account));
    }
    Err(Denied::permission(format!("Permission denied: the account “{account}” is not one of yours")))
}

/// Functions of WHM for those who do not own the server.
fn whm(call: &Call<'_>, accounts: Vec<AccountName>, reseller: bool) -> Result<Allowed, Denied> {
    let func = call.func;
    let named = || match call.args.get("user") {
        Some(Arg::Text(user)) => AccountName::existing(user),
        _ => None,
    };
    if LISTS.contains(&func) {
        if let Some(account) = named() {
            theirs(account, &accounts)?;
        }
        return Ok(Allowed { only: Some(accounts), ..Allowed::default() });
    }
    let of_resellers = || OF_TOKENS.contains(&func) || OF_RESELLERS.contains(&func);
    if HARMLESS.contains(&func) || (reseller && of_resellers()) {
        return Ok(Allowed::default());
    }
    if reseller && FOR_OWN.contains(&func) {
        return named()
            .map_or_else(|| Err(Denied::user()), |account| theirs(account, &accounts))
            .map(|_| Allowed::default());
    }
    let whose = if reseller { "a reseller" } else { "an account" };
    Err(Denied::permission(format!("Permission denied: {whose} may not call “{}”", func.escape_debug())))
}

fn mailbox(call: &Call<'_>, account: &AccountName, address: &Address) -> Result<Allowed, Denied> {
    let entry = OF_MAILBOX
        .iter()
        .find(|(family, func, _)| *family == call.family && *func == call.func && call.module == "Email");
    let Some((_, _, param)) = entry.filter(|(_, _, param)| names_itself(call, param, address)) else {
        return Err(not_in_webmail(call));
    };
    // The quota is the account's to decide.
    let quota = call.args.get("quota").or_else(|| call.args.get_positional(2));
    if call.func == "passwdpop" && call.family == Family::Api1 && !is_empty(quota) {
        return Err(not_in_webmail(call));
    }
    let own = Some((*param, address.clone()));
    Ok(Allowed { own, ..Allowed::account(account.clone()) })
}

/// Whether the arguments name the mailbox, in one of the ways that functions understand, or none.
fn names_itself(call: &Call<'_>, param: &str, address: &Address) -> bool {
    let domain_at = if call.func == "passwdpop" { 3 } else { 1 };
    let given = |name: &str, at| {
        call.args.get(name).or_else(|| call.args.get_positional(at).filter(|_| call.family == Family::Api1))
    };
    let domain = match given("domain", domain_at) {
        Some(Arg::Text(domain)) if !domain.is_empty() => &**domain,
        None | Some(Arg::Absent | Arg::Text(_)) => address.domain.as_str(),
        Some(Arg::Inexact(..) | Arg::Nested(_)) => return false,
    };
    match given(param, 0) {
        None | Some(Arg::Absent) => domain.eq_ignore_ascii_case(address.domain.as_str()),
        Some(Arg::Text(name)) => Address::existing(name, Some(domain)).is_ok_and(|named| named == *address),
        Some(Arg::Inexact(..) | Arg::Nested(_)) => false,
    }
}

fn is_empty(arg: Option<&Arg<'_>>) -> bool {
    match arg {
        None | Some(Arg::Absent) => true,
        Some(Arg::Text(text)) => text.is_empty(),
        Some(Arg::Inexact(..) | Arg::Nested(_)) => false,
    }
}

/// Recorded, for a webmail session.
fn not_in_webmail(call: &Call<'_>) -> Denied {
    let version = match call.family {
        Family::Api1 => 1,
        Family::Api2 => 2,
        Family::Uapi | Family::Whm | Family::Whm0 => 3,
    };
    let (module, func) = (call.module.escape_debug(), call.func.escape_debug());
    Denied::permission(format!(
        "Execution of {module}::{func} (api version:{version}) is not permitted inside of webmail"
    ))
}
