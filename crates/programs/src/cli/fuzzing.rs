//! Imports of anybody's backups, for `fuzz/`.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use super::import::Parsers;
use liveapi_core::store::Domain;
use liveapi_core::store::home::HomeStore;
use liveapi_core::store::home::import::{ImportPhase, ImportProgress, ImportRequest, ImportWatch, import};

/// An import that nobody looks at.
struct Nobody;

impl ImportProgress for Nobody {
    fn begin(&mut self, _: &'static str, _: u64) {}
    fn advance(&mut self, _: u64) {}
    fn end(&mut self) {}
}

/// Imports an archive of these bytes into a new store in memory. Refused, it leaves no account and no home behind.
pub fn archive(bytes: &[u8]) {
    let place = PathBuf::from(format!("/dev/shm/liveapi-fuzz.{}", std::process::id()));
    let (source, root) = (place.join("backup.tar"), place.join("store"));
    let begun = std::fs::create_dir_all(&place).and_then(|()| std::fs::write(&source, bytes));
    assert!(begun.is_ok(), "no folder in memory: {begun:?}");
    if let Ok(store) = HomeStore::at(&root, "liveapi") {
        let (stop, phase, mut progress) = (AtomicBool::new(false), ImportPhase::default(), Nobody);
        let mut watch = ImportWatch { progress: &mut progress, stop: &stop, phase: &phase };
        let request = ImportRequest {
            formats: &Parsers,
            source: &source,
            user: Some("bob"),
            main_domain: Domain::parse("example.com").ok(),
            converter: None,
            in_place: false,
            any_domain: false,
            dry_run: false,
        };
        let done = import(&store, &request, &mut watch);
        assert_eq!(root.join("bob").exists(), done.is_ok(), "a home without an account, or the reverse");
        assert_eq!(root.join(".liveapi/users/bob").exists(), done.is_ok(), "a record without a home");
    }
    let _ = std::fs::remove_dir_all(&place);
}
