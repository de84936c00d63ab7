//! What the daemon answers, as an OpenAPI 3.1 document: for generators of clients, and for whoever wants to look a call
//! up. It is made from the catalogue that dispatch and help read, so it knows what they know.
//!
//! UAPI's functions have an address each, and so have WHM's. API 1 and API 2 have one for all: the form of its body is
//! one of many, each with the names of module and function in it.

mod answers;
mod operations;
mod parameters;

use liveapi_core::api::Family;
use serde_json::{Map, Value, json};

use super::origin::ServiceKind;
use super::own;

/// The address of the document.
pub(crate) const NAME: &str = "openapi.json";

const ABOUT: &str = "cPanel's, WHM's and webmail's URLs, answered by liveapid. An answer with the status 200 may be \
a refusal: `status`, `result` or `metadata.result` says it, and the reason stands beside it. With the daemon's setting \
`strict_http_status` a refusal has the status 422, and a failure of the store or server 503. Fields of `data` are \
described in words, because cPanel's documentation does not say their types.";

/// The document of a service's port.
pub fn document(service: ServiceKind) -> Value {
    let (name, port) = match service {
        ServiceKind::Whm => ("WHM", 2087),
        ServiceKind::Cpanel => ("cPanel", 2083),
        ServiceKind::Webmail => ("webmail", 2096),
    };
    let mut paths = Map::new();
    for function in own::functions() {
        if let Some((address, item)) = operations::of_function(function, service) {
            paths.insert(address, item);
        }
    }
    if service != ServiceKind::Whm {
        paths.insert("/json-api/cpanel".to_owned(), operations::of_all(&[Family::Api2, Family::Api1]));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("liveapid, the port of {name}"),
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{
            "url": format!("https://{{host}}:{port}"),
            "variables": {"host": {"default": "localhost", "description": "the machine of the daemon"}},
        }],
        "security": [{"password": []}, {"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": answers::schemas(),
            "responses": answers::responses(),
            "parameters": parameters::modifiers(),
            "securitySchemes": schemes(service),
        },
    })
}

fn schemes(service: ServiceKind) -> Value {
    let word = if service == ServiceKind::Whm { "whm" } else { "cpanel" };
    let cookie = super::auth::cookie_name(service);
    json!({
        "password": {
            "type": "http",
            "scheme": "basic",
            "description": "The user and his password. With a second factor its code goes into the field X-CPANEL-OTP.",
        },
        "token": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": format!("An API token: “{word} USER:TOKEN”."),
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": cookie,
            "description": "The cookie that /login sets. The path then begins with the security token of the login, \
                            as in /cpsess1234567890/execute/Email/list_pops.",
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_port_has_its_functions_and_no_others() {
        let addresses = |service| {
            let document = document(service);
            document["paths"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
        };
        for service in [ServiceKind::Cpanel, ServiceKind::Webmail] {
            let cpanel = addresses(service);
            assert!(cpanel.iter().any(|address| address == "/execute/Email/passwd_pop"), "{cpanel:?}");
            assert!(cpanel.iter().any(|address| address == "/json-api/cpanel"));
            assert!(!cpanel.iter().any(|address| address == "/json-api/createacct"));
        }
        let whm = addresses(ServiceKind::Whm);
        assert!(whm.iter().any(|address| address == "/json-api/createacct"), "{whm:?}");
        assert!(!whm.iter().any(|address| address.starts_with("/execute/")), "it acts for no account there");
    }

    #[test]
    fn every_function_of_the_catalogue_is_in_one_of_them() {
        let text =
            [ServiceKind::Cpanel, ServiceKind::Whm].map(|service| document(service).to_string()).concat();
        for function in own::functions() {
            let name = match function.family {
                Family::Uapi => format!("\"/execute/{}/{}\"", function.module, function.func),
                Family::Whm | Family::Whm0 => format!("\"/json-api/{}\"", function.func),
                Family::Api1 | Family::Api2 => format!("\"const\":\"{}\"", function.func),
            };
            assert!(text.contains(&name), "{name}");
        }
    }
}
