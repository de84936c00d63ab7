//! Every filter type, every sort method, the order of rules, every corner of a page.

use super::{API2, UAPI, done, left};

#[test]
fn every_filter_type() {
    for (column, kind, term, expected) in [
        ("email", "", "EXAMPLE.com", "bAdé"),
        ("email", "contains", ".org", "c"),
        ("email", "begins", "a@", "A"),
        ("email", "begins", "É", "é"),
        ("email", "ends", ".ORG", "c"),
        ("email", "matches", "^[a-c]@example", "b"),
        ("email", "matches", "/^[b-d]@/", "bcd"),
        ("diskquota", "eq", "250.0", "c"),
        ("diskquota", "ne", "250", "bAdé"),
        ("diskquota", "lt", "1000", "cd"),
        ("diskquota", "gt", "0", "bc"),
        ("mtime", "lt", "-6.5", "A"),
        ("diskquota", "lt_handle_unlimited", "350", "cd"),
        ("diskquota", "gt_handle_unlimited", "350", "bA"),
        ("diskquota", "lt_handle_unlimited", "unlimited", "bcd"),
        ("diskquota", "gt_handle_unlimited", "unlimited", ""),
        ("diskquota", "defined", "", "bAcd"),
        ("diskquota", "undefined", "ignored", "é"),
        ("diskquota", "contains", "", "bAcdé"),
    ] {
        let args = serde_json::json!({"api2_filter": 1, "api2_filter_column": column, "api2_filter_type": kind, "api2_filter_term": term});
        assert_eq!(left(&API2, &args.to_string()), expected, "{column} {kind} {term}");
    }
}

#[test]
fn every_sort_method() {
    for (column, method, ahead, back) in [
        ("email", "", "Abcdé", "édcbA"),
        ("email", "alphabet", "Abcdé", "édcbA"),
        ("diskquota", "lexicographic", "édbcA", "Acbdé"),
        ("diskquota", "numeric", "édcbA", "Abcdé"),
        ("diskquota", "numeric_zero_as_max", "écbAd", "Adbcé"),
        ("ip", "ipv4", "déAbc", "cbAdé"),
        ("mtime", "numeric", "Abcdé", "ébcdA"),
    ] {
        for (reverse, expected) in [("0", ahead), ("no", ahead), ("1", back), ("true", back)] {
            let args = serde_json::json!({"api2_sort": "1", "api2_sort_column": column, "api2_sort_method": method, "api2_sort_reverse": reverse});
            assert_eq!(left(&API2, &args.to_string()), expected, "{column} {method} {reverse}");
        }
    }
}

#[test]
fn rules_count_in_numeric_order_and_the_bare_one_first() {
    for args in [
        r#"{"api2_sort":1,"api2_sort_column_10":"diskquota","api2_sort_column_9":"email","api2_sort_column":"mtime","api2_sort_method":"numeric"}"#,
        r#"{"api2_sort":1,"api2_sort_column_1":"email","api2_sort_column_0":"mtime","api2_sort_method_0":"numeric"}"#,
    ] {
        assert_eq!(left(&API2, args), "Abcdé");
    }
    let both = r#"{"api2_filter":1,"api2_filter_column":"mtime","api2_filter_type":"eq","api2_filter_term":5,"api2_filter_column_99999999999999999999":"email","api2_filter_term_99999999999999999999":"C"}"#;
    assert_eq!(left(&API2, both), "bcd", "AND: every address with a c in it");
    let last = r#"{"api2_sort":1,"api2_sort_column":"nosuch","api2_sort_column":"email"}"#;
    assert_eq!(left(&API2, last), "Abcdé", "of equal names the last counts");
}

#[test]
fn pages() {
    for (asked, expected, [pages, current, size, start]) in [
        (r#""api2_paginate_size":2"#, "bA", [3, 1, 2, 1]),
        (r#""api2_paginate_size":2,"api2_paginate_page":3"#, "é", [3, 3, 2, 5]),
        (r#""api2_paginate_size":2,"api2_paginate_page":4"#, "", [3, 4, 2, 7]),
        (r#""api2_paginate_size":2,"api2_paginate_start":2,"api2_paginate_page":9"#, "Ac", [3, 1, 2, 2]),
        (r#""api2_paginate_size":5,"api2_paginate_start":6"#, "", [1, 2, 5, 6]),
        (r#""api2_paginate_size":"","api2_paginate_start":5"#, "é", [1, 1, 100, 5]),
        (
            r#""api2_paginate_size":1000000000,"api2_paginate_page":1000000000"#,
            "",
            [1, 1_000_000_000, 1_000_000_000, 999_999_999_000_000_001],
        ),
    ] {
        let args = format!(r#"{{"api2_paginate":1,{asked}}}"#);
        assert_eq!(left(&API2, &args), expected, "{asked}");
        let page = done(&API2, &args).unwrap().paginate.unwrap();
        let found = [page.total_pages, page.current_page, page.results_per_page, page.start_result];
        assert_eq!((page.total_results, found), (5, [pages, current, size, start]), "{asked}");
    }
    let all = r#"{"api.paginate":1,"api.paginate_start":-1,"api.paginate_size":2}"#;
    assert_eq!(left(&UAPI, all), "bAcdé");
    let page = done(&UAPI, all).unwrap().paginate.unwrap();
    assert_eq!((page.total_pages, page.results_per_page, page.start_result), (1, 5, 1));
}
