//! What an account may use: UAPI `Features::has_feature`, which the tag `cpanelfeature` asks too.

use crate::api::catalogue::{Answer, Function, Param, ParamKind, Return};
use crate::api::{Done, Family, Refusal};
use crate::engine::local::entry::CatalogueEntry;

/// cPanel's names of what this store does; every account has all of it.
const FEATURES: [&str; 6] =
    ["popaccts", "forwarders", "autoresponders", "defaultaddress", "addondomains", "parkeddomains"];

pub(super) const HAS: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: "Features",
        func: "has_feature",
        summary: "tells whether the account may use a feature, by succeeding",
        answer: Answer::Single,
        params: &[Param::required(
            "name",
            ParamKind::Text,
            "the feature; there are popaccts, forwarders, autoresponders, defaultaddress, addondomains, parkeddomains",
        )],
        returns: &[Return::new("data", "null; status is 1 if it may, else 0")],
        uapi: None,
    },
    handler: |context, params| {
        let name = params.required("name")?.trim();
        context.account()?;
        if FEATURES.contains(&name) {
            return Ok(Done::default());
        }
        Err(Refusal::NoFeature(name.escape_debug().to_string()).into())
    },
};
