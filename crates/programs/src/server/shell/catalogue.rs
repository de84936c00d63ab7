//! The catalogue of functions for the page, written from the one that dispatch and help read.
//!
//! Many functions have the same parameters, so these stand once:
//! `{"params":[[name,kind,required,meaning],…],"functions":[[family,module,func,summary,is_list,[param,…]],…]}`.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::server::own;
use liveapi_core::api::Family;
use liveapi_core::api::catalogue::{Answer, Function, Param, ParamKind};

/// The whole catalogue of what a cPanel port answers.
pub(super) static JSON: LazyLock<String> = LazyLock::new(|| {
    let mut params: Vec<Value> = Vec::new();
    let mut place = |param: &Param| {
        let param = json!([param.name, kind(param.kind), i32::from(param.required), param.meaning]);
        params.iter().position(|known| *known == param).unwrap_or_else(|| {
            params.push(param);
            params.len() - 1
        })
    };
    let functions: Vec<Value> = own::functions()
        .filter_map(|function| {
            let Function { module, func, summary, .. } = *function;
            let places: Vec<usize> = function.params.iter().map(&mut place).collect();
            let list = i32::from(function.answer == Answer::List);
            Some(json!([family(function.family)?, module, func, summary, list, places]))
        })
        .collect();
    json!({"params": params, "functions": functions}).to_string()
});

/// The word for a family in addresses of the page; WHM's are not on its port.
fn family(family: Family) -> Option<&'static str> {
    match family {
        Family::Api1 => Some("api1"),
        Family::Api2 => Some("api2"),
        Family::Uapi => Some("uapi"),
        Family::Whm | Family::Whm0 => None,
    }
}

fn kind(kind: ParamKind) -> &'static str {
    match kind {
        ParamKind::Domain => "domain",
        ParamKind::Mailbox => "mailbox",
        ParamKind::Secret => "secret",
        ParamKind::Mebibytes => "mebibytes",
        ParamKind::Flag => "flag",
        ParamKind::Number => "number",
        ParamKind::Text => "text",
    }
}
