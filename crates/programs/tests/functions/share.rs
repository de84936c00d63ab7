//! Shell completions and manual pages: written from the programs' own options and from the catalogue, and
//! understood by the shells and by man.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use crate::common::{PROGRAMS, must, repository};
use crate::overview::overview;
use crate::settings;
use clap_complete::{Shell, generate};
use liveapi_core::api::Family;
use liveapi_programs::cli::{Program, liveapi_command};
use liveapi_programs::server::own::functions;

/// The generated files by their place in the repository.
fn files() -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    for program in Program::ALL {
        let name = program.name();
        files.insert(format!("share/man/man1/{name}.1").into(), manual(program));
        files.extend(completions(name, &with_functions(program)));
    }
    for (name, command) in [("liveapi", liveapi_command()), ("liveapid", liveapi_programs::server::command())]
    {
        files.extend(completions(name, &command));
        for (name, page) in manuals(name, command) {
            files.insert(format!("share/man/man1/{name}.1").into(), page);
        }
    }
    for page in [overview(), settings::client_file(), settings::daemon_file()] {
        files.insert(format!("share/man/{}", page.place()).into(), page.into_text());
    }
    files
}

fn completions(name: &str, command: &clap::Command) -> [(PathBuf, String); 2] {
    [(Shell::Bash, format!("bash/{name}")), (Shell::Zsh, format!("zsh/_{name}"))].map(|(shell, place)| {
        let mut script = Vec::new();
        generate(shell, &mut command.clone(), name, &mut script);
        (format!("share/completions/{place}").into(), String::from_utf8(script).unwrap())
    })
}

/// One page for the program and one for each of its subcommands.
fn manuals(program: &str, command: clap::Command) -> Vec<(String, String)> {
    let page = |command: clap::Command| {
        let man = clap_mangen::Man::new(command).source("liveapi").manual("liveapi");
        let mut page = Vec::new();
        man.render(&mut page).unwrap();
        String::from_utf8(page).unwrap()
    };
    let whole = command.disable_help_subcommand(true);
    let mut pages = vec![(program.to_owned(), page(whole.clone()))];
    for subcommand in whole.get_subcommands() {
        let name = format!("{program}-{}", subcommand.get_name());
        // clap's names are static unless one asks for more; a test may leak a few.
        let title: &'static str = name.clone().leak();
        pages.push((name, page(subcommand.clone().name(title).disable_help_subcommand(true))));
    }
    pages
}

/// A program's options, and the names of modules and functions as if they were its commands.
fn with_functions(program: Program) -> clap::Command {
    let family = if program.family() == Family::Whm0 { Family::Whm } else { program.family() };
    let leaf = |name: &'static str, about: &'static str| {
        clap::Command::new(name).about(about).disable_help_flag(true).disable_version_flag(true)
    };
    let mut modules: BTreeMap<&'static str, Vec<clap::Command>> = BTreeMap::new();
    for function in functions().filter(|function| function.family == family) {
        modules.entry(function.module).or_default().push(leaf(function.func, function.summary));
    }
    let mut command = program.command().disable_help_subcommand(true);
    for (module, functions) in modules {
        command = match module {
            "" => command.subcommands(functions),
            module => command
                .subcommand(leaf(module, "a module").disable_help_subcommand(true).subcommands(functions)),
        };
    }
    command
}

fn manual(program: Program) -> String {
    let man = clap_mangen::Man::new(program.command()).source("liveapi").manual("liveapi");
    let mut page = Vec::new();
    man.render_title(&mut page).unwrap();
    man.render_name_section(&mut page).unwrap();
    man.render_synopsis_section(&mut page).unwrap();
    man.render_description_section(&mut page).unwrap();
    man.render_options_section(&mut page).unwrap();
    let name = program.name();
    let example = match program {
        Program::Cpapi1 => "cpapi1 --user=bob Email getpopquota user example.com",
        Program::Cpapi2 => "cpapi2 --user=bob Email passwdpop domain=example.com email=user --password-stdin",
        Program::Uapi => "uapi --user=bob --output=jsonpretty Email list_pops",
        Program::Whmapi1 | Program::Whmapi0 => "listaccts",
    };
    let example = if example == "listaccts" { format!("{name} listaccts") } else { example.to_owned() };
    let rest = format!(
        ".SH \"EXIT STATUS\"\n0 when an answer was printed, also one that refuses. 1 when no call was made. 2 with \
         \\fB\\-\\-strict\\-exit\\fR when the answer is not a success.\n.PP\nOf \\fB\\-\\-batch\\fR: 0 when every call \
         is done, 1 when nothing was sent, 2 when some are not done, 130 after Ctrl\\-C.\n\
         .SH ENVIRONMENT\n.TP\nLIVEAPI_URL\nWhich store or server answers.\n\
         .TP\nLIVEAPI_USER\nThe account that calls are for.\n\
         .TP\nLIVEAPI_CONFIG\nThe configuration file; else ~/.config/liveapi/liveapi.toml, else /etc/liveapi/liveapi.toml.\n\
         .SH EXAMPLE\n{}\n.SH \"SEE ALSO\"\n{}\n",
        example.replace('-', "\\-"),
        Program::ALL.map(|other| format!("{}(1)", other.name())).join(", ")
    );
    String::from_utf8(page).unwrap() + &rest
}

#[test]
fn the_files_are_those_of_the_options_and_the_catalogue() {
    let rewrite = std::env::var_os("LIVEAPI_WRITE_SHARE").is_some();
    for (place, text) in files() {
        let path = repository().join(&place);
        if rewrite {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        assert!(
            std::fs::read_to_string(&path).unwrap_or_default() == text,
            "{} is stale; run LIVEAPI_WRITE_SHARE=1 cargo test -p liveapi-programs --test functions share",
            place.display()
        );
    }
}

/// What bash offers for a line.
fn offered(program: &str, words: &[&str]) -> Vec<String> {
    let script = repository().join("share/completions/bash").join(program);
    let line = format!(
        "source '{}'; COMP_WORDS=({program} {}); COMP_CWORD={}; _{program} {program} '{}' '{}'; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        script.display(),
        words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" "),
        words.len(),
        words.last().unwrap(),
        if words.len() > 1 { words[words.len() - 2] } else { program },
    );
    let output = must(Command::new("bash").args(["--norc", "-c", &line]));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn bash_offers_options_modules_and_functions() {
    assert!(offered("cpapi2", &["--pass"]).contains(&"--password-stdin".to_owned()));
    assert_eq!(offered("cpapi2", &["Pas"]), ["PasswdStrength"]);
    assert_eq!(offered("cpapi2", &["Email", "passw"]), ["passwdpop"]);
    assert_eq!(offered("whmapi1", &["createa"]), ["createacct"]);
    assert!(offered("uapi", &["Email", "list_pops"]).contains(&"list_pops_with_disk".to_owned()));
    assert_eq!(offered("liveapi", &["im"]), ["import"]);
    assert!(offered("liveapid", &["token", "cre"]).contains(&"create".to_owned()));
    assert!(offered("liveapi", &["import", "--dry"]).contains(&"--dry-run".to_owned()));
}

#[test]
fn zsh_reads_its_files() {
    for name in PROGRAMS {
        let folder = repository().join("share/completions/zsh");
        let script = format!(
            "fpath=('{}' $fpath); autoload -Uz compinit && compinit -u -D && autoload +X _{name} && print ${{_comps[{name}]}}",
            folder.display()
        );
        let output = must(Command::new("zsh").args(["-f", "-c", &script]));
        assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), format!("_{name}"));
    }
}

#[test]
fn man_shows_the_pages_without_a_warning() {
    let mut seen = 0;
    for place in files().keys().filter(|place| place.starts_with("share/man")) {
        let mut command = Command::new("man");
        command.args(["--warnings=w", "-P", "cat", "-l"]).arg(repository().join(place));
        let output = must(command.env("MANWIDTH", "100").env("LC_ALL", "C.UTF-8"));
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let section = match place.extension().and_then(|end| end.to_str()) {
            Some("1") => "OPTIONS",
            Some("5") => "SETTINGS",
            _ => "ENVIRONMENT",
        };
        assert!(text.contains("SYNOPSIS") && text.contains(section), "{text}");
        seen += 1;
    }
    assert_eq!(seen, PROGRAMS.len() + 9 + 3);
}
