//! Dovecot's configuration as `doveconf -n` shows it, in the language of 2.3 or of 2.4.

use super::super::dovecot::Language;

/// What keeps the owner of a line of `shadow` from naming another user in it.
pub(super) fn guard(language: Language) -> &'static str {
    match language {
        Language::V2_3 => "override_fields = user=%L{orig_user}",
        Language::V2_4 => "fields_import_all = no",
    }
}

/// One `passdb`: where passwords come from.
#[derive(Debug)]
pub(super) struct Passdb<'c> {
    language: Language,
    name: &'c str,
    block: &'c str,
}

impl<'c> Passdb<'c> {
    /// All of a configuration, in its order.
    pub(super) fn all(config: &'c str, language: Language) -> Vec<Self> {
        blocks(config, "passdb").into_iter().map(|(name, block)| Self { language, name, block }).collect()
    }

    /// What it reads: a path, in 2.3 among other words.
    pub(super) fn source(&self) -> &'c str {
        let name = match self.language {
            Language::V2_3 => "args",
            Language::V2_4 => "passwd_file_path",
        };
        setting(self.block, name)
    }

    /// Whether a script answers. In 2.4 the name of a block is its driver, if it does not say another.
    pub(super) fn is_script(&self) -> bool {
        match setting(self.block, "driver") {
            "" => self.name == "lua",
            driver => driver == "lua",
        }
    }

    /// Whether who is in it is refused.
    pub(super) fn denies(&self) -> bool {
        setting(self.block, "deny") == "yes"
    }

    /// Whether of a line only name and hash count.
    pub(super) fn is_guarded(&self) -> bool {
        let guard = guard(self.language).split_once(" = ");
        guard.is_some_and(|(name, value)| setting(self.block, name).contains(value))
    }
}

/// The name and the settings of each `passdb { … }` and `passdb NAME { … }`.
fn blocks<'c>(config: &'c str, kind: &str) -> Vec<(&'c str, &'c str)> {
    let starts = config.split('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len() + 1;
        Some((start, line))
    });
    let opening = |line: &'c str| {
        let name = line.trim().strip_prefix(kind)?.strip_suffix('{')?;
        (name.starts_with(' ')).then_some(name.trim())
    };
    starts
        .filter_map(|(start, line)| {
            let name = opening(line)?;
            Some((name, &config[start..start + config[start..].find("\n}")?]))
        })
        .collect()
}

/// The value of a setting; empty without one.
pub(super) fn setting<'b>(block: &'b str, name: &str) -> &'b str {
    let value = block.lines().find_map(|line| line.trim().strip_prefix(name)?.trim_start().strip_prefix('='));
    value.unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passdbs_of_both_languages() {
        let old = "a = b\npassdb {\n  args = x=y /s/.liveapi/domains/%d/shadow\n  driver = passwd-file\n  override_fields = user=%L{orig_user}\n}\nuserdb {\n  driver = lua\n}\n";
        let new = "passdb gone {\n  deny = yes\n  driver = passwd-file\n}\npassdb passwd-file {\n  fields_import_all = no\n  passwd_file_path = /s/.liveapi/domains/%{user | domain}/shadow\n}\npassdb lua {\n}\n";
        let [only] = &Passdb::all(old, Language::V2_3)[..] else { panic!() };
        assert!(only.is_guarded() && !only.is_script() && only.source().ends_with("/%d/shadow"));
        let [gone, file, script] = &Passdb::all(new, Language::V2_4)[..] else { panic!() };
        assert!(gone.denies() && !gone.is_guarded() && !gone.is_script());
        assert!(file.is_guarded() && !file.denies() && file.source().ends_with(" domain}/shadow"));
        assert!(script.is_script());
        assert_eq!(setting(old, "a"), "b");
        assert!(Passdb::all("passdb {", Language::V2_3).is_empty());
    }
}
