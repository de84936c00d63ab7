//! The life of the daemon: its start, its signals, its end.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use sd_notify::NotifyState;
use signal_hook::consts::SIGHUP;
use tokio::sync::watch;

use super::invocation::Invocation;
use super::process::{internal, notify, prepare, report_panics, signals};
use crate::server::accept::listen::{self, Background, Listeners, OpenPort};
use crate::server::accept::tls::ServedCertificate;
use crate::server::app::App;
use crate::server::auth::{Gate, NoPasswords, Passwords, StorePasswords};
use crate::server::context::Context;
use crate::server::dispatch::Dispatcher;
use crate::server::live::AccountSockets;
use crate::server::ops::certificate::{self, CertificateFiles};
use crate::server::ops::monitor;
use crate::server::settings::{Port, Settings, every_port};
use liveapi_core::api::{Error, ErrorKind};
use liveapi_core::base::environment::Environment;
use liveapi_core::engine::{self, Answerer};
use liveapi_core::store::MailStore;

/// How often certificates are looked at.
const TEND: Duration = Duration::from_secs(5);

/// Serves until a signal ends it.
pub(super) fn serve(
    invocation: Invocation<'_>,
    settings: Settings,
    ports: &[Port],
    files: &CertificateFiles,
) -> Result<(), Error> {
    prepare();
    let opened = open(ports)?;
    let monitor = settings.monitor.map(|address| listen::bind("monitor", address)).transpose()?;
    let shown = ServedCertificate::new(&files.certificate, &files.key)?;
    let acceptor = shown.acceptor()?;
    let daemon = Daemon::new(invocation, settings)?;
    report_panics(&daemon.context);
    let signals = signals()?;
    let (stop, stopped) = watch::channel(false);
    let background = daemon.background(monitor, &stopped);
    let threads = Listeners::new(Arc::clone(&daemon.app), Arc::clone(&daemon.context), acceptor, stopped)
        .start(&opened, background)
        .map_err(|cause| internal("The threads of the daemon cannot start", &cause))?;
    for open in &opened {
        daemon.context.log.say("info", &format!("{} answers on {}", open.port.name, open.port.address));
    }
    notify(&[NotifyState::Ready]);
    daemon.watch(invocation, &signals, &shown, files);
    notify(&[NotifyState::Stopping]);
    drop(opened);
    let _ = stop.send(true);
    for thread in threads {
        let _ = thread.join();
    }
    daemon.context.log.say("info", "Ended; everything that was begun is answered");
    Ok(())
}

/// One daemon, from its lowest floor to its highest.
struct Daemon {
    context: Arc<Context>,
    dispatcher: Arc<Dispatcher>,
    app: Arc<App>,
    account_sockets: Option<Arc<AccountSockets>>,
}

impl Daemon {
    fn new(invocation: Invocation<'_>, settings: Settings) -> Result<Self, Error> {
        let store = || -> Result<Arc<dyn MailStore>, Error> {
            Ok(Arc::new(engine::home_store(invocation.options())?))
        };
        let own_store = match engine::answerer(invocation.options())? {
            Answerer::Store => Some(store()?),
            _ => None,
        };
        let passwords: Box<dyn Passwords> = match &own_store {
            None => Box::new(NoPasswords),
            Some(_) => Box::new(StorePasswords(engine::home_store(invocation.options())?)),
        };
        let account_sockets = settings.live_sockets.as_deref().map(|folder| {
            // A gateway knows no accounts of this machine; the store's complaint says so.
            AccountSockets::take(folder, store()?).map(Arc::new)
        });
        let account_sockets = account_sockets.transpose()?;
        let gate = Gate::open(&settings.state, &settings.logins, passwords)?;
        let context = Arc::new(Context::new(settings));
        let (client, gateway) = (invocation.client()?, own_store.is_none());
        let dispatcher = Arc::new(Dispatcher::new(Arc::clone(&context), gate, client, gateway));
        let app = Arc::new(App::new(Arc::clone(&dispatcher), own_store));
        Ok(Self { context, dispatcher, app, account_sockets })
    }

    /// What goes on beside the ports: the monitor, and the sockets of accounts.
    fn background(&self, monitor: Option<TcpListener>, stop: &watch::Receiver<bool>) -> Vec<Background> {
        let mut background: Vec<Background> = Vec::new();
        if let Some(listener) = monitor {
            background.push(Box::pin(monitor::serve(Arc::clone(&self.app), listener, stop.clone())));
        }
        if let Some(sockets) = &self.account_sockets {
            let dispatcher = Arc::clone(&self.dispatcher);
            background.push(Box::pin(Arc::clone(sockets).keep(dispatcher, stop.clone())));
        }
        background
    }

    /// Waits for signals, and looks after the certificates meanwhile.
    fn watch(
        &self,
        invocation: Invocation<'_>,
        signals: &Receiver<i32>,
        shown: &ServedCertificate,
        files: &CertificateFiles,
    ) {
        loop {
            match signals.recv_timeout(TEND) {
                Ok(SIGHUP) => self.reload(invocation),
                Ok(_) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {}
            }
            let settings = self.context.settings();
            if settings.certificate.is_none()
                && let Err(error) = files.ensure(&certificate::names(&settings.names))
            {
                self.context.log.say("error", &error.to_string());
            }
            match shown.renew() {
                Ok(true) => self
                    .context
                    .log
                    .say("info", "The certificate changed; new connections are shown the new one"),
                Ok(false) => {}
                Err(error) => self.context.log.say("error", &format!("{error}; the old one is still shown")),
            }
        }
    }

    /// Reads the configuration again; what is wrong with it leaves the one that holds.
    fn reload(&self, invocation: Invocation<'_>) {
        if let Ok(now) = NotifyState::monotonic_usec_now() {
            notify(&[NotifyState::Reloading, now]);
        }
        let read = invocation
            .settings()
            .and_then(|settings| Ok((settings.ports()?, settings, invocation.client()?)));
        match read {
            Ok((ports, settings, client)) => {
                let before = self.context.settings();
                let of_ports = before.ports().is_ok_and(|open| open != ports).then_some("The ports");
                let of_sockets =
                    (before.live_sockets != settings.live_sockets).then_some("The folder of live_sockets");
                for what in [of_ports, of_sockets].into_iter().flatten() {
                    let sentence =
                        format!("{what} changed; that needs a restart, all else holds from now on");
                    self.context.log.say("warning", &sentence);
                }
                self.context.renew(settings);
                self.dispatcher.renew(client);
                self.context.log.say("info", "The configuration was read again");
            }
            Err(error) => {
                self.context.log.say("error", &format!("The configuration stays as it was: {error}"))
            }
        }
        notify(&[NotifyState::Ready]);
    }
}

/// Ports that systemd opened, by their names; else all of them by ourselves.
fn open(ports: &[crate::server::settings::Port]) -> Result<Vec<OpenPort>, Error> {
    let given = if Environment::now().counts() { sd_listen_fds::get() } else { Ok(Vec::new()) };
    let given = given.map_err(|cause| {
        Error::new(ErrorKind::Config, format!("The sockets from systemd cannot be taken: {cause}"))
    })?;
    if given.is_empty() {
        return ports.iter().map(|port| listen::open(*port)).collect();
    }
    let all = every_port();
    given
        .into_iter()
        .map(|(name, descriptor)| {
            let name = name.unwrap_or_default();
            let port = all.iter().find(|port| port.name == name).ok_or_else(|| {
                let names = all.iter().map(|port| port.name).collect::<Vec<_>>().join(", ");
                Error::new(
                    ErrorKind::Config,
                    format!(
                        "systemd gave a socket named “{name}”; FileDescriptorName= must be one of {names}"
                    ),
                )
            })?;
            let listener = TcpListener::from(descriptor.into_std());
            let address = listener.local_addr().map_err(|cause| {
                internal("A file descriptor from systemd is not a listening socket", &cause)
            })?;
            Ok(OpenPort { port: crate::server::settings::Port { address, ..*port }, listener })
        })
        .collect()
}
