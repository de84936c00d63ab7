//! Creating and changing packages: WHM `addpkg` and `editpkg`.

use super::common::{SETTINGS, existing, fill, not_held};
use crate::api::catalogue::{Answer, Function, Return};
use crate::api::{Data, Done, Error, Family, Field, NotDone, Params, Row};
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;
use crate::store::{Account, Package, PackageName};

const RETURNS: Return = Return::new("pkg", "the package's name");

pub(super) const ADD: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Whm,
        module: "",
        func: "addpkg",
        summary: "creates a package (hosting plan), by which accounts are sold",
        answer: Answer::Single,
        params: &SETTINGS,
        returns: &[RETURNS],
        uapi: None,
    },
    handler: add,
};

pub(super) const EDIT: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Whm,
        module: "",
        func: "editpkg",
        summary: "changes a package, and all accounts that are sold by it; what is not given stays",
        answer: Answer::Single,
        params: &SETTINGS,
        returns: &[RETURNS],
        uapi: None,
    },
    handler: edit,
};

fn add(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let mut package = Package::new(PackageName::parse(params.required("name")?, "name")?);
    fill(params, &mut package)?;
    context.store.add_package(&package)?;
    Ok(done(&package, format!("Created the package {}", package.name)))
}

fn edit(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let mut package = existing(context, params.required("name")?, "name")?;
    fill(params, &mut package)?;
    // Before anything is written: what cannot be an account's limits is no package's.
    package.limits()?;
    context.store.replace_package(&package)?;
    let mut left = Vec::new();
    for account in sold_by(context, &package.name)? {
        if let Err(why) = give(context, &account, &package) {
            left.push(format!("The account “{}” was not changed: {why}", account.name));
        }
    }
    let mut done = done(&package, format!("Modified the package {}", package.name));
    done.warnings.append(&mut left);
    Ok(done)
}

/// The accounts that are sold by a package.
pub(super) fn sold_by(context: &Context<'_>, name: &PackageName) -> Result<Vec<Account>, Error> {
    let mut accounts = context.store.accounts()?;
    accounts.retain(|account| account.terms.plan() == Some(name.as_str()));
    Ok(accounts)
}

fn give(context: &Context<'_>, account: &Account, package: &Package) -> Result<(), NotDone> {
    let mut terms = account.terms.clone();
    terms.take_over(package)?;
    context.store.set_terms(&account.name, package.limits()?, &terms)
}

fn done(package: &Package, message: String) -> Done {
    let data = Data::Object(Row(vec![("pkg", Field::Text(package.name.to_string()))]));
    Done { data, warnings: not_held(package), ..Done::saying(message) }
}
