//! What a script is, by its name, and who runs it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use liveapi_core::api::{Error, ErrorKind};

/// What a script is written in, by the ending of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScriptKind {
    /// `.live.php`, `.livephp`.
    Php,
    /// `.live.pl`, `.livepl`.
    Perl,
    /// Any other program, by its own first line.
    Program,
}

/// How a script talks to the program that starts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScriptInterface {
    /// To a visitor, through a web server (CGI).
    Cgi,
    /// To whoever started it, on a terminal or in a pipe.
    Plain,
}

/// The endings of names, as the panel knows them.
const ENDINGS: [(&str, ScriptKind); 4] = [
    (".live.php", ScriptKind::Php),
    (".livephp", ScriptKind::Php),
    (".live.pl", ScriptKind::Perl),
    (".livepl", ScriptKind::Perl),
];

impl ScriptKind {
    /// The kind of a file; none if it is neither named like a script nor executable.
    pub fn of(path: &Path, is_executable: bool) -> Option<Self> {
        let name = path.file_name().unwrap_or_default().as_bytes().to_ascii_lowercase();
        let known = ENDINGS.iter().find(|(ending, _)| name.ends_with(ending.as_bytes()));
        known.map(|(_, kind)| *kind).or(is_executable.then_some(Self::Program))
    }

    /// The program that runs it and Debian's package that has it; none if it runs by itself.
    fn interpreter(self, interface: ScriptInterface) -> Option<(&'static str, &'static str)> {
        match (self, interface) {
            (Self::Php, ScriptInterface::Cgi) => Some(("php-cgi", "php-cgi")),
            (Self::Php, ScriptInterface::Plain) => Some(("php", "php-cli")),
            (Self::Perl, _) => Some(("perl", "perl")),
            (Self::Program, _) => None,
        }
    }

    /// The words that start a script: program, then arguments. Under CGI php-cgi learns the script's name from its
    /// environment alone, so that no word of a visitor's can ever stand where its options do.
    pub fn command(
        self,
        interface: ScriptInterface,
        script: &Path,
        path: &OsStr,
    ) -> Result<Vec<PathBuf>, Error> {
        let Some((program, package)) = self.interpreter(interface) else {
            return Ok(vec![script.to_owned()]);
        };
        let found = look_up(program, path).ok_or_else(|| {
            let sentence = format!(
                "The page {} needs the program {program}, which is in none of the folders {}; install it (Debian: apt-get install {package})",
                script.display(),
                path.display()
            );
            Error::new(ErrorKind::Config, sentence)
        })?;
        Ok(match (self, interface) {
            (Self::Php, ScriptInterface::Cgi) => vec![found],
            _ => vec![found, script.to_owned()],
        })
    }
}

/// A program in the folders of `PATH`.
fn look_up(program: &str, path: &OsStr) -> Option<PathBuf> {
    let folders = std::env::split_paths(path).filter(|folder| folder.is_absolute());
    folders.map(|folder| folder.join(program)).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_kind() {
        for (name, executable, kind) in [
            ("a.live.php", false, Some(ScriptKind::Php)),
            ("A.LIVE.PHP", false, Some(ScriptKind::Php)),
            ("a.livephp", true, Some(ScriptKind::Php)),
            ("a.live.pl", false, Some(ScriptKind::Perl)),
            ("a.livepl", false, Some(ScriptKind::Perl)),
            ("a.php", false, None),
            ("a.pl", true, Some(ScriptKind::Program)),
            ("a.cgi", true, Some(ScriptKind::Program)),
            ("live.php", false, None),
            ("a.live.php.bak", false, None),
        ] {
            assert_eq!(ScriptKind::of(Path::new(name), executable), kind, "{name}");
        }
    }

    #[test]
    fn a_missing_interpreter_is_named_with_its_package() {
        let script = Path::new("/p/a.live.php");
        let none = ScriptKind::Php
            .command(ScriptInterface::Cgi, script, "/nowhere:relative".as_ref())
            .unwrap_err()
            .to_string();
        assert!(none.contains("php-cgi") && none.contains("apt-get install php-cgi"), "{none}");
        let program =
            ScriptKind::Program.command(ScriptInterface::Cgi, Path::new("/p/x.cgi"), "".as_ref()).unwrap();
        assert_eq!(program, [Path::new("/p/x.cgi")]);
        let perl = ScriptKind::Perl
            .command(ScriptInterface::Cgi, script, crate::live::script::PATH.as_ref())
            .unwrap();
        assert_eq!(perl[1], script);
        assert_eq!(
            ScriptKind::Php
                .command(ScriptInterface::Cgi, script, crate::live::script::PATH.as_ref())
                .unwrap()
                .len(),
            1
        );
    }
}
