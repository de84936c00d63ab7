//! What the daemon counts, in the text form that Prometheus reads.

use std::fmt::Write;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// The counters of one daemon.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    /// Answers by the hundreds of their status: 2xx, 3xx, 4xx, 5xx.
    answers: [AtomicU64; 4],
    done: AtomicU64,
    refused: AtomicU64,
    failed: AtomicU64,
    denied: AtomicU64,
    handshakes_failed: AtomicU64,
    turned_away: AtomicU64,
    connections: AtomicI64,
}

impl Metrics {
    pub(crate) fn answered(&self, status: u16) {
        let at = usize::from(status / 100).saturating_sub(2).min(3);
        self.answers[at].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn called(&self, outcome: &str) {
        let counter = match outcome {
            "done" => &self.done,
            "failed" => &self.failed,
            _ => &self.refused,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn denied(&self) {
        self.denied.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn handshake_failed(&self) {
        self.handshakes_failed.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn turned_away(&self) {
        self.turned_away.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn connections(&self, more: i64) {
        self.connections.fetch_add(more, Ordering::Relaxed);
    }

    /// How many connections are open.
    pub(crate) fn open(&self) -> i64 {
        self.connections.load(Ordering::Relaxed)
    }

    /// All counters, in the text form that Prometheus reads.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let mut family = |name: &str, kind: &str, help: &str, values: &[(&str, i64)]| {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "# HELP liveapid_{name} {help}\n# TYPE liveapid_{name} {kind}");
            for (label, value) in values {
                let _ = writeln!(text, "liveapid_{name}{label} {value}");
            }
        };
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed).cast_signed();
        let classes = ["{status=\"2xx\"}", "{status=\"3xx\"}", "{status=\"4xx\"}", "{status=\"5xx\"}"];
        let answers: Vec<_> = classes.into_iter().zip(self.answers.iter().map(count)).collect();
        family("answers_total", "counter", "Answers by their status.", &answers);
        family(
            "calls_total",
            "counter",
            "Calls by what the function said.",
            &[
                ("{outcome=\"done\"}", count(&self.done)),
                ("{outcome=\"refused\"}", count(&self.refused)),
                ("{outcome=\"failed\"}", count(&self.failed)),
            ],
        );
        family(
            "logins_denied_total",
            "counter",
            "Requests whose login was refused.",
            &[("", count(&self.denied))],
        );
        family(
            "handshakes_failed_total",
            "counter",
            "Connections that ended before TLS was agreed on.",
            &[("", count(&self.handshakes_failed))],
        );
        family(
            "connections_turned_away_total",
            "counter",
            "Connections for which there was no room.",
            &[("", count(&self.turned_away))],
        );
        family("connections", "gauge", "Connections that are open.", &[("", self.open())]);
        text
    }
}
