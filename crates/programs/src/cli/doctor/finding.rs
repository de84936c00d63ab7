//! What the doctor found.

use liveapi_core::store::home::{Remark, Weight};

/// What one step found, and what to do about it.
#[derive(Debug)]
pub(super) struct Finding {
    step: &'static str,
    weight: Weight,
    object: String,
    what: String,
    advice: String,
}

impl Finding {
    pub(super) fn good(step: &'static str, object: &str, what: &str) -> Self {
        Self::new(step, Weight::Good, object, what, "")
    }

    pub(super) fn odd(step: &'static str, object: &str, what: &str, advice: &str) -> Self {
        Self::new(step, Weight::Odd, object, what, advice)
    }

    pub(super) fn wrong(step: &'static str, object: &str, what: &str, advice: &str) -> Self {
        Self::new(step, Weight::Wrong, object, what, advice)
    }

    pub(super) fn of_store(remark: &Remark) -> Self {
        Self::new("store", remark.weight, &remark.object, &remark.what, &remark.advice)
    }

    fn new(step: &'static str, weight: Weight, object: &str, what: &str, advice: &str) -> Self {
        // Names of files and lines of others end up on a terminal.
        let printable =
            |text: &str| text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        Self { step, weight, object: printable(object), what: printable(what), advice: printable(advice) }
    }
}

/// All of it, in the order of the steps.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn add(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    /// How many things are wrong.
    pub(super) fn wrong(&self) -> usize {
        self.0.iter().filter(|finding| finding.weight == Weight::Wrong).count()
    }

    pub(super) fn text(&self) -> String {
        let line = |finding: &Finding| {
            let Finding { step, object, what, advice, .. } = finding;
            let advice = if advice.is_empty() { String::new() } else { format!("\n{:>15} {advice}", "->") };
            format!("{:<6} {step}: {object}: {what}{advice}\n", word(finding.weight))
        };
        self.0.iter().map(line).collect()
    }

    pub(super) fn json(&self) -> String {
        let rows: Vec<_> = self
            .0
            .iter()
            .map(|finding| {
                serde_json::json!({"step": finding.step, "state": word(finding.weight), "object": finding.object,
                    "what": finding.what, "advice": finding.advice})
            })
            .collect();
        format!("{}\n", serde_json::Value::from(rows))
    }
}

fn word(weight: Weight) -> &'static str {
    match weight {
        Weight::Good => "ok",
        Weight::Odd => "odd",
        Weight::Wrong => "wrong",
    }
}
