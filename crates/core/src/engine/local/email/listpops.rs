//! Listing mailboxes: API 2 `listpops` and `listpopssingle`, UAPI `list_pops`.

use crate::api::Params;
use crate::api::catalogue::{Added, Answer, Equivalent, Function, Param, ParamKind, Return};
use crate::api::{Data, Done, Family, Field, ManyRows, NotDone, Row};
use crate::engine::local::context::Context;
use crate::engine::local::email::common::{MODULE, NO_VALIDATE, REGEX};
use crate::engine::local::entry::CatalogueEntry;

/// What stands for the login of the account's own mailbox.
const MAIN: &str = "Main Account";
/// What stands for it in the list with images. Recorded; the theme is the one that cPanel's own servers have.
const IMAGE: &str = "<img src=\"/frontend/paper_lantern/images/mainacct.jpg\">";

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
    handler: |context, params| Ok(Done::with(many(context, params, false, row)?)),
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
    handler: |context, params| Ok(Done::with(many(context, params, true, row)?)),
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
    handler: |context, params| Ok(Done::with(many(context, params, false, row_with_image)?)),
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
        Ok(Done {
            data: many(context, params, params.flag("skip_main")?, row)?,
            metadata: Row(vec![("transformed", Field::Int(1))]),
            ..Done::default()
        })
    },
};

/// A mailbox that is listed.
struct ListedMailbox {
    address: String,
    /// Whether it is the account's own, whose address is the account's name.
    is_main: bool,
    incoming_suspended: bool,
    login_suspended: bool,
}

fn many(
    context: &Context<'_>,
    params: &Params<'_>,
    skip_main: bool,
    row: fn(&ListedMailbox) -> Row,
) -> Result<Data, NotDone> {
    let account = context.account()?;
    let wanted = params.pattern("regex")?;
    let matches = |text: &str| wanted.as_ref().is_none_or(|regex| regex.is_match(text));
    let mut listed = Vec::new();
    for mailbox in context.store.mailboxes(&account)? {
        let address = mailbox.address.to_string();
        if matches(&address) {
            let (incoming_suspended, login_suspended) = (mailbox.incoming_suspended, mailbox.login_suspended);
            listed.push(ListedMailbox { address, is_main: false, incoming_suspended, login_suspended });
        }
    }
    let address = account.name.to_string();
    if !skip_main && matches(&address) {
        let login_suspended = account.suspended;
        listed.push(ListedMailbox { address, is_main: true, incoming_suspended: false, login_suspended });
    }
    Ok(Data::Many(ManyRows::of(listed, row)))
}

fn row(mailbox: &ListedMailbox) -> Row {
    let login = if mailbox.is_main { MAIN } else { &mailbox.address };
    Row(vec![
        ("email", Field::Text(mailbox.address.clone())),
        ("login", Field::Text(login.to_owned())),
        ("suspended_incoming", Field::Int(mailbox.incoming_suspended.into())),
        ("suspended_login", Field::Int(mailbox.login_suspended.into())),
    ])
}

fn row_with_image(mailbox: &ListedMailbox) -> Row {
    let login = if mailbox.is_main { IMAGE } else { &mailbox.address };
    Row(vec![("email", Field::Text(mailbox.address.clone())), ("login", Field::Text(login.to_owned()))])
}
