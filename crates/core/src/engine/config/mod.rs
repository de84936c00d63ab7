//! The configuration: every setting by its name, the sources that settings come from, and where a URL leads.
//!
//! [`Options`] is what one source gives; [`sources()`] finds them, the strongest first; [`Config`] is what holds.

mod credentials;
mod environment;
mod file;
mod keys;
mod loaded;
mod location;
mod masked;
mod options;
mod pin;
mod proxy;
mod remote;
mod second_factor;
mod secret;
mod server;
mod servers;
mod setting;
mod socket_path;
mod sources;

pub use credentials::{CredentialOptions, Credentials, Login};
pub use keys::{SERVERS, described_server_settings, described_settings, setting_keys};
pub use loaded::{Config, NamedServer};
pub(crate) use location::Location;
pub use options::Options;
pub use pin::Pin;
pub use proxy::{ProxySetting, ProxyUrl};
pub(crate) use remote::Trust;
pub use remote::{RemoteOptions, RemoteSettings};
pub(crate) use secret::LoginSecret;
pub use server::{Server, Service};
pub use servers::Servers;
pub use socket_path::SocketPath;
pub use sources::{SettingSource, sources};
