//! Which accounts a call looks for: the parameters `search`, `searchtype` and `searchmethod`.

use regex_lite::Regex;

use crate::api::catalogue::{Param, ParamKind};
use crate::api::{Params, Refusal};
use crate::store::Account;

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SearchType {
    Domain,
    Owner,
    User,
    Package,
    /// No account has an address of its own here, so only a pattern for nothing finds one.
    Ip,
}

/// What must be there.
enum Wanted {
    All,
    Exactly(String),
    Matching(Regex),
}

/// A search among accounts.
pub(in crate::engine::local) struct AccountSearch {
    kind: SearchType,
    wanted: Wanted,
}

impl AccountSearch {
    pub(in crate::engine::local) const TYPE: Param = Param::optional(
        "searchtype",
        ParamKind::Text,
        "what search looks at: domain (the default), user, owner, package or ip",
    );
    pub(in crate::engine::local) const TEXT: Param =
        Param::optional("search", ParamKind::Text, "a regular expression that it must match");
    pub(in crate::engine::local) const METHOD: Param = Param::optional(
        "searchmethod",
        ParamKind::Text,
        "regex (the default), or exact: it must be the very text",
    );

    /// Reads what a call looks for.
    pub(in crate::engine::local) fn read(params: &Params<'_>) -> Result<Self, Refusal> {
        let unknown = |param, given: &str, known: &str| {
            let why = format!("“{}” is not known; use {known}", given.escape_debug());
            Refusal::BadValue { param, why }
        };
        let kind = match params.optional("searchtype")? {
            None | Some("domain") => SearchType::Domain,
            Some("user") => SearchType::User,
            Some("owner") => SearchType::Owner,
            Some("package") => SearchType::Package,
            Some("ip") => SearchType::Ip,
            Some(other) => return Err(unknown("searchtype", other, "domain, user, owner, package or ip")),
        };
        let exact = match params.optional("searchmethod")? {
            None | Some("regex") => false,
            Some("exact") => true,
            Some(other) => return Err(unknown("searchmethod", other, "regex or exact")),
        };
        let wanted = match params.optional("search")? {
            None => Wanted::All,
            Some(text) if exact => Wanted::Exactly(text.to_owned()),
            Some(_) => params.pattern("search")?.map_or(Wanted::All, Wanted::Matching),
        };
        Ok(Self { kind, wanted })
    }

    /// Whether it finds an account.
    pub(in crate::engine::local) fn finds(&self, account: &Account) -> bool {
        let text = match self.kind {
            SearchType::Domain => account.domain.as_str(),
            SearchType::User => account.name.as_str(),
            SearchType::Owner => account.terms.owner(),
            SearchType::Package => account.terms.plan().unwrap_or_default(),
            SearchType::Ip => "",
        };
        match &self.wanted {
            Wanted::All => true,
            Wanted::Exactly(wanted) => text == wanted,
            Wanted::Matching(pattern) => pattern.is_match(text),
        }
    }
}
