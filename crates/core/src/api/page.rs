//! A page of a list.

/// What an answer says about its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Pages of that size that the list has; 0 for an empty list.
    pub total_pages: i64,
    /// Records of the list, after filters.
    pub total_results: i64,
    /// The page that was asked for, also beyond the end, from 1.
    pub current_page: i64,
    pub results_per_page: i64,
    /// The first record that was asked for, also beyond the end, from 1.
    pub start_result: i64,
}

impl Page {
    /// The members that all families write as numbers, in the documented order. `start_result` follows
    /// them: API 2 writes it as a text.
    pub fn counts(&self) -> [(&'static str, i64); 4] {
        [
            ("total_pages", self.total_pages),
            ("total_results", self.total_results),
            ("current_page", self.current_page),
            ("results_per_page", self.results_per_page),
        ]
    }
}
