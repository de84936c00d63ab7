//! What is refused, in which words.

use super::{API2, UAPI, done};
use crate::api::catalogue::Function;

fn refused(function: &Function, args: &str) -> String {
    done(function, args).err().unwrap_or_else(|| panic!("{args}")).to_string()
}

#[test]
fn what_cannot_be_used_is_refused_by_name_with_what_can() {
    let many: String = (0..33).map(|n| format!(r#","api2_columns_{n}":"email""#)).collect();
    let long = "x".repeat(1025);
    for (args, param, why) in [
        (r#""api2_filter":1"#, "api2_filter_column", "no column is named; use email, diskquota, ip, mtime"),
        (
            r#""api2_filter":1,"api2_filter_column":"Email""#,
            "api2_filter_column",
            "“Email” is not known; use email, d",
        ),
        (
            r#""api2_filter":1,"api2_filter_column_2":"email","api2_filter_type_2":"==""#,
            "api2_filter_type",
            "“==” is not known; use contains, begins, ends, matches, eq, ne, lt, gt, lt_handle_unlimited, gt_handle_unlimited, defined, undefined.",
        ),
        (
            r#""api2_filter":1,"api2_filter_column":"ip","api2_filter_type":"lt","api2_filter_term":"inf""#,
            "api2_filter_term",
            "“inf” is not a number; give a number.",
        ),
        (
            r#""api2_filter":1,"api2_filter_column":"ip","api2_filter_type":"lt_handle_unlimited""#,
            "api2_filter_term",
            "“” is not a number; give a number or unlimited.",
        ),
        (
            r#""api2_filter":1,"api2_filter_column":"ip","api2_filter_type":"matches","api2_filter_term":"(""#,
            "api2_filter_term",
            "the pattern is not understood",
        ),
        (
            &format!(
                r#""api2_filter":1,"api2_filter_column":"ip","api2_filter_type":"matches","api2_filter_term":"{long}""#
            ),
            "api2_filter_term",
            "longer than 1024 bytes",
        ),
        (r#""api2_filter":1,"api2_filter_column":["ip"]"#, "api2_filter_column", "give one text"),
        (
            r#""api2_sort":1,"api2_sort_column":"ip","api2_sort_method":"random""#,
            "api2_sort_method",
            "use lexicographic, numeric, numeric_zero_as_max, ipv4, alphabet.",
        ),
        (
            r#""api2_paginate":1,"api2_paginate_size":0"#,
            "api2_paginate_size",
            "“0” is not a whole number from 1 to 1000000000.",
        ),
        (r#""api2_paginate":1,"api2_paginate_page":1.5"#, "api2_paginate_page", "“1.5” is not"),
        (r#""api2_paginate":1,"api2_paginate_start":-1"#, "api2_paginate_start", "“-1” is not"),
        (r#""api2_columns":1"#, "api2_columns", "no column is named"),
        (r#""api2_columns":1,"api2_columns_1":"nosuch""#, "api2_columns", "“nosuch” is not known"),
        (&format!(r#""api2_columns":1{many}"#), "api2_columns", "33 rules are given; the limit is 32"),
    ] {
        let text = refused(&API2, &format!("{{{args}}}"));
        assert!(text.starts_with(&format!("The parameter “{param}” cannot be used: ")), "{text}");
        assert!(text.contains(why), "{text}");
    }
    let text = refused(&UAPI, r#"{"api.paginate":1,"api.paginate_start":0}"#);
    assert!(text.contains("“api.paginate_start”") && text.contains(", or -1 for all records"), "{text}");
}
