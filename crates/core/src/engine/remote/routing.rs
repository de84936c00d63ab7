//! To which server the items of a batch go.

use std::pin::Pin;
use std::time::Instant;

use reqwest::Client;

use crate::api::{Call, Error, Outcome};
use crate::engine::contract::no_table;
use crate::engine::remote::server_link::ServerLink;

/// One server that items can go to.
pub(crate) struct CallTarget<'e> {
    /// Its name in the table of servers, if it has one.
    pub(crate) name: Option<&'e str>,
    pub(crate) link: &'e ServerLink,
}

/// Where an item goes.
#[derive(Debug)]
pub(crate) enum Route {
    /// To the target of that number, for that account.
    To(usize, Option<String>),
    /// To no target, for that reason.
    Nowhere(Error),
    /// That is known when these targets were asked.
    Ask(Vec<usize>),
}

/// Questions to servers, under way.
pub(crate) type Asking<'e> = Pin<Box<dyn Future<Output = ()> + 'e>>;

/// Who knows where items go.
pub(crate) trait Router {
    /// The route of a call that came up at that time.
    fn route(&self, user: Option<&str>, server: Option<&str>, call: &Call<'_>, since: Instant) -> Route;
    /// Asks the targets of these numbers by these clients.
    fn ask<'e>(&'e self, targets: Vec<(usize, Result<Client, Error>)>) -> Asking<'e>;
    /// Hears what came of a call.
    fn learn(&self, target: usize, call: &Call<'_>, result: &Result<Outcome, Error>);
}

/// The router where there is one server.
pub(crate) struct SingleServer;

impl Router for SingleServer {
    fn route(&self, user: Option<&str>, server: Option<&str>, _call: &Call<'_>, _since: Instant) -> Route {
        match server {
            Some(name) => Route::Nowhere(no_table(name)),
            None => Route::To(0, user.map(str::to_owned)),
        }
    }

    fn ask<'e>(&'e self, _targets: Vec<(usize, Result<Client, Error>)>) -> Asking<'e> {
        Box::pin(std::future::ready(()))
    }

    fn learn(&self, _target: usize, _call: &Call<'_>, _result: &Result<Outcome, Error>) {}
}
