//! Selling an account by a package: WHM `changepackage`, and the parameter `plan` of functions that create and change
//! accounts.

use super::common::{existing, not_held};
use crate::api::catalogue::{Answer, Function, Param, ParamKind};
use crate::api::{Done, Family, Field, NotDone, Params, Refusal, Row};
use crate::engine::local::accounts::existing_account;
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;
use crate::store::{Limits, Package, Terms};

pub(super) const WHM: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Whm,
        module: "",
        func: "changepackage",
        summary: "sells an account by another package, whose limits hold from then on",
        answer: Answer::Single,
        params: &[
            Param::required("user", ParamKind::Text, "the account's name"),
            Param::required("pkg", ParamKind::Text, "the package's name"),
        ],
        returns: &[],
        uapi: None,
    },
    handler: change,
};

/// What an account is sold by, and what that gives it.
pub(in crate::engine::local) struct Sale {
    pub(in crate::engine::local) limits: Limits,
    pub(in crate::engine::local) terms: Terms,
    /// What the package says that nothing here holds the account to.
    pub(in crate::engine::local) warnings: Vec<String>,
}

impl Sale {
    /// By that package. What was agreed besides stays.
    fn by(package: &Package, mut terms: Terms) -> Result<Self, Refusal> {
        terms.take_over(package)?;
        Ok(Self { limits: package.limits()?, terms, warnings: not_held(package) })
    }

    /// By the package that `plan` or `pkgname` names, if a call names one. A package that is not there is refused:
    /// taking no package for it would sell everything for the price of something.
    pub(in crate::engine::local) fn named(
        context: &Context<'_>,
        params: &Params<'_>,
        terms: &Terms,
    ) -> Result<Option<Self>, NotDone> {
        let Some((given, param)) = params.either("plan", "pkgname")? else { return Ok(None) };
        let package = existing(context, given, param)?;
        Ok(Some(Self::by(&package, terms.clone())?))
    }
}

fn change(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let account = existing_account(context, params, "user")?;
    let package = existing(context, params.required("pkg")?, "pkg")?;
    let before = account.terms.plan().unwrap_or("none").to_owned();
    let Sale { limits, terms, warnings } = Sale::by(&package, account.terms)?;
    context.store.set_terms(&account.name, limits, &terms)?;
    let raw = format!("Changing plan from {before} to {}\n", package.name);
    let output = Row(vec![("raw", Field::Text(raw))]);
    Ok(Done {
        warnings,
        metadata: Row(vec![("output", Field::Object(output))]),
        ..Done::saying(format!("Account Upgrade/Downgrade Complete for {}", account.name))
    })
}
