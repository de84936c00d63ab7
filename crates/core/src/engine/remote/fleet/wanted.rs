//! What a call says of where it belongs: its domain, its account, its server.

use crate::api::catalogue::Function;
use crate::api::{Arg, Args, Call, Error, ErrorKind, Family, Outcome};
use crate::engine::wire::retry::is_idempotent;
use crate::store::Domain;

/// Parameters that may hold a whole address.
const ADDRESSES: [&str; 4] = ["email", "address", "account", "login"];
/// Modules whose functions make and remove domains.
const DOMAIN_MODULES: [&str; 3] = ["AddonDomain", "Park", "SubDomain"];

/// What is to be found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted<'c> {
    /// “Email::passwdpop”, for complaints.
    pub(crate) call: String,
    /// The server of the table that the caller chose.
    pub(crate) server: Option<&'c str>,
    /// The domain, in lower case and ASCII.
    pub(crate) domain: Option<String>,
    /// The account that the caller named.
    pub(crate) account: Option<String>,
    /// Whether the function is one of WHM's own, so that no account need be known.
    pub(crate) of_server: bool,
}

impl<'c> Wanted<'c> {
    /// What a call says. `known` is what the catalogue says of the function.
    pub(crate) fn of(
        user: Option<&str>,
        server: Option<&'c str>,
        call: &Call<'_>,
        known: Option<&Function>,
    ) -> Self {
        let of_server = matches!(call.family, Family::Whm | Family::Whm0);
        let account = if of_server {
            // The configured account is for calls of accounts; WHM's functions name theirs.
            text(&call.args, "user").or_else(|| text(&call.args, "username")).map(str::to_owned)
        } else {
            user.map(str::to_owned)
        };
        let name = |name: &str| named(&call.args, name, known);
        let of_address = || ADDRESSES.iter().find_map(|param| name(param)?.rsplit_once('@'));
        let domain = name("domain").or_else(|| of_address().map(|(_, domain)| domain));
        let domain = domain.filter(|domain| !domain.is_empty()).map(|domain| {
            Domain::parse(domain)
                .map_or_else(|_| domain.to_ascii_lowercase(), |domain| domain.as_str().to_owned())
        });
        let module = if call.module.is_empty() { String::new() } else { format!("{}::", call.module) };
        Self { call: format!("{module}{}", call.func), server, domain, account, of_server }
    }
}

/// A parameter by its name, or in API 1 by the place that the catalogue gives it.
fn named<'a>(args: &'a Args<'_>, name: &str, known: Option<&Function>) -> Option<&'a str> {
    let place = || {
        let function = known.filter(|function| function.family == Family::Api1)?;
        let index = function.params.iter().position(|param| param.name == name)?;
        as_text(args.get_positional(index)?)
    };
    text(args, name).or_else(place)
}

fn text<'a>(args: &'a Args<'_>, name: &str) -> Option<&'a str> {
    as_text(args.get(name)?)
}

fn as_text<'a>(arg: &'a Arg<'_>) -> Option<&'a str> {
    match arg {
        Arg::Text(text) => Some(text),
        Arg::Absent | Arg::Inexact(..) | Arg::Nested(_) => None,
    }
}

/// Whether a call may have made or removed domains or accounts.
pub(crate) fn changes_domains(call: &Call<'_>) -> bool {
    let kind = match call.family {
        Family::Whm | Family::Whm0 => true,
        _ => DOMAIN_MODULES.contains(&call.module),
    };
    kind && !is_idempotent(call)
}

/// Whether an answer says that the account is not there any more.
pub(crate) fn has_moved(result: &Result<Outcome, Error>) -> bool {
    result.as_ref().is_err_and(|error| error.kind() == ErrorKind::UnknownAccount)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::local::function;

    fn domain(family: Family, func: &str, params: &str) -> Option<String> {
        let args = Args::from_json_list(params).unwrap();
        let module = if family == Family::Whm { "" } else { "Email" };
        let call = Call { family, module, func, args };
        Wanted::of(None, None, &call, function(family, module, func)).domain
    }

    #[test]
    fn a_domain_is_found_wherever_it_stands() {
        for (params, expected) in [
            (r#"{"domain":"Example.COM"}"#, Some("example.com")),
            (r#"{"domain":"bücher.example"}"#, Some("xn--bcher-kva.example")),
            (r#"{"email":"a@b.example"}"#, Some("b.example")),
            (r#"{"email":"a@b.example","domain":"c.example"}"#, Some("c.example")),
            (r#"{"address":"a@b.example"}"#, Some("b.example")),
            (r#"{"email":"a","domain":""}"#, None),
            (r#"{"email":["a@b.example"]}"#, None),
        ] {
            assert_eq!(domain(Family::Api2, "passwdpop", params).as_deref(), expected, "{params}");
        }
        let positional = r#"["user","12345luggage","0","example.com"]"#;
        assert_eq!(domain(Family::Api1, "passwdpop", positional).as_deref(), Some("example.com"));
        assert_eq!(domain(Family::Api1, "nosuch", positional), None);
    }

    #[test]
    fn whm_names_its_account_itself() {
        let account = |family, params: &str| {
            let args = Args::from_json_object(params).unwrap();
            Wanted::of(Some("bob"), None, &Call { family, module: "", func: "f", args }, None).account
        };
        assert_eq!(account(Family::Whm, r#"{"user":"eve"}"#).as_deref(), Some("eve"));
        assert_eq!(account(Family::Whm, "{}"), None);
        assert_eq!(account(Family::Api2, r#"{"user":"eve"}"#).as_deref(), Some("bob"));
    }

    #[test]
    fn what_makes_domains_is_known() {
        let changes =
            |family, module, func| changes_domains(&Call { family, module, func, args: Args::default() });
        assert!(
            changes(Family::Whm, "", "createacct") && changes(Family::Api2, "AddonDomain", "addaddondomain")
        );
        assert!(!changes(Family::Whm, "", "listaccts") && !changes(Family::Api2, "Email", "addpop"));
    }
}
