//! The sources of settings, and which is the strongest: explicit options, the environment, the panel that runs this
//! page, one file.

use crate::api::Error;
use crate::base::environment::Environment;
use crate::engine::config::environment::panel;
use crate::engine::config::file::read_file;
use crate::engine::config::options::Options;

/// One place that settings come from.
pub struct SettingSource {
    origin: Origin,
    pub options: Options,
}

enum Origin {
    Explicit,
    Environment,
    /// The panel that runs this page, by the variable that names its socket.
    Panel(&'static str),
    File(String),
}

impl SettingSource {
    /// Where a setting of this source comes from, for people.
    pub fn origin_of(&self, key: &str) -> String {
        match &self.origin {
            Origin::Explicit => "option".to_owned(),
            Origin::Environment => format!("environment variable LIVEAPI_{}", key.to_uppercase()),
            Origin::Panel(name) => format!("environment variable {name}"),
            Origin::File(path) => format!("file {path}"),
        }
    }

    /// The panel's variable, if that is what it is.
    pub(crate) fn socket_variable(&self) -> Option<&'static str> {
        match self.origin {
            Origin::Panel(name) => Some(name),
            Origin::Explicit | Origin::Environment | Origin::File(_) => None,
        }
    }
}

/// All places, the strongest first. Where the environment counts for nothing, only the options and the machine's file.
pub fn sources(explicit: Options) -> Result<Vec<SettingSource>, Error> {
    let variables = Environment::now();
    let environment = Options::from_environment(|name| variables.text(name))?;
    let is_named = explicit.url.is_some() || environment.url.is_some();
    let panel = if is_named { None } else { panel(variables)? };
    let mut file = read_file(variables, panel.is_none())?;
    if panel.is_some() {
        // The page is for the account that is logged in; the one of the machine's file is for other calls.
        file.iter_mut().for_each(|(_, options)| options.user = None);
    }
    let mut sources = vec![
        SettingSource { origin: Origin::Explicit, options: explicit },
        SettingSource { origin: Origin::Environment, options: environment },
    ];
    sources.extend(panel.map(|(name, url)| SettingSource {
        origin: Origin::Panel(name),
        options: Options { url: Some(url), ..Options::default() },
    }));
    sources.extend(file.map(|(path, options)| SettingSource { origin: Origin::File(path), options }));
    Ok(sources)
}
