//! Asks a server which domains it has, and whose they are.
//!
//! WHM's `get_domain_info` names every domain: main, addon, parked and sub. A server without it is asked for
//! `listaccts`, which names main domains only. An account's own server says the account's domains.

use std::collections::{HashMap, HashSet};

use reqwest::Client;
use serde_json::Value;

use crate::api::{Args, Call, Error, ErrorKind, Family, Outcome};
use crate::engine::config::Service;
use crate::engine::remote::call::answer::answer;
use crate::engine::remote::server_link::ServerLink;

/// Which domains and accounts a server has.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Listing {
    /// The account of each domain.
    pub(crate) domains: HashMap<String, String>,
    pub(crate) accounts: HashSet<String>,
}

impl Listing {
    fn add(&mut self, domain: Option<&str>, account: Option<&str>) {
        let Some(account) = account.filter(|account| !account.is_empty()) else { return };
        if !self.accounts.contains(account) {
            self.accounts.insert(account.to_owned());
        }
        if let Some(domain) = domain.filter(|domain| !domain.is_empty()) {
            self.domains.insert(domain.to_ascii_lowercase(), account.to_owned());
        }
    }

    /// Rows with the members `domain` and `user`.
    fn of_rows(rows: &Value) -> Option<Self> {
        let mut listing = Self::default();
        for row in rows.as_array()? {
            listing.add(row["domain"].as_str(), row["user"].as_str());
        }
        Some(listing)
    }

    /// What UAPI's `list_domains` says.
    fn of_account(data: &Value, account: &str) -> Option<Self> {
        let mut listing = Self::default();
        listing.add(Some(data["main_domain"].as_str()?), Some(account));
        let lists = ["addon_domains", "parked_domains", "sub_domains"];
        let more = lists.iter().filter_map(|name| data[name].as_array()).flatten();
        more.for_each(|domain| listing.add(domain.as_str(), Some(account)));
        Some(listing)
    }
}

/// Asks one server; a failure says why it does not tell.
pub(crate) async fn ask(link: &ServerLink, client: &Client) -> Result<Listing, Error> {
    if let Some(account) = link.server.account() {
        let said = said(link, client, (Family::Uapi, "DomainInfo", "list_domains"), Args::default()).await?;
        let listing = said.ok().and_then(|answer| Listing::of_account(&answer["result"]["data"], account));
        return listing.ok_or_else(|| strange(link, "list_domains"));
    }
    debug_assert!(link.server.service == Service::Whm);
    let mut columns = Args::default();
    for (name, value) in [("enable", "1"), ("a", "domain"), ("b", "user")] {
        columns.push_text(format!("api.columns.{name}"), value);
    }
    match said(link, client, (Family::Whm, "", "get_domain_info"), columns).await {
        Ok(Ok(answer)) => {
            if let Some(listing) = Listing::of_rows(&answer["data"]["domains"]) {
                return Ok(listing);
            }
        }
        // Older servers do not know the function, and say so in several ways.
        Ok(Err(_)) => {}
        Err(error) if error.kind() == ErrorKind::BadAnswer => {}
        Err(error) => return Err(error),
    }
    let said = said(link, client, (Family::Whm, "", "listaccts"), Args::default()).await?;
    let listing = said.ok().and_then(|answer| Listing::of_rows(&answer["data"]["acct"]));
    listing.ok_or_else(|| strange(link, "listaccts"))
}

/// What a server answers: a success, or something else.
async fn said(
    link: &ServerLink,
    client: &Client,
    (family, module, func): (Family, &str, &str),
    args: Args<'_>,
) -> Result<Result<Value, ()>, Error> {
    let call = Call { family, module, func, args };
    match answer(link, client, link.server.account(), &call).await? {
        Outcome::Answered(answered) if answered.is_done(family) => {
            Ok(serde_json::from_str(answered.json()).map_err(drop))
        }
        _ => Ok(Err(())),
    }
}

fn strange(link: &ServerLink, func: &str) -> Error {
    let sentence = format!(
        "{} does not say which domains it has: it refuses {func}, or its answer has no list; which rights has the token?",
        link.server.shown()
    );
    Error::new(ErrorKind::BadAnswer, sentence)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_become_domains_and_accounts() {
        let rows = json!([{"domain":"Example.COM","user":"bob"},{"domain":"b.example","user":"bob"},{"user":"eve"},{"domain":"x.example"}]);
        let listing = Listing::of_rows(&rows).unwrap();
        assert_eq!(listing.domains["example.com"], "bob");
        assert_eq!((listing.domains.len(), listing.accounts.len()), (2, 2));
        assert_eq!(Listing::of_rows(&json!({})), None);
    }

    #[test]
    fn an_accounts_domains_of_every_kind() {
        let data = json!({"main_domain":"a.example","addon_domains":["b.example"],"parked_domains":["c.example"],"sub_domains":["d.a.example"]});
        let listing = Listing::of_account(&data, "bob").unwrap();
        assert_eq!(listing.domains.len(), 4);
        assert!(listing.domains.values().all(|account| account == "bob"));
        assert_eq!(Listing::of_account(&json!({}), "bob"), None);
    }
}
