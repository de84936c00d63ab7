//! A batch whose items and rows are JSON lists, for callers that have all of it in memory.

use serde_json::value::RawValue;

use crate::api::{Error, ErrorKind};
use crate::engine::batch::{BatchOptions, BatchRow, BatchWatch, Ended, Item, ItemText, SourceItem, Status};
use crate::engine::client::Client;

/// The rows of a list, each in the place of its item.
struct Rows<'c> {
    client: &'c Client,
    /// How often batches of the client had been told to stop when this one began.
    stops: u64,
    rows: Vec<Option<String>>,
}

impl BatchWatch for Rows<'_> {
    fn stopped(&self) -> bool {
        self.client.stops() != self.stops
    }

    fn row(&mut self, number: u64, row: BatchRow) -> Result<(), Error> {
        let place = usize::try_from(number - 1).ok().and_then(|index| self.rows.get_mut(index));
        if let Some(place) = place {
            *place = Some(row.json);
        }
        Ok(())
    }
}

/// Answers a list of items with the list of their rows, in the same order. An error means that nothing was sent.
pub fn answer_list(client: &Client, items: &str, options: &str) -> Result<String, Error> {
    let options = BatchOptions::from_json(options)?;
    let items = read(items)?;
    for (index, item) in items.iter().enumerate() {
        client.check(item, options.family).map_err(|error| of_item(index, &error))?;
    }
    let given = |(number, item)| Ok(SourceItem::Item(number, ItemText::Borrowed(item)));
    let source = Box::new((1..).zip(items.iter().copied()).map(given));
    let mut rows = Rows { client, stops: client.stops(), rows: vec![None; items.len()] };
    let ended = client.batch(options.clone(), source, &mut rows)?;
    let unsent = |(index, row): (usize, Option<String>)| match row {
        Some(row) => Ok(row),
        None => Item::read(items[index], options.family).map(|item| {
            let number = index as u64 + 1;
            BatchRow::without_answer(number, &item, None, Status::Unsent, why(ended)).json
        }),
    };
    let rows: Result<Vec<String>, Error> = rows.rows.into_iter().enumerate().map(unsent).collect();
    Ok(format!("[{}]", rows?.join(",")))
}

/// The items of a JSON list, each as its text.
fn read(items: &str) -> Result<Vec<&str>, Error> {
    match serde_json::from_str::<Vec<&RawValue>>(items) {
        Ok(items) => Ok(items.into_iter().map(RawValue::get).collect()),
        Err(cause) if cause.is_data() => {
            Err(Error::new(ErrorKind::BadParams, "The items of a batch must be a JSON list of objects"))
        }
        // The cause's own words may quote what is a password.
        Err(cause) => Err(Error::new(
            ErrorKind::BadJson,
            format!(
                "The items of the batch are not valid JSON (line {}, column {})",
                cause.line(),
                cause.column()
            ),
        )),
    }
}

fn of_item(index: usize, error: &Error) -> Error {
    Error::new(
        error.kind(),
        format!("Item {} of the batch cannot be sent, so nothing was. {error}", index + 1),
    )
}

fn why(ended: Option<Ended>) -> Error {
    let why = match ended {
        Some(Ended::Late) => "the time of the option seconds was over",
        Some(Ended::NotDone) => "an item before it was not done, and the option stop_on_error is set",
        Some(Ended::Stopped) | None => "the batch was told to stop",
    };
    Error::new(ErrorKind::Stopped, format!("The call was not sent: {why}"))
}
