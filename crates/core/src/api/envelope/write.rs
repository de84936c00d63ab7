//! Answers of functions, each in the shape of its family.

use super::pieces::Pieces;
use super::{api1, api2, uapi, whm, whm0};
use crate::api::json_writer::JsonWriter;
use crate::api::{Answered, Data, Error, Family, Outcome};

/// How many rows are written at once; longer lists can be sent piece by piece.
const FEW: usize = 500;

/// Writes the answer to a call in its family's shape: one line of UTF-8 JSON without a line feed.
pub fn write(family: Family, module: &str, func: &str, result: &Result<Outcome, Error>) -> Vec<u8> {
    if let Ok(Outcome::Answered(answered)) = result {
        return passed_on(answered.clone());
    }
    let mut out = JsonWriter::new();
    write_into(&mut out, family, module, func, result);
    out.finish()
}

fn write_into(
    out: &mut JsonWriter,
    family: Family,
    module: &str,
    func: &str,
    result: &Result<Outcome, Error>,
) {
    match family {
        Family::Api1 => api1::write(out, module, func, result),
        Family::Api2 => api2::write(out, module, func, result),
        Family::Uapi => uapi::write(out, module, func, result),
        Family::Whm => whm::write(out, func, result),
        Family::Whm0 => whm0::write(out, func, result),
    }
}

/// Writes what stands around the rows of a long list, and takes the rows out of the result, for an answer that is sent
/// piece by piece; nothing if it has no such list.
pub fn write_in_pieces(
    family: Family,
    module: &str,
    func: &str,
    result: &mut Result<Outcome, Error>,
) -> Option<Pieces> {
    pieces(result, |out, result| write_into(out, family, module, func, result))
}

/// The same for UAPI's result without what stands around it.
pub fn write_uapi_result_in_pieces(
    module: &str,
    func: &str,
    result: &mut Result<Outcome, Error>,
) -> Option<Pieces> {
    pieces(result, |out, result| uapi::write_result(out, module, func, result))
}

fn pieces(
    result: &mut Result<Outcome, Error>,
    write: impl Fn(&mut JsonWriter, &Result<Outcome, Error>),
) -> Option<Pieces> {
    let is_long = |data: &Data| matches!(data, Data::Many(rows) if rows.len() > FEW);
    if !matches!(result, Ok(Outcome::Done(done)) if is_long(&done.data)) {
        return None;
    }
    let mut out = JsonWriter::with_gap();
    write(&mut out, result);
    let [before, behind] = out.around_gap()?;
    let Ok(Outcome::Done(done)) = result else { return None };
    match std::mem::take(&mut done.data) {
        Data::Many(rows) => Some(Pieces::new(before, rows, behind)),
        other => {
            done.data = other;
            None
        }
    }
}

/// Writes an answer that came as JSON.
pub fn passed_on(answered: Answered) -> Vec<u8> {
    JsonWriter::of_json(answered.into_json())
}

/// Writes UAPI's result without what stands around it; nothing for an answer that came as JSON.
pub fn write_uapi_result(module: &str, func: &str, result: &Result<Outcome, Error>) -> Option<Vec<u8>> {
    if matches!(result, Ok(Outcome::Answered(_))) {
        return None;
    }
    let mut out = JsonWriter::new();
    uapi::write_result(&mut out, module, func, result);
    Some(out.finish())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{write, write_in_pieces};
    use crate::api::catalogue::Answer;
    use crate::api::{Data, Done, Error, ErrorKind, Family, Field, ManyRows, Outcome, Refusal, Row};

    fn answer(family: Family, result: &Result<Outcome, Error>) -> Value {
        serde_json::from_slice(&write(family, "Email", "passwdpop", result)).unwrap()
    }

    fn done(data: Data) -> Result<Outcome, Error> {
        Ok(Outcome::Done(Done::with(data)))
    }

    const WHY: &str = "You do not have an email account named “u@example.com”.";

    fn refused() -> Result<Outcome, Error> {
        Ok(Outcome::Refused(Refusal::NoMailbox("u@example.com".into()), Answer::Single))
    }

    fn failed() -> Result<Outcome, Error> {
        Err(Error::new(ErrorKind::StoreFull, "The disk is full"))
    }

    #[test]
    fn api2_success_is_the_documented_sample() {
        let text = write(Family::Api2, "Email", "passwdpop", &done(Data::Rows(vec![Row::success()])));
        assert_eq!(
            String::from_utf8(text).unwrap(),
            r#"{"cpanelresult":{"apiversion":2,"func":"passwdpop","data":[{"reason":"","result":1}],"event":{"result":1},"module":"Email"}}"#
        );
    }

    #[test]
    fn api2_refusal_tells_the_reason_twice_and_keeps_the_event() {
        assert_eq!(
            answer(Family::Api2, &refused()),
            json!({"cpanelresult":{"apiversion":2,"func":"passwdpop","error":WHY,"data":[{"reason":WHY,"result":0}],"event":{"result":1},"module":"Email"}})
        );
    }

    #[test]
    fn api2_failure_tells_the_reason_in_the_event_too() {
        assert_eq!(
            answer(Family::Api2, &failed()),
            json!({"cpanelresult":{"apiversion":2,"func":"passwdpop","error":"The disk is full","data":[{"reason":"The disk is full","result":0}],"event":{"result":0,"reason":"The disk is full"},"module":"Email"}})
        );
    }

    #[test]
    fn api2_unknown_function_has_neither_data_nor_event() {
        let text = write(Family::Api2, "Test", "test", &Ok(Outcome::UnknownFunction));
        assert_eq!(
            serde_json::from_slice::<Value>(&text).unwrap(),
            json!({"cpanelresult":{"apiversion":2,"error":"Could not find function 'test' in module 'Test'","func":"test","module":"Test"}})
        );
    }

    #[test]
    fn a_long_list_in_pieces_is_the_list_at_once() {
        let rows = |count: u32| {
            let items: Vec<u32> = (0..count).collect();
            let row = |n: &u32| Row(vec![("email", Field::Text(format!("<{n}@é>"))), ("n", Field::Int(1))]);
            done(Data::Many(ManyRows::of(items, row)))
        };
        for family in [Family::Api2, Family::Uapi, Family::Whm] {
            let whole = write(family, "Email", "listpops", &rows(20_000));
            let pieces = write_in_pieces(family, "Email", "listpops", &mut rows(20_000)).unwrap();
            assert_eq!(pieces.length(), whole.len());
            let parts: Vec<_> = pieces.collect();
            assert!(parts.len() > 5 && parts.iter().all(|part| part.len() < 100_000));
            assert_eq!(parts.concat(), whole);
            assert!(write_in_pieces(family, "Email", "listpops", &mut rows(5)).is_none());
        }
        assert!(write_in_pieces(Family::Api2, "Email", "listpops", &mut refused()).is_none());
    }

    #[test]
    fn uapi_nulls_and_lists() {
        assert_eq!(
            answer(Family::Uapi, &done(Data::Nothing)),
            json!({"apiversion":3,"func":"passwdpop","module":"Email","result":{"status":1,"errors":null,"warnings":null,"messages":null,"metadata":{},"data":null}})
        );
        for (result, why) in [(refused(), WHY), (failed(), "The disk is full")] {
            assert_eq!(
                answer(Family::Uapi, &result)["result"],
                json!({"status":0,"errors":[why],"warnings":null,"messages":null,"metadata":{},"data":null})
            );
        }
    }

    #[test]
    fn api1_prints_and_has_no_wrapper() {
        assert_eq!(
            answer(Family::Api1, &done(Data::Text("user@example.com".into()))),
            json!({"apiversion":"1","type":"event","module":"Email","func":"passwdpop","source":"module","data":{"result":"user@example.com"},"event":{"result":1}})
        );
        assert_eq!(
            answer(Family::Api1, &refused()),
            json!({"apiversion":"1","type":"event","module":"Email","func":"passwdpop","source":"module","error":WHY,"data":{"result":WHY},"event":{"result":0,"reason":WHY}})
        );
    }

    #[test]
    fn api2_refusals_in_their_other_recorded_forms() {
        let refused = |answer| Ok(Outcome::Refused(Refusal::NoMailbox("u@example.com".into()), answer));
        for (kind, data) in [
            (Answer::Status(""), json!([{"statusmsg":WHY,"status":"0"}])),
            (Answer::Status("No."), json!([{"statusmsg":"No.","status":"0"}])),
            (Answer::Text, json!([WHY])),
        ] {
            let answer = answer(Family::Api2, &refused(kind));
            assert_eq!(
                (&answer["cpanelresult"]["data"], &answer["cpanelresult"]["error"]),
                (&data, &json!(WHY))
            );
        }
    }

    #[test]
    fn whm_api_0_has_a_list_at_the_top_and_actions_in_one() {
        let whm0 = |func: &str, result: &Result<Outcome, Error>| -> Value {
            serde_json::from_slice(&write(Family::Whm0, "", func, result)).unwrap()
        };
        let rows = || vec![Row(vec![("user", Field::Text("bob".into()))])];
        let accounts = done(Data::Object(Row(vec![("acct", Field::Rows(rows()))])));
        assert_eq!(
            whm0("listaccts", &accounts),
            json!({"status":1,"statusmsg":"Ok","acct":[{"user":"bob"}]})
        );
        assert_eq!(
            whm0("listaccts", &failed()),
            json!({"status":0,"statusmsg":"The disk is full","acct":[]})
        );
        let said = Ok(Outcome::Done(Done::saying("bob account removed".into())));
        assert_eq!(
            whm0("removeacct", &said),
            json!({"result":[{"status":1,"statusmsg":"bob account removed"}]})
        );
        assert_eq!(whm0("passwd", &refused()), json!({"passwd":[{"status":0,"statusmsg":WHY}]}));
        assert_eq!(
            whm0("nosuch", &Ok(Outcome::UnknownFunction)),
            json!({"error":"Unknown App Requested: nosuch"})
        );
    }

    #[test]
    fn whm_metadata() {
        let rows = Data::Object(Row(vec![(
            "acct",
            Field::Rows(vec![Row(vec![("user", Field::Text("bob".into()))])]),
        )]));
        assert_eq!(
            answer(Family::Whm, &done(rows)),
            json!({"metadata":{"version":1,"reason":"OK","result":1,"command":"passwdpop"},"data":{"acct":[{"user":"bob"}]}})
        );
        assert_eq!(
            answer(Family::Whm, &Ok(Outcome::UnknownFunction)),
            json!({"metadata":{"version":1,"reason":"Unknown app (\"passwdpop\") requested for this version (1) of the API.","result":0,"command":"passwdpop"}})
        );
    }
}
