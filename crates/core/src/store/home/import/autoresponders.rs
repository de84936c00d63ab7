//! Autoresponders of a backup: the messages in `.autorespond`, each named like its address, with its settings beside it
//! as `ADDRESS.json` or, by older servers, as lines in `ADDRESS.conf`.

use serde_json::{Map, Value};

use super::anomaly::{AnomalyKind, Treatment, Unserved};
use super::survey::Survey;
use crate::store::home::autoresponder_file;
use crate::store::home::autoresponders::MAX_ADDRESS;
use crate::store::{Address, Autoresponder, Domain};

/// Takes those of a domain. Who answers by one is noted for the reading of forwarders, since cPanel has each of them
/// as a destination there, too; what cannot be read stays to be told.
pub(super) fn take(domain: &Domain, survey: &mut Survey) -> Vec<(Address, Autoresponder)> {
    let names: Vec<String> = survey.autoresponders.keys().filter(|name| is_message(name)).cloned().collect();
    let mut taken = Vec::new();
    for name in names {
        let Ok(address) = Address::existing(&name, None) else { continue };
        if address.domain != *domain || name.len() > MAX_ADDRESS {
            continue;
        }
        if let Some(read) = read(&name, survey) {
            survey.autoresponders.remove(&name);
            survey.answering.insert(address.to_string());
            taken.push((address, read));
        }
    }
    taken
}

/// Tells each that was not taken, with its address.
pub(super) fn tell(survey: &mut Survey) {
    for address in survey.autoresponders.keys().filter(|name| is_message(name)) {
        survey.anomalies.unserved(Unserved {
            place: (&format!(".autorespond/{address}"), None),
            mailbox: Some(address),
            kind: AnomalyKind::Autoresponder,
            what: format!(
                "the autoresponder of {}, which cannot be read or is of no domain of the account",
                address.escape_debug()
            ),
            sees: "nobody gets its answer",
            done: Treatment::NoAnswers,
        });
    }
}

fn is_message(name: &str) -> bool {
    name.contains('@') && !name.ends_with(".conf") && !name.ends_with(".json")
}

fn read(name: &str, survey: &Survey) -> Option<Autoresponder> {
    let text =
        |name: &str| survey.autoresponders.get(name).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let settings =
        text(&format!("{name}.json")).or_else(|| text(&format!("{name}.conf")).map(|lines| as_json(&lines)));
    autoresponder_file::read_cpanel(&text(name)?, settings.as_deref())
}

/// `interval: 8` and the like, as JSON has them.
fn as_json(lines: &str) -> String {
    let pairs = lines.lines().filter_map(|line| line.split_once(':'));
    let fields = pairs.map(|(key, value)| {
        let value = value.trim().trim_matches(['"', '\'']);
        (key.trim().to_owned(), value.parse::<u64>().map_or(Value::Null, Value::from))
    });
    Value::Object(fields.collect::<Map<_, _>>()).to_string()
}
