//! What packages there are: WHM `listpkgs` and `getpkginfo`.

use super::common::{SHOWN, existing, row, settings};
use crate::api::catalogue::{Answer, Function, Param, ParamKind, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Params, Refusal, Row};
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;

pub(super) const LIST: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Whm,
        module: "",
        func: "listpkgs",
        summary: "lists the packages (hosting plans)",
        answer: Answer::Single,
        params: &[Param::optional(
            "want",
            ParamKind::Text,
            "all (the default), creatable, editable or viewable, which are the same here",
        )],
        returns: &[Return::new(
            "pkg",
            "a list of objects with the name of each and its settings, as getpkginfo has them",
        )],
        uapi: None,
    },
    handler: list,
};

pub(super) const ONE: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Whm,
        module: "",
        func: "getpkginfo",
        summary: "tells the settings of a package",
        answer: Answer::Single,
        params: &[Param::required("pkg", ParamKind::Text, "the package's name")],
        returns: &[Return::new("pkg", "an object with its settings"), SHOWN],
        uapi: None,
    },
    handler: one,
};

fn list(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    if let Some(other) = params.optional("want")?
        && !["all", "creatable", "editable", "viewable"].contains(&other)
    {
        let why =
            format!("“{}” is not valid; use all, creatable, editable or viewable", other.escape_debug());
        return Err(Refusal::BadValue { param: "want", why }.into());
    }
    let rows = context.store.packages()?.iter().map(row).collect();
    Ok(Done::with(Data::Object(Row(vec![("pkg", Field::Rows(rows))]))))
}

fn one(context: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let package = existing(context, params.required("pkg")?, "pkg")?;
    let settings = settings(&package, |on| Field::Int(on.into()));
    Ok(Done::with(Data::Object(Row(vec![("pkg", Field::Object(Row(settings)))]))))
}
