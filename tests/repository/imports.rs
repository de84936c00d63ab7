//! Which file of a package imports which, read from its source.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::visit::Visit;
use syn::{Attribute, Item, ItemUse, UseTree, Visibility};

/// The files of a package by their module path: `["engine", "client"]`; the root is empty.
pub(crate) struct Package {
    files: BTreeMap<Vec<String>, Module>,
}

struct Module {
    path: PathBuf,
    /// Paths that its code names, absolute in the package; without tests and without plain re-exports.
    names: Vec<Vec<String>>,
    /// What it hands on: the name, and the absolute path behind it.
    handed_on: Vec<(String, Vec<String>)>,
}

impl Package {
    /// Reads all files below `src`.
    pub(crate) fn read(src: &Path) -> Self {
        let mut files = BTreeMap::new();
        for path in super::rooms::sources(src) {
            let module = module_of(path.strip_prefix(src).unwrap());
            let text = std::fs::read_to_string(&path).unwrap();
            let file = syn::parse_file(&text).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()));
            let mut reader = Reader { module: module.clone(), names: Vec::new(), handed_on: Vec::new() };
            reader.visit_file(&file);
            files.insert(module, Module { path, names: reader.names, handed_on: reader.handed_on });
        }
        Self { files }
    }

    /// The files that each file imports. A folder's `mod.rs` that hands a name on is looked through.
    pub(crate) fn arrows(&self) -> BTreeMap<&Path, BTreeSet<&Path>> {
        let of = |(module, file): (&Vec<String>, &'_ Module)| -> BTreeSet<&Path> {
            let found = file.names.iter().filter_map(|name| self.definition(name, 0));
            found.filter(|other| *other != module).map(|other| self.files[other].path.as_path()).collect()
        };
        self.files.iter().map(|entry| (entry.1.path.as_path(), of(entry))).collect()
    }

    /// The module in which the thing of that path is defined.
    fn definition(&self, path: &[String], depth: usize) -> Option<&Vec<String>> {
        let length = (0..=path.len()).rev().find(|length| self.files.contains_key(&path[..*length]))?;
        let (module, file) = self.files.get_key_value(&path[..length])?;
        let behind = path.get(length).and_then(|name| {
            let handed = file.handed_on.iter().find(|(known, _)| known == name)?;
            (depth < 8).then(|| self.definition(&handed.1, depth + 1)).flatten()
        });
        behind.or(Some(module))
    }
}

fn module_of(relative: &Path) -> Vec<String> {
    let mut steps: Vec<String> =
        relative.with_extension("").iter().map(|step| step.to_str().unwrap().to_owned()).collect();
    if steps.last().is_some_and(|last| last == "mod" || (steps.len() == 1 && last == "lib")) {
        steps.pop();
    }
    steps
}

struct Reader {
    module: Vec<String>,
    names: Vec<Vec<String>>,
    handed_on: Vec<(String, Vec<String>)>,
}

impl Reader {
    /// An absolute path in the package; nothing for other packages and for what is in scope.
    fn absolute(&self, path: &[String]) -> Option<Vec<String>> {
        let mut at = match path.first().map(String::as_str)? {
            "crate" => Vec::new(),
            "self" => self.module.clone(),
            "super" => self.module[..self.module.len().checked_sub(1)?].to_vec(),
            _ => return None,
        };
        for step in &path[1..] {
            if step == "super" { at.pop().map(drop)? } else { at.push(step.clone()) }
        }
        Some(at)
    }

    fn tree(&mut self, tree: &UseTree, before: &mut Vec<String>, hands_on: bool) {
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.tree(&path.tree, before, hands_on);
                before.pop();
            }
            UseTree::Group(group) => {
                group.items.iter().for_each(|item| self.tree(item, before, hands_on));
            }
            UseTree::Name(name) => self.leaf(before, &name.ident.to_string(), None, hands_on),
            UseTree::Rename(renamed) => {
                self.leaf(before, &renamed.ident.to_string(), Some(renamed.rename.to_string()), hands_on);
            }
            UseTree::Glob(_) => self.leaf(before, "*", None, false),
        }
    }

    fn leaf(&mut self, before: &[String], name: &str, renamed: Option<String>, hands_on: bool) {
        let mut path = before.to_vec();
        if name != "self" && name != "*" {
            path.push(name.to_owned());
        }
        // `pub use client::Client` in a mod.rs means the module beside it.
        let own = hands_on.then(|| [&["self".to_owned()], &path[..]].concat());
        let Some(absolute) = self.absolute(&path).or_else(|| self.absolute(&own?)) else { return };
        let known_as = renamed.unwrap_or_else(|| path.last().cloned().unwrap_or_default());
        if hands_on { self.handed_on.push((known_as, absolute)) } else { self.names.push(absolute) }
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
    })
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Mod(module) => &module.attrs,
            Item::Fn(function) => &function.attrs,
            Item::Impl(block) => &block.attrs,
            Item::Use(import) => &import.attrs,
            _ => return syn::visit::visit_item(self, item),
        };
        if !is_test(attributes) {
            syn::visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let hands_on = !matches!(item.vis, Visibility::Inherited);
        self.tree(&item.tree, &mut Vec::new(), hands_on);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let steps: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if let Some(absolute) = self.absolute(&steps)
            && steps.len() > 1
        {
            self.names.push(absolute);
        }
        syn::visit::visit_path(self, path);
    }
}

/// The circles: each set of files that reach each other.
pub(crate) fn circles<'p>(arrows: &BTreeMap<&'p Path, BTreeSet<&'p Path>>) -> Vec<Vec<&'p Path>> {
    let reaches = |from: &'p Path| {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&Path> = arrows[from].iter().copied().collect();
        while let Some(next) = open.pop() {
            if seen.insert(next) {
                open.extend(&arrows[next]);
            }
        }
        seen
    };
    let reach: BTreeMap<&Path, BTreeSet<&Path>> = arrows.keys().map(|from| (*from, reaches(from))).collect();
    let mut circles = Vec::new();
    let mut told = BTreeSet::new();
    for from in arrows.keys() {
        let circle: Vec<&Path> = reach[from].iter().copied().filter(|to| reach[to].contains(from)).collect();
        if circle.len() > 1 && told.insert(circle.clone()) {
            circles.push(circle);
        }
    }
    circles
}
