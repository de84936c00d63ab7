//! What an address below `/frontend/` is: a script, a page with tags, a file beside them, or nothing.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::trust::{Distrust, Walk, WalkStep};
use crate::live::script::ScriptKind;

/// What a folder shows by itself, the first that is there.
const INDEX: [&str; 3] = ["index.live.php", "index.live.pl", "index.html"];
/// The endings of pages with tags.
const TAGGED: [&str; 2] = ["html", "htm"];
/// The files that may stand beside pages, and their types. Everything else is no business of visitors.
const FILES: [(&str, &str); 10] = [
    ("css", "text/css; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("svg", "image/svg+xml"),
    ("gif", "image/gif"),
    ("ico", "image/vnd.microsoft.icon"),
    ("woff2", "font/woff2"),
    ("txt", "text/plain; charset=utf-8"),
];

/// A script that an address names.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) kind: ScriptKind,
    /// Without a link in it.
    pub(super) file: PathBuf,
    pub(super) found: Metadata,
    /// Its path below the folder of pages, as it was asked for.
    pub(super) name: String,
    /// What stands behind it in the path.
    pub(super) info: String,
}

/// What stands at an address below the folder of pages.
#[derive(Debug)]
pub(super) enum PageTarget {
    Script(Script),
    Tagged(PathBuf, String),
    /// A file, its type and its name.
    File(PathBuf, &'static str, String),
    /// A folder with an index, asked for without the slash at its end: links on the page would lead elsewhere.
    Folder,
    Missing,
}

/// Looks for what the path names. `is_folder`: it ends with a slash.
pub(super) fn find(pages: &Path, parts: &[&str], is_folder: bool) -> Result<PageTarget, Distrust> {
    // Names with a dot in front are hidden, and `..` is one of them; a slash or a NUL was percent-encoded.
    if parts.iter().any(|part| part.starts_with('.') || part.contains(['/', '\0'])) {
        return Ok(PageTarget::Missing);
    }
    let mut walk = Walk::begin(pages)?;
    for (at, part) in parts.iter().enumerate() {
        match walk.step(part)? {
            WalkStep::Missing => return Ok(PageTarget::Missing),
            WalkStep::Folder => {}
            WalkStep::File(file, found) => {
                let (name, rest) = (parts[..=at].join("/"), &parts[at + 1..]);
                let end = if is_folder { "/" } else { "" };
                let info = if rest.is_empty() { end.to_owned() } else { format!("/{}{end}", rest.join("/")) };
                return Ok(of_file(file, found, name, info));
            }
        }
    }
    for index in INDEX {
        if let WalkStep::File(file, found) = walk.clone().step(index)? {
            if !is_folder {
                return Ok(PageTarget::Folder);
            }
            return Ok(of_file(file, found, [parts, &[index]].concat().join("/"), String::new()));
        }
    }
    Ok(PageTarget::Missing)
}

/// The name that was asked for decides, not that of a link's target.
fn of_file(file: PathBuf, found: Metadata, name: String, info: String) -> PageTarget {
    let ending = Path::new(&name).extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    let ending = ending.unwrap_or_default();
    if info.is_empty() && TAGGED.contains(&ending.as_str()) {
        return PageTarget::Tagged(file, name);
    }
    if let Some((_, kind)) = FILES.iter().find(|(known, _)| *known == ending) {
        return if info.is_empty() { PageTarget::File(file, kind, name) } else { PageTarget::Missing };
    }
    match ScriptKind::of(Path::new(&name), found.mode() & 0o111 != 0) {
        Some(kind) if !TAGGED.contains(&ending.as_str()) => {
            PageTarget::Script(Script { kind, file, found, name, info })
        }
        _ => PageTarget::Missing,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn addresses_and_what_they_are() {
        let dir = std::env::temp_dir().join(format!("liveapid-find-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        for folder in ["theme/with", "theme/without"] {
            fs::create_dir_all(dir.join(folder)).unwrap();
            fs::set_permissions(dir.join(folder), fs::Permissions::from_mode(0o755)).unwrap();
        }
        for folder in ["", "theme"] {
            fs::set_permissions(dir.join(folder), fs::Permissions::from_mode(0o755)).unwrap();
        }
        for (name, mode) in [
            ("a.live.php", 0o644),
            ("a.livepl", 0o644),
            ("a.cgi", 0o755),
            ("a.py", 0o644),
            ("a.html", 0o755),
            ("a.css", 0o755),
            ("a.php", 0o644),
            (".hidden.css", 0o644),
            ("with/index.html", 0o644),
            ("with/index.live.pl", 0o644),
        ] {
            let path = dir.join("theme").join(name);
            fs::write(&path, "x").unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
        let found = |path: &str| {
            let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
            match find(&dir, &parts, path.ends_with('/')).unwrap() {
                PageTarget::Script(Script { kind, name, info, .. }) => format!("{kind:?} {name} {info}"),
                PageTarget::Tagged(_, name) => format!("tags {name}"),
                PageTarget::File(_, kind, name) => format!("{kind} {name}"),
                PageTarget::Folder => "folder".to_owned(),
                PageTarget::Missing => "nothing".to_owned(),
            }
        };
        for (path, what) in [
            ("theme/a.live.php", "Php theme/a.live.php "),
            ("theme/a.live.php/b/c", "Php theme/a.live.php /b/c"),
            ("theme/a.live.php/", "Php theme/a.live.php /"),
            ("theme/a.livepl", "Perl theme/a.livepl "),
            ("theme/a.cgi/x/", "Program theme/a.cgi /x/"),
            ("theme/a.html", "tags theme/a.html"),
            ("theme/a.css", "text/css; charset=utf-8 theme/a.css"),
            ("theme/with/", "Perl theme/with/index.live.pl "),
            ("theme/with", "folder"),
            ("theme/without/", "nothing"),
            ("theme/", "nothing"),
            ("", "nothing"),
            ("theme/a.py", "nothing"),
            ("theme/a.php", "nothing"),
            ("theme/a.html/x", "nothing"),
            ("theme/a.css/x", "nothing"),
            ("theme/.hidden.css", "nothing"),
            ("theme/with/../a.css", "nothing"),
            ("theme/x", "nothing"),
        ] {
            assert_eq!(found(path), what, "{path}");
        }
        for odd in ["theme/a.css", "a\0b", ".."] {
            assert!(matches!(find(&dir, &["theme", odd], false), Ok(PageTarget::Missing)), "{odd:?}");
        }
        fs::remove_dir_all(dir).unwrap();
    }
}
