//! The functions that manage tokens. The daemon answers them itself, whatever engine answers the others.
//!
//! Parameters and answers are those of cPanel's public reference. A token of the daemon has all privileges of its
//! owner from everywhere, so a call for less (`acl`, `whitelist_ip`) is refused rather than answered with more.

use crate::server::auth::{Gate, Identified, Owner, Token, TokenKind, unknown_token};
use liveapi_core::api::catalogue::{Answer, Function, Kind, Param, Return};
use liveapi_core::api::{
    Arg, Call, Data, Done, Error, Family, Field, NotDone, Outcome, Params, Refusal, Row, modifiers,
};
use liveapi_core::store::AccountName;

/// Most names in one call to revoke.
const MAX_NAMES: usize = 100;

/// What a handler works with: the gate, the owner of the tokens, the call and its parameters.
struct TokenCall<'a> {
    gate: &'a Gate,
    owner: Owner,
    call: &'a Call<'a>,
    params: Params<'a>,
}

struct OwnFunction {
    function: Function,
    handler: fn(&TokenCall<'_>) -> Result<Done, NotDone>,
}

const NAME: Param =
    Param::required("name", Kind::Text, "the token's name: letters, digits, - and _, at most 50");
const TOKEN_NAME: Param = Param::required("token_name", NAME.kind, NAME.meaning);
const EXPIRES: Param =
    Param::optional("expires_at", Kind::Text, "when it stops working, in seconds since 1970; 0 for never");
const ACL: Param = Param::optional("acl", Kind::Text, "“all”, or nothing; other privileges are refused");
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

static FUNCTIONS: &[OwnFunction] = &[
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
        &[Param::required("token_name", Kind::Text, "the token's name; token_name-1 and so on for more")],
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
        &[TOKEN_NAME, Param::optional("new_name", Kind::Text, "its new name"), EXPIRES, ACL],
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
        &[Param::required("token", Kind::Secret, "the token itself")],
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

/// What is known about these functions, for help and documentation.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    FUNCTIONS.iter().map(|own| &own.function)
}

fn find(family: Family, module: &str, func: &str) -> Option<&'static OwnFunction> {
    let family = if family == Family::Whm0 { Family::Whm } else { family };
    FUNCTIONS.iter().find(|own| {
        let Function { family: known, module: its, func: name, .. } = own.function;
        (known, its, name) == (family, module, func)
    })
}

/// Answers a call that [`Gate::may`] allowed, if its function is one of these; nothing if it is for the engine.
/// `account` is the one that the call is for.
pub fn answer(
    gate: &Gate,
    caller: &Identified,
    account: Option<&str>,
    call: &Call<'_>,
) -> Option<Result<Outcome, Error>> {
    let own = find(call.family, call.module, call.func)?;
    Some(match run(own, gate, caller, account, call) {
        Ok(done) => Ok(Outcome::Done(done)),
        Err(NotDone::Refused(refusal)) => Ok(Outcome::Refused(refusal, own.function.answer)),
        Err(NotDone::Failed(error)) => Err(error),
    })
}

fn run(
    own: &'static OwnFunction,
    gate: &Gate,
    caller: &Identified,
    account: Option<&str>,
    call: &Call<'_>,
) -> Result<Done, NotDone> {
    let owner = match account {
        Some(account) => owner(gate, account)?.ok_or_else(|| Refusal::NoAccount(account.to_owned()))?,
        None => Owner::of(caller).ok_or_else(|| Refusal::NoAccount(caller.user.clone()))?,
    };
    let context = TokenCall { gate, owner, call, params: Params::new(&own.function, &call.args) };
    context.params.require()?;
    let done = (own.handler)(&context)?;
    Ok(modifiers::apply(&own.function, &call.args, done)?)
}

/// The account as the owner of its tokens, if there is such an account.
fn owner(gate: &Gate, account: &str) -> Result<Option<Owner>, Error> {
    let Some(account) = AccountName::existing(account) else { return Ok(None) };
    Ok(gate.passwords.since(&account)?.map(|_| Owner::account(&account)))
}

impl TokenCall<'_> {
    fn create(&self, name: &'static str) -> Result<(String, Token), NotDone> {
        self.refuse_less()?;
        let expires = self.expires()?.flatten();
        let now = self.gate.clock.seconds();
        self.gate.tokens.create(&self.owner, self.params.required(name)?, expires, now)
    }

    fn tokens(&self) -> Result<Vec<Token>, Error> {
        let mut tokens = self.gate.tokens.list(Some(&self.owner))?;
        tokens.retain(|token| token.kind == TokenKind::Token);
        Ok(tokens)
    }

    /// When it is to stop working, if the call says anything about that.
    fn expires(&self) -> Result<Option<Option<u64>>, Refusal> {
        let Some(text) = self.params.optional("expires_at")? else { return Ok(None) };
        let seconds: u64 = text.parse().map_err(|_| Refusal::BadValue {
            param: "expires_at",
            why: "it is no number; give a time in seconds since 1970, or 0 for never".to_owned(),
        })?;
        Ok(Some((seconds > 0).then_some(seconds)))
    }

    /// Refuses what would make a token that may do less than its owner: it would be answered with one that may all.
    fn refuse_less(&self) -> Result<(), Refusal> {
        for (param, names) in [("acl", "acl"), ("whitelist_ip", "whitelist")] {
            for (_, value) in self.call.args.beginning_with(names) {
                let harmless = match value {
                    Arg::Absent => true,
                    Arg::Text(text) => text.is_empty() || (param == "acl" && text == "all"),
                    Arg::Nested(_) => false,
                };
                if !harmless {
                    let why = "tokens here have all privileges of their owner, from everywhere; leave it out"
                        .to_owned();
                    return Err(Refusal::BadValue { param, why });
                }
            }
        }
        Ok(())
    }
}

fn whm_row(token: &Token, acls: Field) -> Row {
    Row(vec![
        ("acls", acls),
        ("create_time", seconds(token.created)),
        ("expires_at", token.expires.map_or(Field::Null, seconds)),
        ("name", Field::Text(token.name.clone())),
        ("whitelist_ips", Field::Null),
    ])
}

fn uapi_row(token: &Token) -> Row {
    Row(vec![
        ("create_time", seconds(token.created)),
        ("expires_at", token.expires.map_or(Field::Null, seconds)),
        ("features", Field::Texts(Vec::new())),
        ("has_full_access", Field::Int(1)),
        ("name", Field::Text(token.name.clone())),
    ])
}

fn seconds(seconds: u64) -> Field {
    Field::Int(i64::try_from(seconds).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::auth::OF_TOKENS;

    #[test]
    fn resellers_may_call_whms_functions_of_tokens_and_no_others() {
        let whm: Vec<_> = functions()
            .filter(|function| function.family == Family::Whm)
            .map(|function| function.func)
            .collect();
        assert_eq!(whm, OF_TOKENS);
    }
}
