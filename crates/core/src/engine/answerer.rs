//! Who would answer the calls of a client, for programs that say so or work on the store itself.

use crate::api::{Error, ErrorKind};
use crate::engine::config::{Config, Location, Options, Server, SocketPath};
use crate::store::home::HomeStore;

/// Who answers calls, by options, environment and file.
#[derive(Debug)]
pub enum Answerer {
    Store,
    Server(Server),
    /// The servers of the table, by name.
    Servers(Vec<(String, Server)>),
    /// A panel, by the socket that it gave this page.
    Socket(SocketPath),
}

/// Tells who would answer the calls of a client with these options. Opens nothing.
pub fn answerer(options: Options) -> Result<Answerer, Error> {
    let config = Config::load(options)?;
    Ok(match Location::parse(&config.url)? {
        Location::Home(_) => Answerer::Store,
        Location::Remote(server) => Answerer::Server(server),
        Location::Servers(only) => {
            let servers = config.named_servers(only.as_deref())?;
            Answerer::Servers(servers.into_iter().map(|named| (named.name, named.server)).collect())
        }
        Location::Socket(socket) => Answerer::Socket(socket.named_by(config.socket_variable)),
    })
}

/// The embedded store that options, environment and file name, for programs that work on the store itself.
pub fn home_store(options: Options) -> Result<HomeStore, Error> {
    let config = Config::load(options)?;
    match Location::parse(&config.url)? {
        Location::Home(root) => HomeStore::at(&root, &config.virtual_user),
        Location::Remote(server) => Err(no_files(&format!("the server {}", server.shown()))),
        Location::Servers(_) => Err(no_files("a table of servers")),
        Location::Socket(socket) => {
            Err(no_files(&format!("the panel at {}", socket.named_by(config.socket_variable).shown())))
        }
    }
}

fn no_files(what: &str) -> Error {
    let sentence = format!(
        "This works on the files of an embedded mail store, and the setting url names {what}; set LIVEAPI_URL to home:///path"
    );
    Error::new(ErrorKind::Config, sentence)
}
