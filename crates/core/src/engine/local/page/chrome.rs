//! The frame of a page: UAPI `Chrome::get_dom`, API 1 `Branding::include`. A plain one that every reader and every screen can take;
//! cPanel's own themes are not here.

use crate::api::Params;
use crate::api::catalogue::{Answer, Function, Param, ParamKind, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Refusal, Row};
use crate::base::text::escape_html;
use crate::engine::local::context::Context;
use crate::engine::local::entry::CatalogueEntry;

pub(super) const DOM: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: "Chrome",
        func: "get_dom",
        summary: "gives the HTML before and behind the content of a page",
        answer: Answer::Single,
        params: &[
            Param::optional("page_title", ParamKind::Text, "the title, also shown as the heading"),
            Param::optional("app_key", ParamKind::Text, "without effect: there are no applications"),
        ],
        returns: &[Return::new("header, footer", "the HTML")],
        uapi: None,
    },
    handler: dom,
};

/// What old pages put around themselves: `<cpanel Branding="include(stdheader.html)">`.
pub(super) const INCLUDE: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api1,
        module: "Branding",
        func: "include",
        summary: "gives the HTML before or behind the content of a page",
        answer: Answer::Single,
        params: &[Param::required(
            "file",
            ParamKind::Text,
            "a file of cPanel's themes; known are those named after header or footer",
        )],
        returns: &[Return::new("result", "the HTML, printed")],
        uapi: None,
    },
    handler: include,
};

fn dom(_: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let title = params.optional("page_title")?.map(escape_html).unwrap_or_default();
    let [header, footer] = frame(title);
    Ok(Done::with(Data::Object(Row(vec![("header", Field::Text(header)), ("footer", Field::Text(footer))]))))
}

fn include(_: &Context<'_>, params: &Params<'_>) -> Result<Done, NotDone> {
    let file = params.required("file")?;
    let [header, footer] = frame(String::new());
    let lower = file.to_ascii_lowercase();
    match (lower.contains("header"), lower.contains("footer")) {
        (true, false) => Ok(Done::with(Data::Text(header))),
        (false, true) => Ok(Done::with(Data::Text(footer))),
        _ => {
            let why = format!(
                "“{}” is not here; of cPanel’s themes there are stdheader.html and stdfooter.html",
                file.escape_debug()
            );
            Err(Refusal::BadValue { param: "file", why }.into())
        }
    }
}

/// The HTML before and behind the content of a page, with a title that is escaped already.
fn frame(title: String) -> [String; 2] {
    let heading = if title.is_empty() { String::new() } else { format!("<h1>{title}</h1>\n") };
    let shown = if title.is_empty() { "cPanel".to_owned() } else { title };
    let header = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{shown}</title>\n</head>\n\
         <body>\n<main>\n{heading}"
    );
    [header, "</main>\n</body>\n</html>\n".to_owned()]
}
