//! The daemon's own functions for the programs of the shell. They work on the daemon's files, which it reads again by
//! itself: whoever may read these is root, or the user whose daemon it is.

use super::invocation::usual_settings;
use crate::server::auth::{Gate, How, Identified, StorePasswords, Who};
use crate::server::own::{self, OwnEngine};
use liveapi_core::api::{Call, Error, Family, Outcome};
use liveapi_core::engine::{self, Answerer, Client, Engine, Options, local};

/// Answers a call that is for the daemon, of a client with these options; nothing if it is for the client's engine,
/// as every call is that goes on to a server: that has tokens and links of its own.
pub(crate) fn shell_call(
    client: &Client,
    options: &Options,
    call: &Call<'_>,
) -> Option<Result<Outcome, Error>> {
    if !is_own(call) {
        return None;
    }
    match engine::answerer(options.clone()) {
        Ok(Answerer::Store) => Some(answer(client, options, call)),
        Ok(_) => None,
        Err(error) => Some(Err(error)),
    }
}

fn is_own(call: &Call<'_>) -> bool {
    let family = if call.family == Family::Whm0 { Family::Whm } else { call.family };
    let known = own::functions().any(|function| {
        (function.family, function.module, function.func) == (family, call.module, call.func)
    });
    known && local::function(family, call.module, call.func).is_none()
}

fn answer(client: &Client, options: &Options, call: &Call<'_>) -> Result<Outcome, Error> {
    let settings = usual_settings()?;
    let store = engine::home_store(options.clone())?;
    let gate = Gate::open(&settings.state, &settings.logins, Box::new(StorePasswords(store)))?;
    let caller = Identified { who: Who::Root, user: "root".to_owned(), how: How::Shell, session: None };
    let urls = || settings.login_urls();
    let own = OwnEngine { gate: &gate, behind: client.engine(), caller: &caller, urls: Some(&urls) };
    // Functions of WHM are about the one who calls; those of an account are for it.
    let is_whm = matches!(call.family, Family::Whm | Family::Whm0);
    let running = running_user;
    let user = (!is_whm).then(|| client.user().map(str::to_owned).or_else(running)).flatten();
    own.call(user.as_deref(), call)
}

/// The name of the running user, whose account is meant where none is named.
fn running_user() -> Option<String> {
    let uid = rustix::process::geteuid();
    nix::unistd::User::from_uid(nix::unistd::Uid::from_raw(uid.as_raw())).ok().flatten().map(|user| user.name)
}
