//! The progress bar of a batch, on standard error and on a terminal only.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Such a bar; invisible where nobody looks.
pub(super) struct BatchProgress(ProgressBar);

impl BatchProgress {
    pub(super) fn new(wanted: bool, items: u64) -> Self {
        if !wanted {
            return Self(ProgressBar::hidden());
        }
        let template = "[{bar:30}] {pos} of {len}, {per_sec}, {eta} left{msg}";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        // Draws nothing if standard error is no terminal.
        Self(ProgressBar::with_draw_target(Some(items), ProgressDrawTarget::stderr()).with_style(style))
    }

    /// One item more, and how many were not done so far.
    pub(super) fn advance(&self, not_done: u64) {
        if not_done > 0 {
            self.0.set_message(format!(", {not_done} not done"));
        }
        self.0.inc(1);
    }

    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}
