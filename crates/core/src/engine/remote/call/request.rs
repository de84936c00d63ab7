//! A call as a request: which address, and which form.

use std::borrow::Cow;

use bytes::Bytes;

use crate::api::catalogue::Function;
use crate::api::{Call, Error, ErrorKind, Family};
use crate::engine::config::{Server, Service};
use crate::engine::remote::translate::Twin;
use crate::engine::remote::transport::form_body::FormBody;
use crate::engine::wire::names::by_position;

/// A request, ready to be sent.
pub(crate) struct ServerRequest {
    /// Behind the host, without the first slash.
    pub(crate) path: String,
    /// The function, as the server knows it.
    pub(crate) func: String,
    pub(crate) body: Bytes,
    /// The family that the server speaks for it, which is the call's unless it was translated.
    pub(crate) family: Family,
    /// Whether UAPI's result comes without the frame that names module and function.
    pub(crate) bare: bool,
}

impl ServerRequest {
    /// Makes the request of a call whose names a server can have. `known` is what the catalogue says of the function,
    /// `twin` the UAPI function that it goes out as.
    pub(crate) fn of_call(
        server: &Server,
        user: Option<&str>,
        call: &Call<'_>,
        known: Option<&Function>,
        twin: Option<&Twin>,
    ) -> Result<Self, Error> {
        if matches!(call.family, Family::Whm | Family::Whm0) {
            return administration(server, call);
        }
        let (family, func) = twin.map_or((call.family, call.func), |twin| (Family::Uapi, twin.func()));
        let mut form = FormBody::new();
        let bare = server.service == Service::Cpanel && family == Family::Uapi;
        if !bare {
            frame(&mut form, server, user, (family, call.module, func))?;
        }
        let order = if family == Family::Api1 { known } else { None };
        match twin {
            Some(twin) => twin.push(&mut form, user, &call.args)?,
            None => form.push_args(&call.args, |name| Some(by_position(order, name)))?,
        }
        let path =
            if bare { format!("execute/{}/{func}", call.module) } else { "json-api/cpanel".to_owned() };
        Ok(Self { path, func: func.to_owned(), body: form.finish(), family, bare })
    }
}

/// Which function, and on WHM's port for which account.
fn frame(
    form: &mut FormBody,
    server: &Server,
    user: Option<&str>,
    (family, module, func): (Family, &str, &str),
) -> Result<(), Error> {
    if server.service == Service::Whm {
        let user = user.ok_or_else(|| {
            let sentence = format!(
                "The call {module}::{func} is for an account, and {} does not say which; give the setting user (LIVEAPI_USER, --user)",
                server.shown()
            );
            Error::new(ErrorKind::Config, sentence)
        })?;
        form.push("cpanel_jsonapi_user", user);
    }
    form.push("cpanel_jsonapi_module", module);
    form.push("cpanel_jsonapi_func", func);
    let version = match family {
        Family::Api1 => "1",
        Family::Uapi => "3",
        Family::Api2 | Family::Whm | Family::Whm0 => "2",
    };
    form.push("cpanel_jsonapi_apiversion", version);
    Ok(())
}

/// A function of WHM itself.
fn administration(server: &Server, call: &Call<'_>) -> Result<ServerRequest, Error> {
    if server.service == Service::Cpanel {
        let sentence = format!(
            "The function {} is one of WHM, and {} is not; use a whm: URL, e.g. whm://root@{}",
            call.func,
            server.shown(),
            server.host()
        );
        return Err(Error::new(ErrorKind::Config, sentence));
    }
    let mut form = FormBody::new();
    if call.family == Family::Whm {
        form.push("api.version", "1");
    }
    form.push_args(&call.args, |name| Some(Cow::Borrowed(name)))?;
    let path = format!("json-api/{}", call.func);
    Ok(ServerRequest {
        path,
        func: call.func.to_owned(),
        body: form.finish(),
        family: call.family,
        bare: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Args;

    fn request(
        url: &str,
        user: Option<&str>,
        family: Family,
        module: &str,
        func: &str,
    ) -> Result<(String, String), Error> {
        let url = url::Url::parse(url).unwrap();
        let server = Server::of_url(Service::of_scheme(url.scheme()).unwrap(), &url).unwrap();
        let args = Args::from_json_object(r#"{"email":"u@e"}"#).unwrap();
        let request =
            ServerRequest::of_call(&server, user, &Call { family, module, func, args }, None, None)?;
        Ok((request.path, String::from_utf8(request.body.to_vec()).unwrap()))
    }

    #[test]
    fn each_family_has_its_address() {
        let whm = |family, module, func| request("whm://root@h", Some("bob"), family, module, func).unwrap();
        let cpanel =
            |family, module, func| request("cpanel://bob@h", Some("bob"), family, module, func).unwrap();
        let frame = |version: u8| {
            format!(
                "cpanel_jsonapi_module=Email&cpanel_jsonapi_func=f&cpanel_jsonapi_apiversion={version}&email=u%40e"
            )
        };
        for (family, version) in [(Family::Api1, 1), (Family::Api2, 2), (Family::Uapi, 3)] {
            let (path, form) = whm(family, "Email", "f");
            assert_eq!(
                (path.as_str(), form),
                ("json-api/cpanel", format!("cpanel_jsonapi_user=bob&{}", frame(version)))
            );
        }
        assert_eq!(cpanel(Family::Api2, "Email", "f"), ("json-api/cpanel".into(), frame(2)));
        assert_eq!(cpanel(Family::Uapi, "Email", "f"), ("execute/Email/f".into(), "email=u%40e".into()));
        assert_eq!(whm(Family::Whm, "", "f"), ("json-api/f".into(), "api.version=1&email=u%40e".into()));
        assert_eq!(whm(Family::Whm0, "", "f"), ("json-api/f".into(), "email=u%40e".into()));
    }

    #[test]
    fn what_the_url_cannot_do_is_said() {
        let why = |result: Result<_, Error>| result.map(drop).unwrap_err().to_string();
        assert!(why(request("whm://root@h", None, Family::Api2, "Email", "f")).contains("setting user"));
        assert!(
            why(request("cpanel://bob@h", Some("bob"), Family::Whm, "", "listaccts"))
                .contains("whm://root@h")
        );
    }
}
