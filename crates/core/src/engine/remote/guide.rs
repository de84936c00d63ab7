//! Who knows to which server the items of a batch go.

use std::pin::Pin;
use std::time::Instant;

use reqwest::Client;

use super::RemoteEngine;
use crate::api::{Call, Error, Outcome};
use crate::engine::no_table;

/// One server of a batch.
pub(super) struct Lane<'e> {
    /// Its name in the table of servers, if it has one.
    pub(super) name: Option<&'e str>,
    pub(super) engine: &'e RemoteEngine,
}

/// Where an item goes.
#[derive(Debug)]
pub(super) enum Way {
    /// To the server of that number, for that account.
    To(usize, Option<String>),
    /// Nowhere.
    Nowhere(Error),
    /// That is known when these servers were asked.
    Ask(Vec<usize>),
}

/// Questions to servers, under way.
pub(super) type Asking<'e> = Pin<Box<dyn Future<Output = ()> + 'e>>;

/// Who knows where items go.
pub(super) trait Guide {
    /// The way of a call that came up at that time.
    fn way(&self, user: Option<&str>, server: Option<&str>, call: &Call<'_>, since: Instant) -> Way;
    /// Asks the servers of these numbers by these clients.
    fn ask<'e>(&'e self, servers: Vec<(usize, Result<Client, Error>)>) -> Asking<'e>;
    /// Hears what came of a call.
    fn learn(&self, server: usize, call: &Call<'_>, result: &Result<Outcome, Error>);
}

/// The guide where there is one server.
pub(super) struct Only;

impl Guide for Only {
    fn way(&self, user: Option<&str>, server: Option<&str>, _call: &Call<'_>, _since: Instant) -> Way {
        match server {
            Some(name) => Way::Nowhere(no_table(name)),
            None => Way::To(0, user.map(str::to_owned)),
        }
    }

    fn ask<'e>(&'e self, _servers: Vec<(usize, Result<Client, Error>)>) -> Asking<'e> {
        Box::pin(std::future::ready(()))
    }

    fn learn(&self, _server: usize, _call: &Call<'_>, _result: &Result<Outcome, Error>) {}
}
