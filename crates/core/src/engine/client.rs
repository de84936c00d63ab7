//! The client: an engine, and the account that calls are for.

use std::sync::atomic::{AtomicU64, Ordering};

use once_cell::race::OnceBox;

use crate::api::{Answered, Args, Call, Error, Family, Outcome};
use crate::engine::batch::{BatchOptions, BatchWatch, Ended, Item, ItemSource, Run};
use crate::engine::config::{Config, Options};
use crate::engine::contract::{Engine, no_table};
use crate::engine::open::{Process, open};

/// Answers calls by one configuration. Any thread may call it at the same time as others, and a
/// forked child may go on using its parent's.
pub struct Client {
    engine: Box<dyn Engine>,
    user: Option<String>,
    /// How often batches were told to stop.
    stops: AtomicU64,
}

/// The client of calls that name none. A race cell: it never blocks, so a child that was forked
/// while another thread made the client does not wait for that thread.
static DEFAULT: OnceBox<Client> = OnceBox::new();

impl Client {
    /// A client by explicit options over environment and file. Opens nothing yet.
    pub fn new(options: Options) -> Result<Self, Error> {
        Self::within(Process::Guest, options)
    }

    /// The same, in a process of ours.
    pub fn within(process: Process, options: Options) -> Result<Self, Error> {
        let (engine, user) = open(process, Config::load(options)?)?;
        Ok(Self { engine, user, stops: AtomicU64::new(0) })
    }

    /// The process's default client, by environment and file; made at the first call and kept, so a
    /// later change of the environment needs a client of its own. A failure is not kept.
    pub fn shared() -> Result<&'static Self, Error> {
        DEFAULT.get_or_try_init(|| Self::new(Options::default()).map(Box::new))
    }

    /// The same, if it was made already; makes none.
    pub fn made() -> Option<&'static Self> {
        DEFAULT.get()
    }

    /// Answers a call for the configured account.
    pub fn call(&self, call: &Call<'_>) -> Result<Outcome, Error> {
        self.engine.call(self.user.as_deref(), call)
    }

    /// Answers a call for that account, whatever the configuration says; for doors that serve many.
    pub fn call_for(&self, user: Option<&str>, call: &Call<'_>) -> Result<Outcome, Error> {
        self.engine.call(user, call)
    }

    /// The engine that answers, for doors that put something of their own before it.
    pub fn engine(&self) -> &dyn Engine {
        &*self.engine
    }

    /// Answers a request of LiveAPI (a tag, or JSON) as the panel does that runs this page; `None` where there is no
    /// panel.
    pub fn live(&self, request: &str) -> Option<Result<Answered, Error>> {
        self.engine.live(request)
    }

    /// Answers the items of a source, which [`Self::check`] has seen, and tells `watch` of each. How it ended, if
    /// before the last item.
    pub fn batch<'i>(
        &self,
        options: BatchOptions,
        source: ItemSource<'i>,
        watch: &mut dyn BatchWatch,
    ) -> Result<Option<Ended>, Error> {
        let mut run = Run::new(options, source, watch);
        let driven = self.engine.batch(self.user.as_deref(), &mut run);
        let finished = run.finish();
        driven.and(finished)
    }

    /// Whether an item of a batch can be sent at all. Complaints quote no value.
    pub fn check(&self, item: &str, family: Family) -> Result<(), Error> {
        let item = Item::read(item, family)?;
        item.call()?;
        match &item.server {
            Some(name) if !self.engine.has_server(name) => Err(no_table(name)),
            _ => Ok(()),
        }
    }

    /// Lets batches of this client send no more. Only counts, so a signal handler may do it.
    pub fn stop_batches(&self) {
        self.stops.fetch_add(1, Ordering::Relaxed);
    }

    /// How often that was done; a batch stops when it is more than at its beginning.
    pub fn stops(&self) -> u64 {
        self.stops.load(Ordering::Relaxed)
    }

    /// The account that calls are for, where one is configured.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// Whether nobody can tell for which account a call of it would be.
    pub fn lacks_user(&self) -> bool {
        self.user.is_none() && !self.engine.finds_account()
    }

    /// Answers a call whose parameters are JSON text: positional for API 1, named for the others.
    pub fn call_json(
        &self,
        family: Family,
        module: &str,
        func: &str,
        params: &str,
    ) -> Result<Outcome, Error> {
        let args = match family {
            Family::Api1 => Args::from_json_list(params)?,
            Family::Api2 | Family::Uapi | Family::Whm | Family::Whm0 => Args::from_json_object(params)?,
        };
        self.call(&Call { family, module, func, args })
    }
}
