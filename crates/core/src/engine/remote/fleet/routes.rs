//! Which server a call goes to, by what servers said of their domains.

use std::time::{Duration, Instant};

use crate::api::{Error, ErrorKind};
use crate::engine::remote::fleet::directory::KnownListing;
use crate::engine::remote::fleet::member::FleetMembers;
use crate::engine::remote::fleet::wanted::Wanted;
use crate::engine::remote::routing::Route;

/// How long is believed that a domain is nowhere, or that a server cannot be asked. It may have been made since.
const MISS: Duration = Duration::from_secs(10);

/// The number of a server, and an account there.
type AccountOnServer = (usize, String);

/// The route of a call that came up at that time. What was asked after that time is never asked again for it, so
/// whoever asks and comes back gets an end.
pub(crate) fn find(members: &FleetMembers, wanted: &Wanted<'_>, since: Instant) -> Route {
    let scope = match scope(members, wanted) {
        Ok(scope) => scope,
        Err(route) => return route,
    };
    if wanted.domain.is_none() && wanted.account.is_none() {
        return Route::Nowhere(nameless(wanted));
    }
    let known: Vec<(usize, Option<KnownListing>)> =
        scope.into_iter().map(|number| (number, members.known(number))).collect();
    let fresh = |known: &KnownListing, keep: Duration| known.at + keep >= since;
    let old: Vec<usize> = known
        .iter()
        .filter(|(_, known)| !known.as_ref().is_some_and(|known| fresh(known, members.keep)))
        .map(|(number, _)| *number)
        .collect();
    if !old.is_empty() {
        return Route::Ask(old);
    }
    let known: Vec<(usize, KnownListing)> =
        known.into_iter().filter_map(|(number, known)| Some((number, known?))).collect();
    match place(members, wanted, &known) {
        Ok((number, account)) => Route::To(number, Some(account)),
        Err(error) => {
            // Perhaps it is new, has moved, or its server is back.
            let miss = members.keep.min(MISS);
            let again: Vec<usize> = known
                .iter()
                .filter(|(_, known)| !fresh(known, miss) && !is_refused(known))
                .map(|(number, _)| *number)
                .collect();
            if again.is_empty() { Route::Nowhere(error) } else { Route::Ask(again) }
        }
    }
}

/// The servers that come into question; or the route, where the caller said enough.
fn scope(members: &FleetMembers, wanted: &Wanted<'_>) -> Result<Vec<usize>, Route> {
    let Some(name) = wanted.server else { return Ok((0..members.all.len()).collect()) };
    let Some(number) = members.all.iter().position(|member| member.name == name) else {
        let known: Vec<&str> = members.all.iter().map(|member| member.name.as_str()).collect();
        let sentence = format!("The table of servers has no server “{name}”; it has {}", known.join(", "));
        return Err(Route::Nowhere(Error::new(ErrorKind::Config, sentence)));
    };
    let own = members.all[number].link.server.account();
    if wanted.of_server || wanted.account.is_some() || own.is_some() {
        return Err(Route::To(number, wanted.account.clone().or_else(|| own.map(str::to_owned))));
    }
    Ok(vec![number])
}

/// The one place that fits.
fn place(
    members: &FleetMembers,
    wanted: &Wanted<'_>,
    known: &[(usize, KnownListing)],
) -> Result<AccountOnServer, Error> {
    let listings =
        || known.iter().filter_map(|(number, known)| Some((*number, known.listing.as_ref().ok()?)));
    let of_domain: Vec<AccountOnServer> = wanted
        .domain
        .iter()
        .flat_map(|domain| {
            listings()
                .filter_map(move |(number, listing)| Some((number, listing.domains.get(domain)?.clone())))
        })
        .collect();
    let Some(account) = &wanted.account else { return only(members, wanted, known, of_domain) };
    if of_domain.is_empty() {
        // A domain that is in no list, perhaps a sub-domain; whether it is the account's, its server knows.
        let holders = listings().filter(|(_, listing)| listing.accounts.contains(account));
        return only(members, wanted, known, holders.map(|(number, _)| (number, account.clone())).collect());
    }
    let (own, others): (Vec<AccountOnServer>, Vec<AccountOnServer>) =
        of_domain.into_iter().partition(|(_, holder)| holder == account);
    match others.first().filter(|_| own.is_empty()) {
        Some(other) => Err(Error::new(
            ErrorKind::Config,
            format!(
                "The call {} is for the account “{account}”, but {} belongs to {}; leave the account out, or correct the domain",
                wanted.call,
                wanted.domain.as_deref().unwrap_or_default(),
                named(members, other)
            ),
        )),
        None => only(members, wanted, known, own),
    }
}

/// The only one of several places, else why there is none to choose.
fn only(
    members: &FleetMembers,
    wanted: &Wanted<'_>,
    known: &[(usize, KnownListing)],
    mut places: Vec<AccountOnServer>,
) -> Result<AccountOnServer, Error> {
    let what = match (&wanted.domain, &wanted.account) {
        (Some(domain), _) => format!("the domain {domain}"),
        (None, account) => format!("the account “{}”", account.as_deref().unwrap_or_default()),
    };
    match places.len() {
        1 => Ok(places.remove(0)),
        0 => Err(nowhere(members, wanted, known, &what)),
        _ => {
            let all: Vec<String> = places.iter().map(|place| named(members, place)).collect();
            let sentence = format!(
                "The call {} was not sent: {what} is on several servers, with {}; name one, by the URL servers:NAME or in a batch as the item's server",
                wanted.call,
                all.join(", and with ")
            );
            Err(Error::new(ErrorKind::Config, sentence))
        }
    }
}

/// Whether a server refused the login: it is not tried again soon, because servers lock out who does.
fn is_refused(known: &KnownListing) -> bool {
    known.listing.as_ref().is_err_and(|error| error.kind() == ErrorKind::Authentication)
}

/// “bob on web1 (whm://root@host:2087)”.
fn named(members: &FleetMembers, (number, account): &AccountOnServer) -> String {
    let member = &members.all[*number];
    format!("{account} on {} ({})", member.name, member.link.server.shown())
}

fn nowhere(
    members: &FleetMembers,
    wanted: &Wanted<'_>,
    known: &[(usize, KnownListing)],
    what: &str,
) -> Error {
    let silent: Vec<String> = known
        .iter()
        .filter_map(|(number, known)| {
            Some(format!("{}: {}", members.all[*number].name, known.listing.as_ref().err()?))
        })
        .collect();
    let asked = known.len() - silent.len();
    if silent.is_empty() {
        let sentence =
            format!("The call {} was not sent: none of the {asked} servers has {what}", wanted.call);
        return Error::new(ErrorKind::UnknownAccount, sentence);
    }
    let sentence = format!(
        "The call {} was not sent: none of the {asked} servers that answer has {what}, and {} could not be asked ({})",
        wanted.call,
        silent.len(),
        silent.join("; ")
    );
    Error::new(ErrorKind::Unreachable, sentence)
}

fn nameless(wanted: &Wanted<'_>) -> Error {
    let sentence = format!(
        "The call {} names neither a domain nor an account, so nobody knows to which server it belongs; give the parameter domain, the setting user, or one server by the URL servers:NAME",
        wanted.call
    );
    Error::new(ErrorKind::Config, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Args, Call, Family};
    use crate::engine::config::{CredentialOptions, RemoteOptions, Server, Service};
    use crate::engine::remote::fleet::directory;
    use crate::engine::remote::fleet::listing::Listing;
    use crate::engine::remote::fleet::member::Member;
    use crate::engine::remote::server_link::ServerLink;

    /// A server that said this of its domains just now.
    fn member(name: &str, said: Result<&[(&str, &str)], ErrorKind>) -> Member {
        let url = url::Url::parse(&format!("whm://root@{name}.example")).unwrap();
        let server = Server::of_url(Service::Whm, &url).unwrap();
        let settings = RemoteOptions::default().resolve().unwrap();
        let mut credentials = CredentialOptions::default();
        credentials.set("token", "T".to_owned()).unwrap().unwrap();
        let credentials = credentials.resolve(false).unwrap();
        let link = ServerLink::new(server, credentials, settings, |_, _, _| None).unwrap();
        let member = Member::new(name.to_owned(), link);
        let listing = said.map_err(|kind| Error::new(kind, "It says why"));
        directory::keep(
            &member.identity,
            listing.map(|rows| Listing {
                domains: rows
                    .iter()
                    .map(|(domain, user)| ((*domain).to_owned(), (*user).to_owned()))
                    .collect(),
                accounts: rows.iter().map(|(_, user)| (*user).to_owned()).collect(),
            }),
        );
        member
    }

    fn route(members: &FleetMembers, domain: &str, user: Option<&str>, after: u64) -> String {
        let mut args = Args::default();
        args.push_text("domain", domain);
        let call = Call { family: Family::Api2, module: "Email", func: "f", args };
        let since = Instant::now() + Duration::from_secs(after);
        match find(members, &Wanted::of(user, None, &call, None), since) {
            Route::To(number, account) => format!("{number} {}", account.unwrap_or_default()),
            Route::Nowhere(error) => format!("{:?}", error.kind()),
            Route::Ask(numbers) => format!("ask {numbers:?}"),
        }
    }

    #[test]
    fn who_is_asked_again_and_when() {
        let rows: [&[(&str, &str)]; 2] =
            [&[("a.example", "bob")], &[("b.example", "eve"), ("b2.example", "eve")]];
        let all = vec![
            member("way1", Ok(rows[0])),
            member("way2", Ok(rows[1])),
            member("way3", Err(ErrorKind::Unreachable)),
            member("way4", Err(ErrorKind::Authentication)),
        ];
        let members = FleetMembers { all, keep: Duration::from_secs(300) };
        for (domain, user, after, expected) in [
            ("a.example", None, 0, "0 bob"),
            ("b2.example", Some("eve"), 299, "1 eve"),
            ("a.example", None, 301, "ask [0, 1, 2, 3]"),
            // One that is nowhere may be new, but who refuses the login is left alone.
            ("c.example", None, 0, "Unreachable"),
            ("c.example", None, 20, "ask [0, 1, 2]"),
            ("sub.a.example", Some("bob"), 20, "0 bob"),
            ("a.example", Some("eve"), 0, "Config"),
            ("a.example", Some("eve"), 20, "ask [0, 1, 2]"),
        ] {
            assert_eq!(route(&members, domain, user, after), expected, "{domain} {user:?} {after}");
        }
    }
}
