//! Many servers as one: a call goes to the server that has its domain or its account.
//!
//! Which server that is, the servers themselves say ([`listing`]); what they said is kept for some time
//! ([`directory`]) and consulted for each call ([`wanted`], [`way`]).

mod directory;
mod listing;
mod wanted;
mod way;

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::Client;

use self::directory::{Identity, Known};
use self::wanted::Wanted;
use super::guide::{Asking, Guide, Lane, Way};
use super::traffic::Traffic;
use super::{Lookup, RemoteEngine, pool};
use crate::api::{Call, Error, Outcome};
use crate::engine::batch::Run;

/// A server of the table.
pub struct Member {
    name: String,
    engine: RemoteEngine,
    /// What it says of its domains is kept by this.
    identity: Identity,
}

impl Member {
    /// The server of that name there, and what speaks with it.
    pub fn new(name: String, engine: RemoteEngine) -> Self {
        let identity = engine.identity();
        Self { name, engine, identity }
    }
}

/// The engine of a table of servers.
pub struct Fleet {
    members: Vec<Member>,
    lookup: Lookup,
    /// How long is believed what a server said of its domains.
    keep: Duration,
}

impl Fleet {
    /// An engine for these servers. Nothing is opened before the first call.
    pub fn new(members: Vec<Member>, keep: Duration, lookup: Lookup) -> Self {
        Self { members, lookup, keep }
    }

    /// Asks servers for their domains, all at the same time.
    async fn asked(&self, servers: Vec<(usize, Result<Client, Error>)>) {
        let questions = servers.into_iter().map(async |(number, client)| {
            let Member { engine, identity, .. } = &self.members[number];
            let listing = match client {
                Ok(client) => listing::ask(engine, &client).await,
                Err(error) => Err(error),
            };
            directory::keep(identity, listing);
        });
        join_all(questions).await;
    }

    /// The server and the account of a call.
    fn find(&self, user: Option<&str>, call: &Call<'_>) -> Result<(usize, Option<String>), Error> {
        let since = Instant::now();
        loop {
            match self.way(user, None, call, since) {
                Way::To(number, account) => return Ok((number, account)),
                Way::Nowhere(error) => return Err(error),
                Way::Ask(numbers) => {
                    let place = pool::place()?;
                    let client = |number: usize| self.members[number].engine.pool()?.client(1);
                    let clients = numbers.into_iter().map(|number| (number, client(number)));
                    pool::run(&place, self.asked(clients.collect()));
                }
            }
        }
    }
}

impl crate::engine::Engine for Fleet {
    fn call(&self, user: Option<&str>, call: &Call<'_>) -> Result<Outcome, Error> {
        let (number, account) = self.find(user, call)?;
        let result = self.members[number].engine.call(account.as_deref(), call);
        self.learn(number, call, &result);
        result
    }

    fn batch(&self, user: Option<&str>, run: &mut Run<'_, '_>) -> Result<(), Error> {
        let lanes = self.members.iter().map(|Member { name, engine, .. }| Lane { name: Some(name), engine });
        Traffic::run(lanes.collect(), self, user, run)
    }

    fn finds_account(&self) -> bool {
        true
    }

    fn has_server(&self, name: &str) -> bool {
        self.members.iter().any(|member| member.name == name)
    }
}

impl Guide for Fleet {
    fn way(&self, user: Option<&str>, server: Option<&str>, call: &Call<'_>, since: Instant) -> Way {
        let known = (self.lookup)(call.family, call.module, call.func);
        way::find(self, &Wanted::of(user, server, call, known), since)
    }

    fn ask<'e>(&'e self, servers: Vec<(usize, Result<Client, Error>)>) -> Asking<'e> {
        Box::pin(self.asked(servers))
    }

    fn learn(&self, server: usize, call: &Call<'_>, result: &Result<Outcome, Error>) {
        if wanted::changes_domains(call) || wanted::has_moved(result) {
            directory::forget(&self.members[server].identity);
        }
    }
}

impl Fleet {
    /// What is known of a server's domains.
    fn known(&self, number: usize) -> Option<Known> {
        directory::known(&self.members[number].identity)
    }
}
