//! Settings by name, from every source: options of a constructor, the environment, the file.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::api::{Error, ErrorKind};
use crate::base::nearest;
use crate::engine::config::credentials::CredentialOptions;
use crate::engine::config::keys::{SERVERS, setting_keys};
use crate::engine::config::masked::without_password;
use crate::engine::config::remote::RemoteOptions;
use crate::engine::config::servers::Servers;
use crate::engine::config::setting::{self, wrong};
use crate::store::Quota;

/// The longest time that a server's domains can be kept, in seconds.
const MOST_CACHE_SECONDS: u64 = 24 * 60 * 60;

/// Settings that one source gives; what it does not give is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Which engine answers, e.g. `home:///srv/homes`.
    pub url: Option<String>,
    /// The account that calls are for.
    pub user: Option<String>,
    /// As whom and with what calls go to a server.
    pub credentials: CredentialOptions,
    /// The strength that a new mailbox password must reach, 0 to 100.
    pub required_strength: Option<u8>,
    /// The quota of a new mailbox where the call gives none.
    pub default_quota: Option<Quota>,
    /// The system user that owns mail when root creates an account without a system user of its name.
    pub virtual_user: Option<String>,
    /// What only calls to a server need.
    pub remote: RemoteOptions,
    /// The servers that calls may go to.
    pub servers: Option<Servers>,
    /// How long a server's domain list is cached.
    pub servers_cache: Option<Duration>,
}

impl Options {
    /// Reads a constructor's options: a JSON object; `{}`, `null` and `[]` mean none.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let value: Value = serde_json::from_str(text)
            .map_err(|e| Error::new(ErrorKind::BadJson, format!("The options are not valid JSON: {e}")))?;
        match value {
            Value::Null => Ok(Self::default()),
            Value::Array(list) if list.is_empty() => Ok(Self::default()),
            Value::Object(map) => Self::from_map(map, "the options"),
            _ => Err(Error::new(ErrorKind::BadParams, "The options must be a JSON object")),
        }
    }

    /// Reads the configuration file's text (TOML).
    pub(crate) fn from_toml(text: &str, path: &str) -> Result<Self, Error> {
        let table: toml::Table = text.parse().map_err(|cause: toml::de::Error| {
            // The message names the problem and never quotes the line, which may hold a secret.
            Error::new(
                ErrorKind::Config,
                format!("The configuration file {path} is not valid TOML: {}", cause.message()),
            )
        })?;
        match serde_json::to_value(table) {
            Ok(Value::Object(map)) => Self::from_map(map, path),
            _ => Err(wrong("(all)", "cannot be read", path)),
        }
    }

    /// Takes settings by name; null counts as not given.
    pub(crate) fn from_map(map: Map<String, Value>, source: &str) -> Result<Self, Error> {
        let mut options = Self::default();
        for (key, value) in map {
            match value {
                Value::Object(tables) if key == SERVERS => {
                    options.servers = Some(Servers::read(tables, source)?);
                }
                value => {
                    if let Some(text) = setting::text(&key, value, source)? {
                        options.set(&key, text, source)?;
                    }
                }
            }
        }
        Ok(options)
    }

    /// Reads `LIVEAPI_URL` and its fellows; an empty variable counts as unset.
    pub(crate) fn from_environment(get: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let mut options = Self::default();
        for key in setting_keys() {
            let name = format!("LIVEAPI_{}", key.to_uppercase());
            if let Some(value) = get(&name).filter(|value| !value.is_empty()) {
                options.set(key, value, &format!("the environment variable {name}"))?;
            }
        }
        Ok(options)
    }

    fn set(&mut self, key: &str, value: String, source: &str) -> Result<(), Error> {
        match key {
            "url" => self.url = Some(value),
            "user" => self.user = Some(value),
            "virtual_user" => self.virtual_user = Some(value),
            "required_strength" => match value.parse() {
                Ok(strength @ 0..=100) => self.required_strength = Some(strength),
                _ => return Err(wrong(key, "must be a whole number from 0 to 100", source)),
            },
            "default_quota" => match Quota::from_mebibytes(&value) {
                Ok(quota) => self.default_quota = Some(quota),
                Err(_) => {
                    return Err(wrong(
                        key,
                        "must be a whole number of MB, or 0 or unlimited for none",
                        source,
                    ));
                }
            },
            "servers_cache_seconds" => match value.parse() {
                Ok(seconds @ 1..=MOST_CACHE_SECONDS) => {
                    self.servers_cache = Some(Duration::from_secs(seconds));
                }
                _ => return Err(wrong(key, "must be a whole number of seconds from 1 to 86400", source)),
            },
            SERVERS => {
                return Err(wrong(key, "must be a table: [servers.NAME] with url and token_file", source));
            }
            _ => {
                let set = self.remote.set(key, &value).or_else(|| self.credentials.set(key, value));
                set.ok_or_else(|| unknown(key, source))?.map_err(|why| wrong(key, why, source))?;
            }
        }
        Ok(())
    }

    /// A setting as text; a secret is only said to be one.
    pub fn shown(&self, key: &str) -> Option<String> {
        match key {
            "url" => self.url.as_deref().map(without_password),
            "user" => self.user.clone(),
            "required_strength" => self.required_strength.map(|strength| strength.to_string()),
            "default_quota" => self.default_quota.map(Quota::shown_in_mebibytes),
            "virtual_user" => self.virtual_user.clone(),
            "servers_cache_seconds" => self.servers_cache.map(|time| time.as_secs().to_string()),
            _ => self.credentials.shown(key).or_else(|| self.remote.shown(key)),
        }
    }

    /// Whether a secret is among them, so that nobody else may read where they come from.
    pub(crate) fn holds_secret(&self) -> bool {
        self.credentials.hold_a_secret()
            || self.remote.hold_a_secret()
            || self.servers.as_ref().is_some_and(Servers::holds_secret)
    }

    /// These settings, and where they say nothing those of `weaker`.
    pub(crate) fn or(self, weaker: Self) -> Self {
        Self {
            url: self.url.or(weaker.url),
            user: self.user.or(weaker.user),
            credentials: self.credentials.or(weaker.credentials),
            required_strength: self.required_strength.or(weaker.required_strength),
            default_quota: self.default_quota.or(weaker.default_quota),
            virtual_user: self.virtual_user.or(weaker.virtual_user),
            remote: self.remote.or(weaker.remote),
            servers: self.servers.or(weaker.servers),
            servers_cache: self.servers_cache.or(weaker.servers_cache),
        }
    }
}

fn unknown(key: &str, source: &str) -> Error {
    let known = || setting_keys().chain([SERVERS]);
    let sentence = format!(
        "There is no setting “{key}” (in {source}); did you mean “{}”? Known are {}",
        nearest(known(), key).unwrap_or_default(),
        known().collect::<Vec<_>>().join(", ")
    );
    Error::new(ErrorKind::Config, sentence)
}

#[cfg(test)]
mod tests {
    use super::Options;

    #[test]
    fn each_source_reads_the_same_names() {
        let expected = Options {
            url: Some("home:///srv".into()),
            user: Some("bob".into()),
            required_strength: Some(0),
            ..Options::default()
        };
        let json = r#"{"url":"home:///srv","user":"bob","required_strength":0,"virtual_user":null}"#;
        assert_eq!(Options::from_json(json).unwrap(), expected);
        let toml = "url = 'home:///srv'\nuser = 'bob'\nrequired_strength = 0\n";
        assert_eq!(Options::from_toml(toml, "f").unwrap(), expected);
        let environment = |name: &str| match name {
            "LIVEAPI_URL" => Some("home:///srv".to_owned()),
            "LIVEAPI_USER" => Some("bob".to_owned()),
            "LIVEAPI_REQUIRED_STRENGTH" => Some("0".to_owned()),
            "LIVEAPI_VIRTUAL_USER" => Some(String::new()),
            _ => None,
        };
        assert_eq!(Options::from_environment(environment).unwrap(), expected);
    }

    #[test]
    fn mistakes_are_named_with_their_source_and_the_nearest_name() {
        for (result, words) in [
            (Options::from_json(r#"{"usr":"bob"}"#), ["usr", "“user”", "the options"]),
            (
                Options::from_toml("requiredstrength = 3", "/etc/f"),
                ["requiredstrength", "“required_strength”", "/etc/f"],
            ),
            (
                Options::from_json(r#"{"required_strength":101}"#),
                ["required_strength", "0 to 100", "the options"],
            ),
            (Options::from_json(r#"{"default_quota":"much"}"#), ["default_quota", "MB", "the options"]),
            (Options::from_json(r#"{"url":["x"]}"#), ["url", "text", "the options"]),
            (Options::from_json(r#"{"token":"s3cret with blanks"}"#), ["token", "one word", "the options"]),
            (Options::from_json("7"), ["options", "must be", "object"]),
            (Options::from_json("{"), ["options", "JSON", "not valid"]),
            (Options::from_toml("url = s3cret", "/etc/f"), ["/etc/f", "TOML", "not valid"]),
        ] {
            let message = result.unwrap_err().to_string();
            assert!(words.iter().all(|word| message.contains(word)), "{message}");
            assert!(!message.contains("s3cret"), "{message}");
        }
    }

    #[test]
    fn a_password_in_a_url_is_not_shown() {
        for (url, shown) in [
            ("whm://root:s3cret@host:2087/x", "whm://root:(a secret)@host:2087/x"),
            ("home://u:s3c@ret@/srv/a@b:c", "home://u:(a secret)@/srv/a@b:c"),
            ("whm://root@host", "whm://root@host"),
            ("home:///srv/homes", "home:///srv/homes"),
        ] {
            let options = Options { url: Some(url.into()), ..Options::default() };
            assert_eq!(options.shown("url").unwrap(), shown);
        }
    }

    #[test]
    fn the_stronger_source_wins_name_by_name() {
        let strong = Options { user: Some("bob".into()), ..Options::default() };
        let weak = Options { user: Some("eve".into()), url: Some("home:///x".into()), ..Options::default() };
        let both = strong.or(weak);
        assert_eq!((both.user.as_deref(), both.url.as_deref()), (Some("bob"), Some("home:///x")));
    }
}
