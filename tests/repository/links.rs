//! A link of a page leads somewhere: to a file of the repository, and to a heading that the file has.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::common::repository;

/// Every page in Markdown, but those of folders that are built.
pub(crate) fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    let mut folders = vec![repository()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let (path, name) = (entry.path(), entry.file_name());
            let built = ["target", "vendor", "node_modules", ".git"].iter().any(|built| name == *built);
            if entry.file_type().unwrap().is_dir() && !built {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    pages
}

/// A page without the lines inside of fences, which hold no links and no headings.
fn prose(markdown: &str) -> String {
    let mut inside = false;
    let mut prose = String::new();
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
        } else if !inside {
            prose.push_str(line);
            prose.push('\n');
        }
    }
    prose
}

/// What a page links to: the text between `](` and `)`, without a picture's title.
fn targets(prose: &str) -> impl Iterator<Item = &str> {
    let inside = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    inside.map(|target| target.split(" \"").next().unwrap())
}

/// The names by which GitHub knows a page's headings.
fn headings(markdown: &str) -> HashSet<String> {
    let prose = prose(markdown);
    let titles = prose.lines().filter(|line| line.starts_with('#'));
    titles.map(|line| anchor(line.trim_start_matches('#').trim())).collect()
}

fn anchor(title: &str) -> String {
    let kept = title.chars().filter(|char| char.is_alphanumeric() || matches!(char, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// What is wrong with a link, if anything is.
fn complaint(page: &Path, target: &str) -> Option<String> {
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    let path = if file.is_empty() { page.to_path_buf() } else { page.parent().unwrap().join(file) };
    let shown = format!("{}: {target}", page.strip_prefix(repository()).unwrap().display());
    if !path.exists() {
        return Some(format!("{shown}: no such file"));
    }
    let lacks = || !headings(&std::fs::read_to_string(&path).unwrap()).contains(heading);
    (!heading.is_empty() && lacks()).then(|| format!("{shown}: no such heading"))
}

#[test]
fn every_link_leads_somewhere() {
    let (mut seen, mut wrong) = (0, Vec::new());
    for page in pages() {
        let prose = prose(&std::fs::read_to_string(&page).unwrap());
        for target in targets(&prose).filter(|target| !target.contains("://")) {
            seen += 1;
            wrong.extend(complaint(&page, target));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(seen > 150, "{seen}");
}

#[test]
fn headings_are_named_as_github_names_them() {
    assert_eq!(anchor("Dovecot 2.3 and 2.4"), "dovecot-23-and-24");
    assert_eq!(anchor("What `liveapid` keeps, and where"), "what-liveapid-keeps-and-where");
}

/// From the index one comes to every page of the documentation.
#[test]
fn the_index_leads_to_every_page() {
    let docs = repository().join("docs");
    let mut reached = HashSet::new();
    let mut next = vec![docs.join("index.md")];
    while let Some(page) = next.pop().filter(|page| page.exists()) {
        if !reached.insert(page.canonicalize().unwrap()) {
            continue;
        }
        let prose = prose(&std::fs::read_to_string(&page).unwrap());
        let files = targets(&prose).map(|target| target.split('#').next().unwrap());
        next.extend(files.filter(|file| file.ends_with(".md")).map(|file| page.parent().unwrap().join(file)));
    }
    let lost: Vec<_> =
        pages().into_iter().filter(|page| page.starts_with(&docs) && !reached.contains(page)).collect();
    assert!(lost.is_empty(), "no link leads to {lost:?}");
}
