//! The engine of a table of servers.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::Client;

use crate::api::{Call, Error, Outcome};
use crate::engine::batch::Run;
use crate::engine::contract::{Engine, Lookup};
use crate::engine::remote::call::answer::call;
use crate::engine::remote::fleet::member::{FleetMembers, Member};
use crate::engine::remote::fleet::wanted::{self, Wanted};
use crate::engine::remote::fleet::{directory, listing, routes};
use crate::engine::remote::routing::{Asking, CallTarget, Route, Router};
use crate::engine::remote::scheduler::Scheduler;
use crate::engine::remote::transport::call_runtime::CallRuntime;

/// Sends each call to the server that has its domain or its account.
pub struct Fleet {
    members: FleetMembers,
    lookup: Lookup,
}

impl Fleet {
    /// An engine for these servers; `keep` is how long is believed what one said of its domains. Nothing is opened
    /// before the first call.
    pub fn new(members: Vec<Member>, keep: Duration, lookup: Lookup) -> Self {
        Self { members: FleetMembers { all: members, keep }, lookup }
    }

    /// Asks servers for their domains, all at the same time.
    async fn asked(&self, servers: Vec<(usize, Result<Client, Error>)>) {
        let questions = servers.into_iter().map(async |(number, client)| {
            let Member { link, identity, .. } = &self.members.all[number];
            let listing = match client {
                Ok(client) => listing::ask(link, &client).await,
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
            match self.route(user, None, call, since) {
                Route::To(number, account) => return Ok((number, account)),
                Route::Nowhere(error) => return Err(error),
                Route::Ask(numbers) => {
                    let runtime = CallRuntime::new()?;
                    let client = |number: usize| self.members.all[number].link.pool()?.client(1);
                    let clients = numbers.into_iter().map(|number| (number, client(number)));
                    runtime.run(self.asked(clients.collect()));
                }
            }
        }
    }
}

impl Engine for Fleet {
    fn call(&self, user: Option<&str>, wanted: &Call<'_>) -> Result<Outcome, Error> {
        let (number, account) = self.find(user, wanted)?;
        let result = call(&self.members.all[number].link, account.as_deref(), wanted);
        self.learn(number, wanted, &result);
        result
    }

    fn batch(&self, user: Option<&str>, run: &mut Run<'_, '_>) -> Result<(), Error> {
        let targets =
            self.members.all.iter().map(|Member { name, link, .. }| CallTarget { name: Some(name), link });
        Scheduler::run(targets.collect(), self, user, run)
    }

    fn finds_account(&self) -> bool {
        true
    }

    fn has_server(&self, name: &str) -> bool {
        self.members.all.iter().any(|member| member.name == name)
    }
}

impl Router for Fleet {
    fn route(&self, user: Option<&str>, server: Option<&str>, call: &Call<'_>, since: Instant) -> Route {
        let known = (self.lookup)(call.family, call.module, call.func);
        routes::find(&self.members, &Wanted::of(user, server, call, known), since)
    }

    fn ask<'e>(&'e self, targets: Vec<(usize, Result<Client, Error>)>) -> Asking<'e> {
        Box::pin(self.asked(targets))
    }

    fn learn(&self, target: usize, call: &Call<'_>, result: &Result<Outcome, Error>) {
        if wanted::changes_domains(call) || wanted::has_moved(result) {
            directory::forget(&self.members.all[target].identity);
        }
    }
}
