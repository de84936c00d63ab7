//! The progress bar, on standard error and on a terminal only.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use liveapi_core::store::home::import::ImportProgress;

/// Such a bar; invisible where nobody looks.
pub(super) struct ImportBar {
    bar: ProgressBar,
    wanted: bool,
}

impl ImportBar {
    pub(super) fn new(wanted: bool) -> Self {
        Self { bar: ProgressBar::hidden(), wanted }
    }
}

impl ImportProgress for ImportBar {
    fn begin(&mut self, what: &'static str, total: u64) {
        self.bar.finish_and_clear();
        if !self.wanted {
            return;
        }
        let template = if total > 0 {
            "{msg} [{bar:30}] {bytes} of {total_bytes}, {eta} left"
        } else {
            "{spinner} {msg} {bytes}"
        };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let total = (total > 0).then_some(total);
        // Draws nothing if standard error is no terminal.
        self.bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr()).with_style(style);
        self.bar.set_message(what);
    }

    fn advance(&mut self, bytes: u64) {
        self.bar.inc(bytes);
    }

    fn end(&mut self) {
        self.bar.finish_and_clear();
    }
}
