//! Pages in a small world: what tags print, what is refused and where, and that nothing panics.

mod liveapi;
mod mutations;
mod refusals;

use std::cell::RefCell;

use crate::api::catalogue::Answer;
use crate::api::{Arg, Call, Data, Done, Error, ErrorKind, Family, Field, Outcome, Refusal, Row};
use crate::tags::{Form, World, render};

/// A world with a few functions that keeps what it was asked.
#[derive(Default)]
struct Small {
    form: Form,
    calls: RefCell<Vec<String>>,
}

impl Small {
    fn with(fields: &[(&str, &str)]) -> Self {
        let mut small = Self::default();
        fields.iter().for_each(|(name, value)| small.form.push(*name, *value));
        small
    }

    fn page(&self, page: &str) -> String {
        let rendered = render(page.as_bytes(), self).unwrap_or_else(|error| panic!("{page}: {error}"));
        String::from_utf8(rendered.bytes).unwrap()
    }

    fn complaint(&self, page: &str) -> String {
        render(page.as_bytes(), self).map(|page| page.bytes).unwrap_err().to_string()
    }
}

/// The arguments of a call, by name or by position.
fn given(call: &Call<'_>) -> String {
    let args = call.args.beginning_with("").filter_map(|(name, value)| match value {
        Arg::Text(text) => Some(format!("{name}={text}")),
        _ => None,
    });
    args.collect::<Vec<_>>().join("|")
}

impl World for Small {
    fn call(&self, call: &Call<'_>) -> Result<Outcome, Error> {
        self.calls.borrow_mut().push(format!("{}::{}({})", call.module, call.func, given(call)));
        let text = |text: &str| Field::Text(text.to_owned());
        let row = |email: &str, used| Row(vec![("email", text(email)), ("used", Field::Int(used))]);
        let done = |data| Ok(Outcome::Done(Done::with(data)));
        match (call.family, call.func) {
            (Family::Api1, "echo") => done(Data::Text(given(call))),
            (_, "passwdpop") if given(call).contains("weak") => {
                Ok(Outcome::Refused(Refusal::WeakPassword { required: 50 }, Answer::Single))
            }
            (_, "status") => Ok(Outcome::Refused(Refusal::Missing("<x>"), Answer::Status("No & never"))),
            (Family::Api1, "passwdpop") => done(Data::Text(String::new())),
            (_, "passwdpop") => done(Data::Rows(vec![Row::success()])),
            (_, "list") => done(Data::Rows(vec![row("a+b@x", 1), row("<?cp Email::list(%,email) ?>", 0)])),
            (_, "none") => done(Data::Rows(Vec::new())),
            (_, "words") => done(Data::Texts(vec!["a".to_owned(), "<b>".to_owned()])),
            (_, "full") => Err(Error::new(ErrorKind::StoreFull, "The disk <is> full")),
            (_, "lost") => Err(Error::new(ErrorKind::UnknownAccount, "There is no account")),
            _ => Ok(Outcome::UnknownFunction),
        }
    }

    fn print(&self, text: &str) -> Result<String, Error> {
        Ok(match text {
            "$user" => "bob".to_owned(),
            "$evil" => "<b>$user</b><cpanel print=\"$user\">".to_owned(),
            "$CPDATA{'DNS'}" => "example.com".to_owned(),
            other => other.to_owned(),
        })
    }

    fn feature(&self, name: &str) -> Result<bool, Error> {
        Ok(name == "popaccts")
    }

    fn form(&self, name: &str) -> Option<&str> {
        self.form.get(name)
    }
}

#[test]
fn what_is_no_tag_passes_byte_for_byte() {
    let mut page: Vec<u8> = (0..=255).collect();
    page.extend_from_slice(b"<p>\0\xff</p> $user [x] % <cpanel-logo> <?cpx ?> <?php ?> </p> < <c <cpane");
    assert_eq!(render(&page, &Small::default()).unwrap().bytes, page);
    let mut with_tag = page.clone();
    with_tag.extend_from_slice(b"\xfe<cpanel print=\"$user\">\xfd");
    page.extend_from_slice(b"\xfebob\xfd");
    assert_eq!(render(&with_tag, &Small::default()).unwrap().bytes, page);
}

#[test]
fn print_replaces_variables_and_escapes_them() {
    let small = Small::with(&[("x", "\"<&>' $user $FORM{'x'}")]);
    for (page, expected) in [
        ("<cpanel print=\"$user\">", "bob"),
        ("a<CPANEL PRINT=\"Hi $user of $CPDATA{'DNS'}!\"/>b", "aHi bob of example.com!b"),
        ("<cpanel print=\"$nosuch $\">", "$nosuch $"),
        ("<cpanel print=\"$FORM{'x'}$FORM{'y'}\">", "&quot;&lt;&amp;&gt;&#39; $user $FORM{&#39;x&#39;}"),
        ("<cpanel print=\"$evil\">", "&lt;b&gt;$user&lt;/b&gt;&lt;cpanel print=&quot;$user&quot;&gt;"),
        ("<cpanel langprint=\"$user\">", "$user"),
        ("<cpanel setvar=\"a=1 $user\"><cpanel print=\"[$a]\">", "[1 bob]"),
        (
            "<cpanel setvar=\"a=$FORM{'x'}\"><cpanel setvar=\"user=$a\"><cpanel print=\"$user\">",
            "&quot;&lt;&amp;&gt;&#39; $user $FORM{&#39;x&#39;}",
        ),
    ] {
        assert_eq!(small.page(page), expected, "{page}");
    }
}

#[test]
fn branches_and_their_nesting() {
    let small = Small::with(&[("page", "2"), ("empty", "")]);
    for (page, expected) in [
        ("<cpanelif $user>y<cpanelelse>n</cpanelif>", "y"),
        ("<cpanelif !$user>y<cpanelelse>n</cpanelif>", "n"),
        ("<cpanelif $nosuch>y</cpanelif>", ""),
        ("<cpanelif !$nosuch>y</cpanelif>", "y"),
        ("<cpanelif $FORM{'page'}==2>y</cpanelif>", "y"),
        ("<cpanelif $FORM{'page'}=gt=10>y<cpanelelse>n</cpanelif>", "n"),
        ("<cpanelif $FORM{'empty'}||$FORM{'none'}>y<cpanelelse>n</cpanelif>", "n"),
        ("<cpanelif $user==bob && $FORM{'page'}>y</cpanelif>", "y"),
        ("<cpanel setvar=\"on=0\"><cpanelif $on>y<cpanelelse>n</cpanelif>", "n"),
        ("<cpanelfeature popaccts>y<cpanelelse>n</cpanelfeature>", "y"),
        ("<cpanelfeature !popaccts>y<cpanelelse>n</cpanelfeature>", "n"),
        ("<cpanelfeature autossl>y<cpanelelse>n</cpanelfeature >", "n"),
        (
            "<cpanelif 1>a<cpanelfeature popaccts>b<cpanelif 0>c<cpanelelse>d</cpanelif>e</cpanelfeature>f<cpanelelse>g</cpanelif>h",
            "abdefh",
        ),
    ] {
        assert_eq!(small.page(page), expected, "{page}");
    }
    // What is not chosen is not called.
    small.page("<cpanelif 0><cpanel Module=\"Email::echo()\"><cpanelelse><?cp Email::list() ?></cpanelif>");
    assert_eq!(*small.calls.borrow(), ["Email::list()"]);
}

#[test]
fn api_1_calls_get_their_arguments_one_by_one() {
    let small = Small::with(&[("email", "a','b"), ("password", "$user)\">"), ("quota", "")]);
    let page = "<cpanel Module=\"Email::echo( $FORM('email','password','quota','domain'), 'x,y', \"$user\", $user, '$user' )\">";
    let expected = "arg-0=a','b|arg-1=$user)\">|arg-2=|arg-4=x,y|arg-5=bob|arg-6=bob|arg-7=$user";
    small.page(page);
    small.page("<cpanel Email=\"echo(1)\">");
    assert_eq!(
        *small.calls.borrow(),
        [format!("Email::echo({expected})"), "Email::echo(arg-0=1)".to_owned()]
    );
    assert_eq!(small.page("[<cpanel Module=\"Email::echo('<b>')\">]"), "[arg-0=&lt;b&gt;]");
}

#[test]
fn api_2_calls_show_every_row_once() {
    let small = Small::with(&[("d", "x.example?>")]);
    let data = "&lt;?cp Email::list(%,email) ?&gt;";
    for (page, expected) in [
        ("<?cp Email::list( %[br /], email ) ?>", format!("a+b@x<br />{data}<br />")),
        (
            "<?cp Email::list(\n [tr class=%][td]%[/td][td]%[/td][/tr],\n *num,\n email,\n used,\n)\n?>",
            format!(
                "<tr class=even><td>a+b@x</td><td>1</td></tr><tr class=odd><td>{data}</td><td>0</td></tr>"
            ),
        ),
        (
            "<?cp Email::list( ?e=%; , ^email ) ?>",
            "?e=a%2Bb%40x;?e=%3C%3Fcp%20Email%3A%3Alist%28%25%2Cemail%29%20%3F%3E;".to_owned(),
        ),
        ("<?cp Email::list([%], +used) || 'none' ?>", "<checked><>".to_owned()),
        ("<?cp Email::none(%,email) || '[b]none[/b] % $user' ?>", "<b>none</b> % $user".to_owned()),
        ("<?cp Email::none(%,email) ?>", String::new()),
        ("<?cp Email::words(%;,data) ?>", "a;&lt;b&gt;;".to_owned()),
    ] {
        assert_eq!(small.page(page), expected, "{page}");
    }
    small.calls.borrow_mut().clear();
    small.page("<?cp Email::list() domain=\"$FORM{'d'}\", user=$user, raw='$user' ?>");
    assert_eq!(*small.calls.borrow(), ["Email::list(domain=x.example?>|user=bob|raw=$user)"]);
}
