//! An import that was asked to stop ends within seconds, also where a disk, a network or much to remove holds it up.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{json, text};
use crate::cli::exit_status::NOT_CALLED;
use crate::cli::stop::Stop;
use liveapi_core::store::home::import::ImportPhase;

/// How long it may take to clean up.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it is looked whether anybody wants it to stop.
const LOOK: Duration = Duration::from_millis(100);

/// Watches over an import while it lives.
pub(super) struct Patience {
    is_over: Arc<AtomicBool>,
    pub(super) phase: Arc<ImportPhase>,
}

impl Patience {
    /// Begins to watch, in a thread of its own.
    pub(super) fn begin(stop: &Arc<Stop>, source: &Path, is_json: bool) -> Result<Self, String> {
        let (is_over, phase) = (Arc::<AtomicBool>::default(), Arc::<ImportPhase>::default());
        let patience = Self { is_over: Arc::clone(&is_over), phase: Arc::clone(&phase) };
        let (stop, source) = (Arc::clone(stop), source.display().to_string());
        let watch = move || {
            let over = || is_over.load(Ordering::Acquire);
            while !over() && !stop.is_wished() {
                std::thread::sleep(LOOK);
            }
            let looks = PATIENCE.as_millis() / LOOK.as_millis();
            (0..looks).take_while(|_| !over()).for_each(|_| std::thread::sleep(LOOK));
            // Once the account is being entered, half of it would be worse than waiting.
            if !over() && phase.give_up() {
                give_up(&source, is_json);
            }
        };
        let thread = std::thread::Builder::new().name("liveapi-patience".to_owned()).spawn(watch);
        thread.map(|_| patience).map_err(|cause| format!("Signals cannot be watched: {cause}"))
    }
}

impl Drop for Patience {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Release);
    }
}

/// Ends the process as a signal that cannot be caught would.
fn give_up(source: &str, is_json: bool) {
    let complaint = format!(
        "{source} is not imported, and the accounts of the mail store are unchanged: It was interrupted by a signal, and cleaning up took longer than {} seconds. What was copied so far may be left in a folder .import-… of the store; the next import removes it. Start it again",
        PATIENCE.as_secs()
    );
    if is_json {
        let _ = std::io::stdout().write_all(json::refusal(&complaint).as_bytes());
    }
    let _ = writeln!(std::io::stderr(), "[liveapi] {}", text::printable(&complaint));
    std::process::exit(NOT_CALLED.into());
}
