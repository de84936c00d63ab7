//! What docs/reference/platforms.md says of the systems that the project runs on.

use std::process::Command;

use crate::common::{PROGRAMS, is_root, library, must, program, repository};

/// The newest version of glibc's symbols that a file uses.
fn newest_symbol(file: &std::path::Path) -> (u32, u32) {
    let output = must(Command::new("objdump").arg("-T").arg(file)).stdout;
    let text = String::from_utf8(output).unwrap();
    let versions = text.split("GLIBC_").skip(1).filter_map(|rest| {
        let (major, rest) = rest.split_once('.')?;
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        Some((major.parse().ok()?, rest[..digits].parse().ok()?))
    });
    versions.max().unwrap_or_else(|| panic!("{}: no symbol of glibc", file.display()))
}

/// The name of this machine's release, if it is one of the table.
fn release() -> Option<String> {
    let text = std::fs::read_to_string("/etc/os-release").ok()?;
    let name = text.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="))?;
    Some(name.trim_matches('"').to_owned())
}

#[test]
fn what_is_built_here_needs_no_newer_glibc_than_the_table_says() {
    let page = std::fs::read_to_string(repository().join("docs/reference/platforms.md")).unwrap();
    let floors: Vec<(&str, (u32, u32))> = page
        .lines()
        .filter_map(|line| {
            let row = line.strip_prefix("| built on | ")?;
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            let (major, minor) = cells[1].split_once('.')?;
            Some((cells[0], (major.parse().ok()?, minor.parse().ok()?)))
        })
        .collect();
    assert!(!floors.is_empty(), "{floors:?}");
    let Some(release) = release() else { return };
    let Some((_, floor)) = floors.iter().find(|(name, _)| *name == release) else { return };
    for file in [library(), program(PROGRAMS[0]), program(PROGRAMS[1])] {
        let newest = newest_symbol(&file);
        assert!(
            newest <= *floor,
            "{} needs glibc {newest:?}; docs/reference/platforms.md says {floor:?}",
            file.display()
        );
    }
}

#[test]
fn what_needs_a_newer_glibc_than_promised_is_not_packed() {
    let built = library().parent().unwrap().to_owned();
    let newest = [library(), program(PROGRAMS[0]), program(PROGRAMS[1])].map(|file| newest_symbol(&file));
    let (major, minor) = newest.into_iter().max().unwrap();
    let check = |glibc: String| {
        let mut check = Command::new(repository().join("scripts/glibc.sh"));
        let output = check.arg("check").arg(&built).env("GLIBC", glibc).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(check(format!("{major}.{minor}")), (true, String::new()));
    let (content, said) = check(format!("{major}.{}", minor - 1));
    assert!(!content && said.contains(&format!("needs glibc {major}.{minor}, which is newer")), "{said}");
    // 2.4 is older than 2.28, though its text is greater.
    let (content, said) = check("2.4".to_owned());
    assert!(!content, "{said}");
}

#[test]
fn a_run_on_another_release_says_why_it_cannot_be() {
    let script = repository().join("scripts/on-debian.sh");
    let run = |args: &[&str]| {
        let output = Command::new(&script).args(args).output().unwrap();
        let said = [output.stderr, output.stdout].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    };
    for (args, status, why) in [
        (&["--help"][..], 0, "--keep"),
        (&[], 2, "SUITE is a release"),
        (&["trixie"], 2, "SUITE is a release"),
        (&["--nosuch", "trixie", "true"], 2, "SUITE is a release"),
        (&["../etc", "true"], 1, "is no name of a release"),
    ] {
        let (code, said) = run(args);
        assert!(code == Some(status) && said.contains(why), "{args:?}: {code:?} {said}");
    }
    let ordinary: &[&str] =
        if is_root() { &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] } else { &[] };
    // The checkout may be where others may not look, so it is read for them.
    let text = std::fs::read_to_string(&script).unwrap();
    let words = [ordinary, &["bash", "-c", &text, "scripts/on-debian.sh", "trixie", "true"]].concat();
    let output = Command::new(words[0]).args(&words[1..]).current_dir("/").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && said.contains("only root can"), "{said}");
}
