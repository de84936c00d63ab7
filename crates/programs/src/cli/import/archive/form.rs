//! What an archive holds, and below which path: a backup of an account, or a home alone. Its paths tell; the archive
//! is read for that until there is no doubt, at the latest to its end.

use std::collections::{BTreeMap, BTreeSet};

/// The home as an archive inside the archive, as old backups have it, compressed or not.
const NESTED: &[u8] = b"homedir.tar";
/// What stands at the top of backups, and of no home.
const MARKS: [&[u8]; 8] = [b"cp", b"va", b"vad", b"vf", b"userdata", b"homedir", b"version", b"dnszones"];
/// How the folders are called in which cPanel puts a backup.
const NAMES: [&[u8]; 3] = [b"cpmove-", b"backup-", b"pkgacct-"];
/// Deepest folder in which a home may stand: `home/alice`.
const MAX_ABOVE: usize = 3;

type Path = Vec<Vec<u8>>;

/// What an archive holds, below which path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Backup(Path),
    Home(Path),
}

/// Whether a name is the home's own archive.
pub(super) fn is_nested(name: &[u8]) -> bool {
    name.strip_prefix(NESTED)
        .is_some_and(|rest| rest.is_empty() || [&b".gz"[..], b".bz2", b".xz", b".zst"].contains(&rest))
}

/// Sees one path after the other, and says what they are.
#[derive(Debug, Default)]
pub(super) struct FormFinder {
    /// Marks of backups, by the path above them.
    backups: BTreeMap<Path, BTreeSet<Vec<u8>>>,
    /// Paths below which stands a folder `etc` or `mail`.
    homes: BTreeSet<Path>,
    /// What the paths of all files have in common.
    common: Option<Path>,
}

impl FormFinder {
    /// Looks at a path; says what the archive holds, if nothing behind it can change that.
    pub(super) fn see(&mut self, steps: &[Vec<u8>], is_folder: bool) -> Option<Form> {
        let above = if is_folder { steps } else { &steps[..steps.len().saturating_sub(1)] };
        if !is_folder {
            let common = self.common.get_or_insert_with(|| above.to_vec());
            let length = common.iter().zip(above).take_while(|(a, b)| a == b).count();
            common.truncate(length);
        }
        for depth in 0..steps.len().min(2) {
            let name = &steps[depth];
            if MARKS.contains(&name.as_slice()) || is_nested(name) {
                self.backups.entry(steps[..depth].to_vec()).or_default().insert(name.clone());
            }
        }
        for depth in 0..above.len().min(MAX_ABOVE + 1) {
            if above[depth] == b"etc" || above[depth] == b"mail" {
                self.homes.insert(above[..depth].to_vec());
            }
        }
        self.early()
    }

    fn early(&self) -> Option<Form> {
        let sure = |path: &Path| match &path[..] {
            [] => true,
            [name] => NAMES.iter().any(|start| name.starts_with(start)),
            _ => false,
        };
        // An empty folder may stand beside the home's own archive.
        let has_home = |path: &Path, marks: &BTreeSet<Vec<u8>>| {
            let inside = [path.as_slice(), &[b"homedir".to_vec()]].concat();
            self.homes.contains(&inside) || marks.iter().any(|name| is_nested(name))
        };
        let mut backups = self.backups.iter();
        let sure =
            backups.find(|(path, marks)| sure(path) && marks.contains(&b"cp"[..]) && has_home(path, marks));
        sure.map(|(path, _)| Form::Backup(path.clone()))
    }

    /// The path above the home, as far as it is known.
    pub(super) fn home(&self) -> Option<Path> {
        let holds_all = |path: &&Path| self.common.as_ref().is_none_or(|common| common.starts_with(path));
        self.homes.iter().filter(holds_all).min_by_key(|path| path.len()).cloned()
    }

    /// A home may hold a folder `cp` of its owner's, but no more of a backup.
    fn is_chance(&self, path: &Path) -> bool {
        self.backups.get(path).is_none_or(|marks| marks.len() == 1 && marks.contains(&b"cp"[..]))
    }

    /// What it is at the end: the one that stands above all other files.
    pub(super) fn end(&self) -> Option<Form> {
        let holds_all = |path: &&Path| self.common.as_ref().is_none_or(|common| common.starts_with(path));
        let marked = |marks: &BTreeSet<Vec<u8>>| {
            marks.iter().any(|name| name == b"cp" || name == b"homedir" || is_nested(name))
        };
        let backups = self.backups.iter().filter(|(_, marks)| marked(marks)).map(|(path, _)| path);
        let backup = backups.clone().filter(holds_all).min_by_key(|path| path.len());
        let home = self.homes.iter().filter(holds_all).min_by_key(|path| path.len());
        match (backup, home) {
            (Some(backup), Some(home))
                if home.len() < backup.len() || (home == backup && self.is_chance(backup)) =>
            {
                Some(Form::Home(home.clone()))
            }
            (Some(backup), _) => Some(Form::Backup(backup.clone())),
            (None, Some(home)) => Some(Form::Home(home.clone())),
            (None, None) => backups.min_by_key(|path| path.len()).map(|path| Form::Backup(path.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(paths: &[&str]) -> Option<(bool, String)> {
        let mut finder = FormFinder::default();
        let steps = |path: &str| {
            path.split('/').filter(|s| !s.is_empty()).map(|s| s.as_bytes().to_vec()).collect::<Path>()
        };
        let mut early = None;
        for path in paths {
            early = early.or(finder.see(&steps(path), path.ends_with('/')));
        }
        let text = |path: Path| {
            path.iter().map(|s| String::from_utf8_lossy(s).into_owned()).collect::<Vec<_>>().join("/")
        };
        early.or_else(|| finder.end()).map(|form| match form {
            Form::Backup(path) => (true, text(path)),
            Form::Home(path) => (false, text(path)),
        })
    }

    #[test]
    fn paths_tell_what_an_archive_holds() {
        let is = |backup, path: &str| Some((backup, path.to_owned()));
        for (paths, expected) in [
            (
                &["cpmove-bob/", "cpmove-bob/version", "cpmove-bob/cp/bob", "cpmove-bob/homedir/"][..],
                is(true, "cpmove-bob"),
            ),
            (&["cp/bob", "homedir/etc/", "va/x"], is(true, "")),
            (&["bob/homedir/mail/", "bob/homedir/mail/cur/1", "bob/cp/bob"], is(true, "bob")),
            (&["bob/homedir.tar", "bob/cp/bob"], is(true, "bob")),
            (&["cpmove-bob/cp/bob", "cpmove-bob/homedir/", "cpmove-bob/homedir.tar"], is(true, "cpmove-bob")),
            (&["alice/cp/notes", "alice/etc/example.com/passwd", "alice/mail/cur/1"], is(false, "alice")),
            (&["cpmove-bob/homedir.tar.gz", "cpmove-bob/cp/bob"], is(true, "cpmove-bob")),
            (&["", "etc/", "mail/"], is(false, "")),
            (
                &["public_html/mail/contact.php", "public_html/etc/x", "etc/", "etc/example.com/passwd"],
                is(false, ""),
            ),
            (&["public_html/cp/a.php", "public_html/homedir/x", "mail/cur/1"], is(false, "")),
            (&["old/cp/bob", "old/homedir/etc/x", "mail/cur/1"], is(false, "")),
            (
                &["alice/", "alice/public_html/x", "alice/etc/example.com/passwd", "alice/mail/cur/1"],
                is(false, "alice"),
            ),
            (&["home/alice/etc/example.com/passwd", "home/alice/mail/cur/1"], is(false, "home/alice")),
            (&["cp/bob", "va/x"], is(true, "")),
            (&["homedir/etc/example.com/passwd"], is(true, "")),
            (&["cp/bob", "va/x", "etc/example.com/passwd", "mail/cur/1"], is(true, "")),
            (&["readme", "notes/x"], None),
        ] {
            assert_eq!(form(paths), expected, "{paths:?}");
        }
    }
}
