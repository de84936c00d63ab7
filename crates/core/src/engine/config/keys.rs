//! The settings by name, and what each means: messages, manual pages and the table of settings are made from these.

/// A setting's name and its meaning, with the default in parentheses.
type Described = (&'static str, &'static str);

/// The name of the table of servers among the settings.
pub const SERVERS: &str = "servers";

/// Where calls go: the one setting that every source and every server has.
const URL: Described = (
    "url",
    "Who answers: `home:///PATH` (the embedded mail store below that folder), `whm://USER@HOST` or `cpanel://USER@HOST` \
     (a server), `servers:` (the configured server that hosts the call's domain), `servers:NAME` (that configured \
     server), `unix:///PATH` (a panel's LiveAPI socket) (the socket of the panel's page, else the store at its default \
     place)",
);

const OWN: [Described; 5] = [
    (
        "user",
        "The account that calls are for (the name of the running user; root must name an account in each call)",
    ),
    ("required_strength", "The strength that a new password must reach, 0 to 100 (50)"),
    ("default_quota", "The quota of a new mailbox in MB where the call gives none; 0 for no limit (1024)"),
    (
        "virtual_user",
        "The system user that owns the mail of accounts that root creates without a system user of their name (liveapi)",
    ),
    ("servers_cache_seconds", "How long a server's domain list is cached, in seconds, 1 to 86400 (300)"),
];

const CREDENTIALS: [Described; 8] = [
    (
        "login",
        "How calls log in to a server: `token` (an API token), `session` (a password, once for each session), `basic` (a \
         password in each call) or `hash` (WHM's old access hash) (token)",
    ),
    ("token", "The API token or access hash; keep it in `token_file` where others can read this place"),
    ("token_file", "A file with the API token or access hash, which only its owner may read"),
    ("password", "The password of the logins `session` and `basic`"),
    ("password_file", "A file with that password, which only its owner may read"),
    ("otp", "A one-time code for one login with two factors"),
    ("totp_secret", "The secret of two-factor login, from which a fresh code is made for each login"),
    ("totp_secret_file", "A file with that secret, which only its owner may read"),
];

const REMOTE: [Described; 7] = [
    ("ca_file", "A PEM file with the certificate authorities to trust instead of the system's"),
    ("pin", "The one server certificate to trust: `sha256:` and 64 hexadecimal digits"),
    (
        "insecure_tls",
        "With `yes-i-know` any certificate is trusted, so that any server on the way can read the token and every \
         password (no)",
    ),
    ("connect_timeout", "How many seconds a connection may take to be made; 0 for the default (10)"),
    ("timeout", "How many seconds a whole call may take; 0 for the default (60)"),
    (
        "prefer",
        "With `uapi` API 2 calls are sent as UAPI; with `same` they are sent as they come, while the server has API 2 \
         (same)",
    ),
    ("proxy", "What connections go through: `none`, `environment`, or `http://HOST:PORT` (none)"),
];

/// The settings but the table of servers.
pub fn described_settings() -> impl Iterator<Item = Described> {
    [URL].into_iter().chain(OWN).chain(CREDENTIALS).chain(REMOTE)
}

/// The settings that a server of the table can have.
pub fn described_server_settings() -> impl Iterator<Item = Described> {
    [URL].into_iter().chain(CREDENTIALS).chain(REMOTE)
}

/// The names of all settings but the table of servers; the same in options, in the file and, with `LIVEAPI_` in
/// front and in capitals, in the environment.
pub fn setting_keys() -> impl Iterator<Item = &'static str> {
    described_settings().map(|(name, _)| name)
}

/// The names of the settings that a server of the table can have.
pub(super) fn server_keys() -> impl Iterator<Item = &'static str> {
    described_server_settings().map(|(name, _)| name)
}

/// Whether a setting says who logs in and with what.
pub(super) fn is_credential(key: &str) -> bool {
    CREDENTIALS.iter().any(|(name, _)| *name == key)
}
