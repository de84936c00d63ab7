//! How many domains an account may have beside its main one.

use super::{Domain, DomainKind, HostedDomain};
use crate::api::Refusal;
use std::collections::HashSet;

/// The most domains of each kind; none for no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DomainLimits {
    pub addon: Option<u64>,
    pub parked: Option<u64>,
    /// Further domains below one of the account's own.
    pub sub: Option<u64>,
}

impl DomainLimits {
    /// Where nothing is stated: more than anybody needs, and so few that no account fills the registry.
    pub const USUAL: Self = Self { addon: Some(1000), parked: Some(1000), sub: Some(1000) };

    /// Refuses a domain that would be one too many.
    pub fn check(&self, held: &[HostedDomain], new: &HostedDomain) -> Result<(), Refusal> {
        let own: HashSet<&str> = held.iter().map(|hosted| hosted.name.as_str()).collect();
        let key = |hosted: &HostedDomain| match hosted.kind {
            DomainKind::Parked => "MAXPARK",
            _ if is_below(&hosted.name, &own) => "MAXSUB",
            _ => "MAXADDON",
        };
        let wanted = key(new);
        let most = match wanted {
            "MAXPARK" => self.parked,
            "MAXSUB" => self.sub,
            _ => self.addon,
        };
        let further = held.iter().filter(|hosted| hosted.kind != DomainKind::Main);
        let count = further.filter(|hosted| key(hosted) == wanted).count() as u64;
        match most {
            Some(most) if count >= most => Err(Refusal::TooManyDomains { most, key: wanted }),
            _ => Ok(()),
        }
    }
}

fn is_below(domain: &Domain, own: &HashSet<&str>) -> bool {
    domain.parents().any(|parent| own.contains(parent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_counted_by_itself() {
        let hosted = |name, kind| HostedDomain { name: Domain::parse(name).unwrap(), kind };
        let held = [
            hosted("example.com", DomainKind::Main),
            hosted("example.org", DomainKind::Addon),
            hosted("shop.example.org", DomainKind::Addon),
        ];
        let key = |limits: DomainLimits, name, kind| match limits.check(&held, &hosted(name, kind)) {
            Err(Refusal::TooManyDomains { key, .. }) => Some(key),
            _ => None,
        };
        let one = DomainLimits { addon: Some(1), parked: Some(0), sub: Some(1) };
        assert_eq!(key(one, "example.net", DomainKind::Addon), Some("MAXADDON"));
        assert_eq!(key(one, "a.example.com", DomainKind::Addon), Some("MAXSUB"));
        assert_eq!(key(one, "example.net", DomainKind::Parked), Some("MAXPARK"));
        let two = DomainLimits { addon: Some(2), parked: None, sub: Some(2) };
        for (name, kind) in [
            ("example.net", DomainKind::Addon),
            ("a.example.com", DomainKind::Addon),
            ("p.example", DomainKind::Parked),
        ] {
            assert_eq!(key(two, name, kind), None, "{name}");
        }
    }
}
