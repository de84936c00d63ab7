//! Functions that say no, and pages that are wrong.

use super::Small;
use crate::tags::{MAX_DEPTH, MAX_OUTPUT_BYTES, MAX_PAGE_BYTES, MAX_TAGS, render};

const WEAK: &str = "Sorry, the password you selected cannot be used because it is too weak and would be too easy to guess.  Please select a password with strength rating of 50  or higher.";

#[test]
fn a_refusal_is_told_where_the_page_has_a_place_for_it_and_elsewhere_too() {
    let small = Small::default();
    for (page, expected) in [
        ("<?cp Email::passwdpop( %, reason ) password=\"good\" ?>", ""),
        ("<?cp Email::passwdpop( %, reason ) password=\"weak\" ?>", WEAK),
        ("<?cp Email::passwdpop( %:%, result, reason ) password=\"good\" ?>", "1:"),
        ("<?cp Email::passwdpop( %, result ) password=\"weak\" ?>", "0"),
        ("<?cp Email::passwdpop( [li]%[/li], email ) password=\"weak\" ?>", WEAK),
        ("<?cp Email::passwdpop() password=\"weak\" ?>", WEAK),
        ("<?cp Email::passwdpop( %, reason ) password=\"weak\" || '[b]no[/b]' ?>", "<b>no</b>"),
        (
            "<?cp Email::status( %;%, reason, statusmsg ) ?>",
            "&quot;&lt;x&gt;&quot; is a required argument.;No &amp; never",
        ),
        ("<?cp Email::full( %, reason ) ?>", "The disk &lt;is&gt; full"),
        ("<?cp Email::full( %, email ) || 'sorry' ?>", "sorry"),
        ("<cpanel Module=\"Email::passwdpop('weak')\">", WEAK),
        ("<cpanel Module=\"Email::passwdpop('good')\">", ""),
        ("<cpanel Module=\"Email::full()\">", "The disk &lt;is&gt; full"),
    ] {
        assert_eq!(small.page(page), expected, "{page}");
    }
}

#[test]
fn a_wrong_page_is_told_by_line_and_column() {
    let small = Small::default();
    for (page, complaint) in [
        ("a\né <cpanelfoo>", "2:3: There is no tag <cpanelfoo>"),
        ("<cpanel print=\"x\"", "1:18: The tag has one attribute"),
        ("<cpanel", "1:1: This tag is never closed"),
        ("<?cp", "1:1: This tag is never closed"),
        ("<?cp Email::list(", "1:18: The bracket"),
        ("<?cptt Email::list(x.tt) ?>", "1:1: Template Toolkit"),
        ("<cpanelif 1>x", "1:1: This <cpanelif> is never closed"),
        ("<cpanelif 1><cpanelfeature x>\n</cpanelif>", "2:1: </cpanelif> stands where </cpanelfeature>"),
        ("</cpanelfeature>", "1:1: </cpanelfeature> closes nothing"),
        ("</cpanel>", "1:1: <cpanel …> has no content"),
        ("<cpanelelse>", "1:1: This <cpanelelse> stands in no"),
        ("<cpanelif 1><cpanelelse>\n<cpanelelse></cpanelif>", "2:1: This is the second"),
        ("<cpanelif a<b>c</cpanelif>", "1:12: A condition holds a “<”"),
        ("<cpanelfeature >x</cpanelfeature>", "1:16: The name of a feature"),
        ("\n\n<?cp Email::nosuch() ?>", "3:1: There is no function Email::nosuch in cPanel API 2"),
        ("<cpanel Module=\"Email::nosuch()\">", "1:1: There is no function Email::nosuch in cPanel API 1"),
        ("x<?cp Email::lost(%,reason) || 'm' ?>", "1:2: There is no account"),
    ] {
        let said = small.complaint(page);
        assert!(said.starts_with(complaint), "{page}: {said}");
    }
    let error = render(b"<cpanel print=\"a\xff\">", &small).unwrap_err().to_string();
    assert!(error.starts_with("1:17: The tag holds a byte that is not UTF-8"), "{error}");
}

#[test]
fn a_wrong_page_makes_no_call() {
    let small = Small::default();
    small.complaint("<?cp Email::passwdpop( %, reason ) password=\"good\" ?><cpanelif>");
    assert!(small.calls.borrow().is_empty());
}

#[test]
fn what_a_page_can_multiply_is_limited() {
    let small = Small::default();
    let nested = |depth| format!("{}x{}", "<cpanelif 1>".repeat(depth), "</cpanelif>".repeat(depth));
    assert_eq!(small.page(&nested(MAX_DEPTH)), "x");
    assert!(small.complaint(&nested(MAX_DEPTH + 1)).contains("deep in each other"));
    let tag = "<cpanel print=\"\">";
    assert_eq!(small.page(&tag.repeat(MAX_TAGS)), "");
    assert!(small.complaint(&tag.repeat(MAX_TAGS + 1)).contains("tags"));
    let doubled: String = (0..64).map(|_| "<cpanel setvar=\"a=x$a$a\">").collect();
    assert!(small.complaint(&doubled).contains(&MAX_OUTPUT_BYTES.to_string()));
    let filled = "<cpanel setvar=\"a=xxxxxxxxxxxxxxxx\">".to_owned();
    let filled = filled + &"<cpanel setvar=\"a=$a$a\">".repeat(16);
    let printed = format!("{filled}{}", "<cpanel print=\"$a\">".repeat(100));
    assert!(small.complaint(&printed).contains("would become longer"));
    assert!(small.complaint(&" ".repeat(MAX_PAGE_BYTES + 1)).contains("longer than"));
}

/// Each is read in one pass; were one of them read again for every tag, this test would not end.
#[test]
fn hostile_pages_of_many_megabytes_end() {
    let small = Small::default();
    let size = 10 * 1024 * 1024;
    for part in [
        "<cpanel",
        "<",
        "<cpanel ",
        "<cpanel print=\"",
        "<cpanelif ",
        "<cpanelif a{",
        "<?cp ",
        "<?cp A::b(",
        "<?cp A::b(,",
        "<?cp A::b(%,",
        "<?cp A::b() a=",
        "<cpanel print=\"$a{",
        "<cpanel Module=\"A::b(",
        "<cpanel Module=\"A::b(a,",
        "</cpanelif",
        "<cpanelif 1>",
        "<cpanelelse>",
        "<cpanelif a&&",
    ] {
        let repeated = part.repeat(size / part.len());
        let once = format!("{part}{}", &repeated[part.len().min(3)..]);
        for page in [&repeated, &once] {
            let _ = render(page.as_bytes(), &small);
        }
    }
    let dollars = format!("<cpanel print=\"{}\">", "$a{".repeat(size / 3));
    assert_eq!(small.page(&dollars).len(), size / 3 * 3);
    let braces = format!("<cpanelif {}>x</cpanelif>", "{".repeat(size));
    assert_eq!(small.page(&braces), "x");
}
