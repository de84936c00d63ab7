//! Pictures say in their title how many pixels they have; crates/programs/tests/browser/pictures.rs takes them.

use crate::common::repository;
use crate::links::pages;

#[test]
fn pictures_exist_and_have_the_size_that_is_said() {
    let mut shown = Vec::new();
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        for picture in text.split("![").skip(1) {
            let inside = picture.split_once("](").unwrap().1.split_once(')').unwrap().0;
            let (name, title) = inside.split_once(' ').unwrap_or_else(|| panic!("{inside} has no title"));
            let png = std::fs::read(page.parent().unwrap().join(name)).unwrap();
            let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
            assert_eq!(title, format!("\"{} × {}\"", number(16), number(20)), "{}: {name}", page.display());
            assert!(png.len() < 80_000, "{name}: {} bytes", png.len());
            shown.push(name.rsplit('/').next().unwrap().to_owned());
        }
    }
    for picture in std::fs::read_dir(repository().join("docs/screenshots")).unwrap() {
        let name = picture.unwrap().file_name().into_string().unwrap();
        assert!(shown.contains(&name), "no page shows {name}");
    }
}
