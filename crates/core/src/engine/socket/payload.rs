//! What stands in an answer's element: JSON, JSON after a warning, or the XML of panels before version 11.28.

use crate::api::members;
use crate::engine::socket::reply::END;
use crate::engine::socket::xml;

/// How the element begins.
const START: &str = "<cpanelresult>";
/// Most places that JSON is looked for behind other elements.
const MOST_PLACES: usize = 16;

/// The answer's JSON; or why there is none. JSON that stands alone is not read here: whoever takes it looks whether
/// it is whole.
pub(crate) fn json(answer: Vec<u8>) -> Result<String, &'static str> {
    let mut text = String::from_utf8(answer).map_err(|_| "the answer is not UTF-8")?;
    let from = text.find(START).ok_or("the answer has no <cpanelresult>")?;
    let to = text.rfind(END).filter(|to| *to >= from + START.len()).ok_or("the answer has no end")?;
    let inside = text[from + START.len()..to].trim();
    if inside.is_empty() {
        return Err("the answer is empty: the panel knows no answer to this request");
    }
    if !inside.starts_with('{') {
        let element = &text[from..to + END.len()];
        return behind_elements(inside)
            .map(str::to_owned)
            .or_else(|| xml::json(element))
            .ok_or("the answer is neither JSON nor XML");
    }
    let (start, length) = (inside.as_ptr() as usize - text.as_ptr() as usize, inside.len());
    text.truncate(start + length);
    text.drain(..start);
    Ok(text)
}

/// JSON behind a warning or other elements: first behind an `</error>`, then behind any.
fn behind_elements(inside: &str) -> Option<&str> {
    let places = ["</error>", ">"].into_iter().flat_map(|end| {
        inside.match_indices(end).map(move |(at, _)| &inside[at + end.len()..]).take(MOST_PLACES)
    });
    let mut objects = places.map(str::trim_start).filter(|rest| rest.starts_with('{'));
    objects.find(|rest| members(rest).is_some())
}

#[cfg(test)]
mod tests {
    use super::json;

    fn read(inside: &str) -> Result<String, &'static str> {
        json(format!("<?xml version=\"1.0\" ?>\n<cpanelresult>{inside}</cpanelresult>\n").into_bytes())
    }

    #[test]
    fn json_with_all_that_may_stand_around_it() {
        let object = r#"{"func":"a > b </error>{ }","x":"<b>"}"#;
        for inside in [
            object.to_owned(),
            format!("{object}\n"),
            format!(" {object}\r\n"),
            format!("<error>A warning occurred while processing this directive.</error>{object}"),
            format!("<warning/>\n<note>1 > 0, {{no}}</note> {object}\n"),
            format!("<error>x</error><error>y</error>{object}"),
        ] {
            assert_eq!(read(&inside).as_deref(), Ok(object), "{inside}");
        }
        let bare = format!("<cpanelresult>{object}</cpanelresult>");
        assert_eq!(json(bare.into_bytes()).as_deref(), Ok(object));
        let end_inside = r#"{"a":"</cpanelresult>"}"#;
        assert_eq!(read(end_inside).as_deref(), Ok(end_inside));
    }

    #[test]
    fn what_is_no_answer_says_so() {
        for (answer, why) in [
            ("<cpanelresult></cpanelresult>\n", "is empty"),
            ("<cpanelresult> \n </cpanelresult>\n", "is empty"),
            ("</cpanelresult>\n", "no <cpanelresult>"),
            ("</cpanelresult><cpanelresult>\n", "no end"),
            ("<cpanelresult>hello</cpanelresult>\n", "neither"),
            ("<cpanelresult><a></cpanelresult>\n", "neither"),
            ("", "no <cpanelresult>"),
        ] {
            assert!(json(answer.as_bytes().to_vec()).unwrap_err().contains(why), "{answer}");
        }
        assert!(
            json(b"<cpanelresult>{\"a\":\"\xff\"}</cpanelresult>\n".to_vec()).unwrap_err().contains("UTF-8")
        );
    }

    #[test]
    fn many_brackets_cost_little() {
        let inside = ">{\"".repeat(1_000_000);
        assert!(read(&inside).is_err());
    }
}
