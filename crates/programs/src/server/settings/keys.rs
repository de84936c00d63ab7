//! The names of the settings, and what they mean.

use super::pages;

/// The settings that are not about pages.
const OWN_KEYS: [(&str, &str); 29] = [
    ("whm", "Where WHM listens with TLS: ADDRESS:PORT, PORT, or off (0.0.0.0:2087)"),
    ("cpanel", "Where cPanel listens with TLS (0.0.0.0:2083)"),
    ("webmail", "Where webmail listens with TLS (0.0.0.0:2096)"),
    ("whm_plain", "Where WHM listens without TLS (off); on loopback only, unless plain_anywhere is set"),
    ("cpanel_plain", "Where cPanel listens without TLS (off)"),
    ("webmail_plain", "Where webmail listens without TLS (off)"),
    ("all_ports", "With yes: all six ports, those without TLS on loopback (no)"),
    ("plain_anywhere", "With yes-i-know: passwords may cross the network unencrypted (no)"),
    ("monitor", "Where /healthz and /metrics are answered, on loopback (127.0.0.1:9287), or off"),
    ("state", "The folder of the daemon's own users, tokens and certificates"),
    ("certificate", "A PEM file with the certificate and its chain, instead of the daemon's own certificate"),
    ("certificate_key", "The PEM file with the certificate's key, which others may not read"),
    ("names", "Further host names and addresses for the daemon's own certificate, separated by commas"),
    ("connections", "Most connections at the same time (12000)"),
    ("connections_per_address", "Most connections from one address at the same time (500)"),
    (
        "calls_per_account",
        "Most calls of one account that are made at the same time; others wait in its line (4)",
    ),
    ("request_memory", "How many MiB unanswered requests may take (128)"),
    ("request_memory_per_address", "How many MiB unanswered requests from one address may take (32)"),
    (
        "socket_memory",
        "How many MiB unanswered requests over LiveAPI sockets may take, each account a quarter of it (256)",
    ),
    ("idle_seconds", "How long a connection may wait between two requests (70)"),
    ("request_seconds", "How long a request may take to arrive (30)"),
    ("live_sockets", "A folder in which each account gets a LiveAPI socket for its scripts, or off (off)"),
    (
        "allow_access_hash",
        "With yes: access hashes (WHM user:hash) are accepted, for clients from before API tokens (no)",
    ),
    ("session_idle_minutes", "After how long without a request a session ends (15)"),
    (
        "failures_per_user",
        "The number of wrong passwords within 5 minutes that locks a user name for 5 minutes (5)",
    ),
    (
        "failures_per_address",
        "The number of wrong passwords within 5 minutes that locks an address for 15 minutes (20)",
    ),
    (
        "trusted",
        "Addresses that are never locked, separated by commas; name a webmail server, which logs in for all its users",
    ),
    (
        "webmail_url",
        "The address that a browser opens after a link of create_user_session logs it in to webmail: https://NAME/PATH, or off (off)",
    ),
    (
        "strict_http_status",
        "With yes: a function's refusal has the status 422 and a failure 503, not 200 as on cPanel (no)",
    ),
];

/// Names and meanings of all settings; for reading, `--help` and the manual.
pub fn keys() -> impl Iterator<Item = (&'static str, &'static str)> {
    OWN_KEYS.into_iter().chain(pages::KEYS)
}
