//! CONTRIBUTING.md's walk "add a function of the catalogue", done on a copy of the tree as the page says.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{Store, built, cargo, must, repository};

/// The fenced blocks of one language, in the page's order.
fn blocks(language: &str) -> Vec<String> {
    let page = std::fs::read_to_string(repository().join("CONTRIBUTING.md")).unwrap();
    let fence = format!("```{language}\n");
    page.split(&fence).skip(1).map(|rest| rest[..rest.find("```").unwrap()].to_owned()).collect()
}

/// A copy of what git knows of the tree, and of what is new in it.
fn copy(store: &Store) -> PathBuf {
    let tree = store.dir.join("tree");
    std::fs::create_dir_all(&tree).unwrap();
    let script = "git ls-files -z --cached --others --exclude-standard | \
        while IFS= read -r -d '' name; do [ ! -e \"$name\" ] || printf '%s\\0' \"$name\"; done | \
        tar --null --files-from=- -cf - | tar -C \"$1\" -xf -";
    must(Command::new("bash").args(["-euc", script, "-"]).arg(&tree).current_dir(repository()));
    // The walk is about what compiles, not about speed.
    std::fs::create_dir(tree.join(".cargo")).unwrap();
    let quick = "[profile.dev.package.liveapi-core]\nopt-level = 0\n";
    std::fs::write(tree.join(".cargo/config.toml"), quick).unwrap();
    must(Command::new("git").args(["init", "-q"]).current_dir(&tree));
    must(Command::new("git").args(["add", "."]).current_dir(&tree));
    tree
}

/// A target folder that has the dependencies as they are built already, as links: only our own packages compile.
fn target(store: &Store) -> PathBuf {
    let target = store.dir.join("target");
    let script = "mkdir -p \"$2/debug\"; cd \"$1\"; \
        for kind in .fingerprint build deps; do mkdir -p \"$2/debug/$kind\"; \
        find $kind -mindepth 1 -maxdepth 1 ! -name '*liveapi*' -exec cp -alf -t \"$2/debug/$kind\" {} +; done";
    must(Command::new("bash").args(["-euc", script, "-"]).arg(built()).arg(&target));
    target
}

fn run(tree: &Path, target: &Path, store: &Store, script: &str) -> String {
    let mut command = store.command("timeout");
    // Cargo's settings of this test must not reach the cargo of the walk.
    for (name, _) in cargo().get_envs().filter(|(_, value)| value.is_none()) {
        command.env_remove(name);
    }
    let path = format!("{}:{}", target.join("debug").display(), std::env::var("PATH").unwrap());
    command.env("CARGO_TARGET_DIR", target).env("PATH", path).current_dir(tree);
    String::from_utf8(must(command.args(["1200", "bash", "-euc", script])).stdout).unwrap()
}

#[test]
fn a_function_is_added_as_the_page_says() {
    let store = Store::with_account("walk");
    let (tree, target) = (copy(&store), target(&store));
    let module = tree.join("crates/core/src/engine/local/email");
    std::fs::write(module.join("count_mail_domains.rs"), &blocks("rust")[0]).unwrap();
    let [list, reference, see] = &blocks("sh")[..] else { panic!("three steps are commands") };
    run(&tree, &target, &store, list);
    let changed = run(&tree, &target, &store, reference);
    assert!(changed.contains("Email.md"), "{changed}");
    let page = std::fs::read_to_string(tree.join("docs/reference/functions/Email.md")).unwrap();
    assert!(page.contains("| `count_mail_domains` | counts the domains"), "{page}");
    std::os::unix::fs::symlink("liveapi", target.join("debug/uapi")).unwrap();
    let seen = run(&tree, &target, &store, see);
    assert!(seen.contains("counts the domains that mailboxes can be in"), "{seen}");
    assert!(seen.contains("\"data\":1"), "{seen}");
}
