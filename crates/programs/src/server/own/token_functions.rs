//! The catalogue of the functions that manage tokens, and what each of them does.

use super::token_call::{TokenCall, seconds, uapi_row, whm_row};
use crate::server::auth::{Token, unknown_token};
use liveapi_core::api::catalogue::{Answer, Function, Param, ParamKind, Return};
use liveapi_core::api::{Data, Done, Family, Field, NotDone, Refusal, Row};

/// Most names in one call to revoke.
const MAX_NAMES: usize = 100;

/// A function that the daemon answers itself: what is known of it, and its handler.
pub(super) struct OwnFunction {
    pub(super) function: Function,
    pub(super) handler: fn(&TokenCall<'_>) -> Result<Done, NotDone>,
}

const NAME: Param =
    Param::required("name", ParamKind::Text, "the token's name: letters, digits, - and _, at most 50");
const TOKEN_NAME: Param = Param::required("token_name", NAME.kind, NAME.meaning);
const EXPIRES: Param = Param::optional(
    "expires_at",
    ParamKind::Number,
    "when it stops working, in seconds since 1970; 0 for never",
);
const ACL: Param = Param::optional("acl", ParamKind::Text, "“all”, or nothing; other privileges are refused");
const CREATED: Return = Return::new("create_time", "when it was created, in seconds since 1970");
const EXPIRY: Return = Return::new("expires_at", "when it stops working, in seconds since 1970, or null");
const ITS_NAME: Return = Return::new("name", "the token's name");
const ACLS: Return = Return::new("acls", "its privileges: all");
const ADDRESSES: Return = Return::new("whitelist_ips", "null: it works from everywhere");
const SECRET: Return = Return::new("token", "the token, which is never shown again");

const fn entry(
    family: Family,
    func: &'static str,
    summary: &'static str,
    answer: Answer,
    params: &'static [Param],
    returns: &'static [Return],
    handler: fn(&TokenCall<'_>) -> Result<Done, NotDone>,
) -> OwnFunction {
    let module = if matches!(family, Family::Uapi) { "Tokens" } else { "" };
    OwnFunction {
        function: Function { family, module, func, summary, answer, params, returns, uapi: None },
        handler,
    }
}

pub(super) static FUNCTIONS: &[OwnFunction] = &[
    entry(
        Family::Whm,
        "api_token_create",
        "creates an API token of the calling WHM user",
        Answer::Single,
        &[TOKEN_NAME, EXPIRES, ACL],
        &[ACLS, CREATED, EXPIRY, ITS_NAME, SECRET, ADDRESSES],
        |context| {
            let (secret, token) = context.create("token_name")?;
            let mut row = whm_row(&token, Field::Texts(vec!["all".to_owned()]));
            row.0.push(("token", Field::Text(secret)));
            Ok(Done::with(Data::Object(row)))
        },
    ),
    entry(
        Family::Whm,
        "api_token_list",
        "lists the API tokens of the calling WHM user",
        Answer::Single,
        &[],
        &[Return::new("tokens", "an object with one object per token, under the token's name")],
        |context| {
            let acls = || Field::Object(Row(vec![("all", Field::Int(1))]));
            let named = |token: Token| (token.name.clone(), whm_row(&token, acls()));
            let tokens = Field::Named(context.tokens()?.into_iter().map(named).collect());
            Ok(Done::with(Data::Object(Row(vec![("tokens", tokens)]))))
        },
    ),
    entry(
        Family::Whm,
        "api_token_revoke",
        "revokes API tokens of the calling WHM user, all that are named or none",
        Answer::Single,
        &[Param::required(
            "token_name",
            ParamKind::Text,
            "the token's name; token_name-1 and so on for more",
        )],
        &[],
        |context| {
            let names = context.params.numbered("token_name", MAX_NAMES)?;
            context.gate.tokens.revoke(&context.owner, &names)?;
            Ok(Done::default())
        },
    ),
    entry(
        Family::Whm,
        "api_token_update",
        "changes name and expiry of an API token of the calling WHM user; what is not given stays",
        Answer::Single,
        &[TOKEN_NAME, Param::optional("new_name", ParamKind::Text, "its new name"), EXPIRES, ACL],
        &[ACLS, CREATED, EXPIRY, ITS_NAME, ADDRESSES],
        |context| {
            context.refuse_less()?;
            let (name, new_name) =
                (context.params.required("token_name")?, context.params.optional("new_name")?);
            let expires = context.expires()?;
            let now = context.gate.clock.seconds();
            let token = context.gate.tokens.update(&context.owner, name, new_name, expires, now)?;
            Ok(Done::with(Data::Object(whm_row(&token, Field::Texts(vec!["all".to_owned()])))))
        },
    ),
    entry(
        Family::Whm,
        "api_token_get_details",
        "tells what is known about an API token of the calling WHM user",
        Answer::Single,
        &[Param::required("token", ParamKind::Secret, "the token itself")],
        &[ACLS, CREATED, EXPIRY, ITS_NAME, ADDRESSES],
        |context| {
            let found = context.gate.tokens.find(&context.owner, context.params.required("token")?)?;
            let why = || Refusal::BadValue { param: "token", why: "you have no such token".to_owned() };
            let token = found.ok_or_else(why)?;
            Ok(Done::with(Data::Object(whm_row(&token, Field::Texts(vec!["all".to_owned()])))))
        },
    ),
    entry(
        Family::Uapi,
        "create_full_access",
        "creates an API token of the account",
        Answer::Single,
        &[NAME, EXPIRES],
        &[CREATED, SECRET],
        |context| {
            let (secret, token) = context.create("name")?;
            let row = vec![("create_time", seconds(token.created)), ("token", Field::Text(secret))];
            Ok(Done::with(Data::Object(Row(row))))
        },
    ),
    entry(
        Family::Uapi,
        "list",
        "lists the API tokens of the account",
        Answer::List,
        &[],
        &[
            CREATED,
            EXPIRY,
            Return::new("features", "an empty list: it may do what the account may"),
            Return::new("has_full_access", "1"),
            ITS_NAME,
        ],
        |context| Ok(Done::with(Data::Rows(context.tokens()?.iter().map(uapi_row).collect()))),
    ),
    entry(
        Family::Uapi,
        "revoke",
        "revokes an API token of the account",
        Answer::Single,
        &[NAME],
        &[Return::new("data", "1; also if there was no such token, with a warning")],
        |context| {
            let name = context.params.required("name")?;
            // Documented: a token that is not there counts as revoked.
            let is_there = context.tokens()?.iter().any(|token| token.name == name);
            let warnings = if is_there {
                context.gate.tokens.revoke(&context.owner, &[name])?;
                Vec::new()
            } else {
                vec![unknown_token(name).to_string()]
            };
            Ok(Done { warnings, ..Done::with(Data::Int(1)) })
        },
    ),
    entry(
        Family::Uapi,
        "rename",
        "gives an API token of the account another name",
        Answer::Single,
        &[NAME, Param::required("new_name", NAME.kind, "its new name")],
        &[Return::new("data", "null")],
        |context| {
            let (name, new_name) = (context.params.required("name")?, context.params.required("new_name")?);
            let now = context.gate.clock.seconds();
            context.gate.tokens.update(&context.owner, name, Some(new_name), None, now)?;
            Ok(Done::default())
        },
    ),
];
