//! Dates as cPanel writes them, in UTC.

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// The first of January 1970 was the first of these.
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const SECONDS_OF_DAY: u64 = 86_400;

/// A time by the calendar.
struct CalendarTime {
    year: u64,
    /// 0 for January.
    month: usize,
    day: u64,
    weekday: usize,
    hour: u64,
    minute: u64,
    second: u64,
}

impl CalendarTime {
    /// The time so many seconds after the beginning of 1970. Years are counted from March, so that a leap day is the
    /// last of its year.
    fn of(seconds: u64) -> Self {
        let days = seconds / SECONDS_OF_DAY;
        // Days since 1 March of the year 0; 400 years have 146,097 days.
        let since = days + 719_468;
        let (era, of_era) = (since / 146_097, since % 146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let month = (from_march + 2) % 12;
        let rest = seconds % SECONDS_OF_DAY;
        Self {
            year: era * 400 + year_of_era + u64::from(month < 2),
            month: usize::try_from(month).unwrap_or(0),
            day: of_year - (153 * from_march + 2) / 5 + 1,
            weekday: usize::try_from(days % 7).unwrap_or(0),
            hour: rest / 3600,
            minute: rest / 60 % 60,
            second: rest % 60,
        }
    }
}

/// As lists of accounts have it: `13 May 22 16:03`, the year first.
pub fn short(seconds: u64) -> String {
    let time = CalendarTime::of(seconds);
    let (year, month) = (time.year % 100, MONTHS[time.month]);
    format!("{year:02} {month} {:02} {:02}:{:02}", time.day, time.hour, time.minute)
}

/// As lists of suspended accounts have it: `Tue Nov 18 10:34:34 2014`.
pub fn long(seconds: u64) -> String {
    let time = CalendarTime::of(seconds);
    let (weekday, month) = (WEEKDAYS[time.weekday], MONTHS[time.month]);
    format!(
        "{weekday} {month} {:>2} {:02}:{:02}:{:02} {}",
        time.day, time.hour, time.minute, time.second, time.year
    )
}

/// The year and the month, 1 for January.
pub fn year_and_month(seconds: u64) -> (u64, u64) {
    let time = CalendarTime::of(seconds);
    (time.year, time.month as u64 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_system() {
        for (seconds, expected) in [
            (0, "Thu Jan  1 00:00:00 1970"),
            (951_782_399, "Mon Feb 28 23:59:59 2000"),
            (951_782_400, "Tue Feb 29 00:00:00 2000"),
            (951_868_800, "Wed Mar  1 00:00:00 2000"),
            (1_416_306_874, "Tue Nov 18 10:34:34 2014"),
            (4_107_542_399, "Sun Feb 28 23:59:59 2100"),
            (4_107_542_400, "Mon Mar  1 00:00:00 2100"),
        ] {
            assert_eq!(long(seconds), expected);
        }
        assert_eq!(short(1_369_238_589), "13 May 22 16:03");
        assert_eq!((year_and_month(0), year_and_month(1_416_306_874)), ((1970, 1), (2014, 11)));
    }
}
