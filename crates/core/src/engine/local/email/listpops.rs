//! Listing mailboxes: API 2 `listpops` and `listpopssingle`, UAPI `list_pops`.

use crate::api::Params;
use crate::api::catalogue::{Added, Answer, Equivalent, Function, Param, ParamKind, Return};
use crate::api::{Data, Done, Family, Field, NotDone, Row};
use crate::engine::local::context::Context;
use crate::engine::local::email::common::{MODULE, NO_VALIDATE, REGEX};
use crate::engine::local::entry::CatalogueEntry;

/// What stands for the login of the account's own mailbox.
const MAIN: &str = "Main Account";

const RETURNS: &[Return] = &[
    Return::new("email", "the address; for the account's own mailbox its name"),
    Return::new("login", "the address; for the account's own mailbox “Main Account”"),
    Return::new("suspended_incoming", "1 if mail is not accepted"),
    Return::new("suspended_login", "1 if login is suspended"),
];

pub(super) const API2: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "listpops",
        summary: "lists the mailboxes of the account",
        answer: Answer::List,
        params: &[REGEX],
        returns: RETURNS,
        uapi: Some(Equivalent::rows("list_pops")),
    },
    handler: |context, params| Ok(Done::with(Data::Rows(rows(context, params, false)?))),
};

pub(super) const SINGLE_API2: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "listpopssingle",
        summary: "lists the mailboxes of the account without its own",
        answer: Answer::List,
        params: &[REGEX],
        returns: RETURNS,
        uapi: Some(Equivalent { added: &[("skip_main", Added::Text("1"))], ..Equivalent::rows("list_pops") }),
    },
    handler: |context, params| Ok(Done::with(Data::Rows(rows(context, params, true)?))),
};

pub(super) const IMAGE_API2: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Api2,
        module: MODULE,
        func: "listpopswithimage",
        summary: "lists the mailboxes of the account, its own with an image for a name",
        answer: Answer::List,
        params: &[REGEX],
        returns: &[
            Return::new("email", "the address; for the account's own mailbox its name"),
            Return::new("login", "the address; for the account's own mailbox an HTML image"),
        ],
        uapi: None,
    },
    handler: |context, params| {
        let mut rows = rows(context, params, false)?;
        for row in &mut rows {
            row.0.truncate(2);
            if let Some((_, Field::Text(login))) = row.0.get_mut(1).filter(|(_, login)| is_main(login)) {
                // Recorded; the theme is the one that cPanel's own servers have.
                *login = "<img src=\"/frontend/paper_lantern/images/mainacct.jpg\">".to_owned();
            }
        }
        Ok(Done::with(Data::Rows(rows)))
    },
};

pub(super) const UAPI: CatalogueEntry = CatalogueEntry {
    function: Function {
        family: Family::Uapi,
        module: MODULE,
        func: "list_pops",
        summary: "lists the mailboxes of the account",
        answer: Answer::List,
        params: &[
            REGEX,
            Param::optional("skip_main", ParamKind::Flag, "1 leaves out the account's own mailbox"),
            NO_VALIDATE,
        ],
        returns: RETURNS,
        uapi: None,
    },
    handler: |context, params| {
        let rows = rows(context, params, params.flag("skip_main")?)?;
        Ok(Done {
            data: Data::Rows(rows),
            metadata: Row(vec![("transformed", Field::Int(1))]),
            ..Done::default()
        })
    },
};

fn rows(context: &Context<'_>, params: &Params<'_>, skip_main: bool) -> Result<Vec<Row>, NotDone> {
    let account = context.account()?;
    let wanted = params.pattern("regex")?;
    let matches = |text: &str| wanted.as_ref().is_none_or(|regex| regex.is_match(text));
    let mut rows = Vec::new();
    for mailbox in context.store.mailboxes(&account)? {
        let address = mailbox.address.to_string();
        if matches(&address) {
            let suspended = (mailbox.incoming_suspended, mailbox.login_suspended);
            rows.push(row(address.clone(), address, suspended));
        }
    }
    let main = account.name.to_string();
    if !skip_main && matches(&main) {
        rows.push(row(main, MAIN.to_owned(), (false, account.suspended)));
    }
    Ok(rows)
}

fn is_main(login: &Field) -> bool {
    matches!(login, Field::Text(text) if text == MAIN)
}

fn row(email: String, login: String, (incoming, login_suspended): (bool, bool)) -> Row {
    Row(vec![
        ("email", Field::Text(email)),
        ("login", Field::Text(login)),
        ("suspended_incoming", Field::Int(incoming.into())),
        ("suspended_login", Field::Int(login_suspended.into())),
    ])
}
