//! A block of commands says whether a test runs it, and the reader sees it.

use crate::documentation::read;
use crate::links::pages;

/// The language of each fence that opens, with its first line.
fn fences(markdown: &str) -> Vec<(&str, &str)> {
    let (mut inside, mut found) = (false, Vec::new());
    let mut lines = markdown.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else { continue };
        inside = !inside;
        if inside {
            found.push((language, lines.peek().copied().unwrap_or_default()));
        }
    }
    found
}

#[test]
fn commands_say_whether_they_are_run() {
    let (mut run, mut not_run) = (0, 0);
    for path in pages() {
        let page = std::fs::read_to_string(&path).unwrap();
        for (language, first) in fences(&page) {
            let at = path.display();
            assert!(!language.is_empty(), "{at}: a block without a language: {first}");
            assert_ne!(language, "text", "{at}: commands are sh or bash, all else has a language: {first}");
            let says_not = first.starts_with("# Not run");
            assert_eq!(says_not, language == "bash", "{at}: {language}: {first}");
            run += usize::from(language == "sh");
            not_run += usize::from(language == "bash");
        }
    }
    assert!(run > 20 && not_run > 3, "{run}, {not_run}");
    assert!(read("docs/index.md").contains("## Which commands are tested"));
}
