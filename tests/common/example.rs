//! The example pages of `examples/change-password`, in a daemon's folder of pages, with the installed classes.
//!
//! Not part of `common`, which every test links.

use std::path::PathBuf;

use super::common::repository;
use super::common::site::Site;
use super::pages::Pages;

/// The languages of the example.
pub const LANGUAGES: [&str; 2] = ["php", "pl"];

/// Where the page is.
pub fn page(language: &str) -> String {
    format!("mail/change-password.live.{language}")
}

/// A daemon with the pages, and the installation whose classes they use.
pub struct Example {
    pub pages: Pages,
    _site: Site,
}

impl Example {
    pub fn start(name: &str) -> Self {
        let site = Site::new(&format!("{name}-i"), &[]);
        let installed = site.path("usr/local");
        let ini = site.path("ini");
        std::fs::create_dir(&ini).unwrap();
        let line = super::common::site::documented_in("examples/change-password/README.md", "ini");
        std::fs::write(ini.join("30-liveapi.ini"), line).unwrap();
        let environment = format!(
            "--page-environment=PERL5LIB={}, LIVEAPI_LIBRARY={}, PHP_INI_SCAN_DIR=:{}",
            installed.join("share/perl5").display(),
            installed.join("lib/libliveapi.so.1").display(),
            ini.display()
        );
        let pages = Pages::start(name, &[&environment]);
        for file in ["change-password.live.php", "change-password.live.pl", "style.css"] {
            let text = std::fs::read_to_string(folder().join(file)).unwrap();
            pages.put(&format!("mail/{file}"), site.here(&text));
        }
        Self { pages, _site: site }
    }
}

/// The folder of the example.
pub fn folder() -> PathBuf {
    repository().join("examples/change-password")
}
