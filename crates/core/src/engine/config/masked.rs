//! URLs as they are shown.

/// Nobody should put a password into a URL; whoever did finds it masked, also in one that is no URL.
pub(crate) fn without_password(url: &str) -> String {
    let masked = || {
        let (scheme, rest) = url.split_once("://")?;
        let authority = rest.split('/').next()?;
        let (userinfo, host) = authority.rsplit_once('@')?;
        let (user, _) = userinfo.split_once(':')?;
        Some(format!("{scheme}://{user}:(a secret)@{host}{}", &rest[authority.len()..]))
    };
    masked().unwrap_or_else(|| url.to_owned())
}
