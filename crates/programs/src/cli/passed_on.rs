//! WHM's functions that pass a call on, on the command line: `whmapi1 cpanel …` and `whmapi1 uapi_cpanel …`.

use super::program::Program;
use crate::server::passed_on::{CONTROL, FUNCTION, MODULE, USER, VERSION};
use liveapi_core::api::{Arg, Args, Call, Family};

/// A call that another one holds, and the account that it is for, where it names one.
pub(super) struct PassedOn<'a> {
    pub(super) call: Call<'a>,
    pub(super) user: Option<String>,
    /// Whether the answer stands in the one of `uapi_cpanel`.
    pub(super) in_whm: bool,
}

impl<'a> PassedOn<'a> {
    /// Whether a function passes a call on.
    pub(super) fn is_by(program: Program, func: &str) -> bool {
        program.is_whm() && ["cpanel", "uapi_cpanel"].contains(&func)
    }

    /// The call that such a function is given. Complaints hold no value.
    pub(super) fn of(func: &str, args: &'a Args<'a>) -> Result<Self, String> {
        if func == "cpanel" { Self::cpanel(args) } else { Self::uapi(args) }
    }

    fn cpanel(args: &'a Args<'a>) -> Result<Self, String> {
        let version = named(args, &VERSION).unwrap_or("2");
        let family = Family::of_version(version)
            .ok_or_else(|| format!("The parameter {} must be 1, 2 or 3 (UAPI)", VERSION[0]))?;
        let call = Call {
            family,
            module: required(args, &MODULE)?,
            func: required(args, &FUNCTION)?,
            args: others(args, &CONTROL),
        };
        Ok(Self { call, user: named(args, &USER).map(str::to_owned), in_whm: false })
    }

    fn uapi(args: &'a Args<'a>) -> Result<Self, String> {
        let call = Call {
            family: Family::Uapi,
            module: required(args, &["cpanel.module"])?,
            func: required(args, &["cpanel.function"])?,
            args: others(args, &["cpanel.", "api.version"]),
        };
        let user = required(args, &["cpanel.user"])?.to_owned();
        Ok(Self { call, user: Some(user), in_whm: true })
    }
}

fn named<'a>(args: &'a Args<'_>, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| match args.get(name) {
        Some(Arg::Text(text)) if !text.is_empty() => Some(&**text),
        _ => None,
    })
}

fn required<'a>(args: &'a Args<'_>, names: &[&str]) -> Result<&'a str, String> {
    named(args, names)
        .ok_or_else(|| format!("The parameter {} is missing, which says what to call", names[0]))
}

/// The arguments of the function that is called.
fn others<'a>(args: &'a Args<'_>, control: &[&str]) -> Args<'a> {
    let mut rest = Args::default();
    for (name, value) in args.beginning_with("") {
        // A null too: where it would stand for a default, the function refuses it.
        if !control.iter().any(|start| name.starts_with(start)) {
            rest.push(name, value.borrowed());
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_called_is_told_from_what_it_gets() {
        let json = r#"{"cpanel_jsonapi_user":"bob","cpanel_jsonapi_module":"Email","cpanel_jsonapi_func":"listpops","cpanel_jsonapi_apiversion":"2","regex":"x","domain":null}"#;
        let args = Args::from_json_object(json).unwrap();
        let passed = PassedOn::of("cpanel", &args).ok().unwrap();
        assert_eq!(
            (passed.call.family, passed.call.module, passed.call.func),
            (Family::Api2, "Email", "listpops")
        );
        assert_eq!(passed.user.as_deref(), Some("bob"));
        let names: Vec<_> = passed.call.args.beginning_with("").map(|(name, _)| name.to_owned()).collect();
        assert_eq!(names, ["regex", "domain"]);
        let args = Args::from_json_object(r#"{"cpanel.module":"Email","cpanel.function":"f"}"#).unwrap();
        assert!(PassedOn::of("uapi_cpanel", &args).err().unwrap().contains("cpanel.user"));
        assert!(!PassedOn::is_by(Program::Whmapi1, "listaccts") && !PassedOn::is_by(Program::Uapi, "cpanel"));
    }
}
