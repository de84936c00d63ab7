//! Autoresponders of a backup: the messages in `.autorespond`, each named like its address, with its settings beside it
//! as `ADDRESS.conf`.
//!
//! This is the one place at which they come in. A store that sends autoresponses takes them over from here, where
//! now they are told.

use super::anomaly::{AnomalyKind, Treatment, Unserved};
use super::survey::Survey;

/// Tells each with its address. The text is in `survey.autoresponders` under the address, the settings under
/// `ADDRESS.conf`.
pub(super) fn tell(survey: &mut Survey) {
    let is_message =
        |name: &&String| name.contains('@') && !name.ends_with(".conf") && !name.ends_with(".json");
    for address in survey.autoresponders.keys().filter(is_message) {
        survey.anomalies.unserved(Unserved {
            place: (&format!(".autorespond/{address}"), None),
            mailbox: Some(address),
            kind: AnomalyKind::Autoresponder,
            what: format!("the autoresponder of {}", address.escape_debug()),
            sees: "nobody gets its answer",
            done: Treatment::NoAnswers,
        });
    }
}
