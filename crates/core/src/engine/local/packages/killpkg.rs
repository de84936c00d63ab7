//! Removing a package: WHM `killpkg`.

use super::addpkg::sold_by;
use crate::api::catalogue::{Answer, Function, Param, ParamKind};
use crate::api::{Done, Family, NotDone, Params, Refusal};
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;
use crate::store::PackageName;

pub(super) const WHM: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Whm,
        module: "",
        func: "killpkg",
        summary: "removes a package; accounts that were sold by it keep what they have",
        answer: Answer::Single,
        params: &[
            Param::optional("pkgname", ParamKind::Text, "the package's name"),
            Param::optional("pkg", ParamKind::Text, "the same, as API 0 calls it"),
        ],
        returns: &[],
        uapi: None,
    },
    handler: kill,
};

fn kill(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let (given, param) = params.either("pkgname", "pkg")?.ok_or(Refusal::Missing("pkgname"))?;
    let name = PackageName::parse(given, param)?;
    context.store.remove_package(&name)?;
    let accounts: Vec<_> = sold_by(context, &name)?.iter().map(|account| account.name.to_string()).collect();
    let warnings = if accounts.is_empty() {
        Vec::new()
    } else {
        vec![format!("These accounts were sold by it and keep what they have: {}.", accounts.join(", "))]
    };
    Ok(Done { warnings, ..Done::saying(format!("Removed the package {name}")) })
}
