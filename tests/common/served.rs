//! Our own end of the LiveAPI socket, on a store, as a page finds it.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::thread::JoinHandle;

use liveapi_core::engine::{Client, Options};
use liveapi_core::tags::Form;
use liveapi_programs::live::{ClientService, Limits, Service, Socket, SocketOwner, variables};
use tokio::sync::watch;

use super::common::{Store, UNPRIVILEGED, library};

/// A socket that is answered on.
pub struct Served {
    path: PathBuf,
    stop: watch::Sender<bool>,
    answering: Option<JoinHandle<()>>,
}

impl Served {
    /// For the account bob of a store.
    pub fn on(store: &Store) -> Self {
        let options = Options {
            url: Some(format!("home://{}", store.root.display())),
            user: Some("bob".into()),
            virtual_user: Some(UNPRIVILEGED.into()),
            ..Options::default()
        };
        let client = Client::new(options).unwrap();
        Self::by(store, Arc::new(ClientService { client, form: Form::default() }))
    }

    /// By anybody.
    pub fn by(store: &Store, service: Arc<dyn Service>) -> Self {
        let socket = Socket::open(&store.dir, SocketOwner::me()).unwrap();
        let path = socket.path().to_owned();
        let (stop, stopped) = watch::channel(false);
        let answering = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(socket.serve(service, Limits::default(), stopped)).unwrap();
        });
        Self { path, stop, answering: Some(answering) }
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("unix://{}", self.path.display())
    }

    /// A command that finds the socket as a page does, and no other engine.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        for name in ["URL", "USER", "CONFIG", "TOKEN", "TIMEOUT", "CONNECT_TIMEOUT", "REQUIRED_STRENGTH"] {
            command.env_remove(format!("LIVEAPI_{name}"));
        }
        command.envs(variables(&self.path)).env("LIVEAPI_LIBRARY", library());
        command.env("HOME", self.path.parent().unwrap());
        command
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        if let Some(answering) = self.answering.take() {
            let _ = answering.join();
        }
    }
}
