//! One call of a function that manages tokens.

use crate::server::auth::{Gate, Owner, Token, TokenKind};
use liveapi_core::api::{Arg, Call, Error, Field, NotDone, Params, Refusal, Row};

/// What a handler works with: the gate, the owner of the tokens, the call and its parameters.
pub(super) struct TokenCall<'a> {
    pub(super) gate: &'a Gate,
    pub(super) owner: Owner,
    pub(super) call: &'a Call<'a>,
    pub(super) params: Params<'a>,
}

impl TokenCall<'_> {
    pub(super) fn create(&self, name: &'static str) -> Result<(String, Token), NotDone> {
        self.refuse_less()?;
        let expires = self.expires()?.flatten();
        let now = self.gate.clock.seconds();
        self.gate.tokens.create(&self.owner, self.params.required(name)?, expires, now)
    }

    pub(super) fn tokens(&self) -> Result<Vec<Token>, Error> {
        let mut tokens = self.gate.tokens.list(Some(&self.owner))?;
        tokens.retain(|token| token.kind == TokenKind::Token);
        Ok(tokens)
    }

    /// When it is to stop working, if the call says anything about that.
    pub(super) fn expires(&self) -> Result<Option<Option<u64>>, Refusal> {
        let Some(text) = self.params.optional("expires_at")? else { return Ok(None) };
        let seconds: u64 = text.parse().map_err(|_| Refusal::BadValue {
            param: "expires_at",
            why: "it is no number; give a time in seconds since 1970, or 0 for never".to_owned(),
        })?;
        Ok(Some((seconds > 0).then_some(seconds)))
    }

    /// Refuses what would make a token that may do less than its owner: it would be answered with one that may all.
    pub(super) fn refuse_less(&self) -> Result<(), Refusal> {
        if self.params.knows("acl") {
            // So that it counts as read; what is wrong with it is told below.
            let _ = self.params.optional("acl");
        }
        for (param, names) in [("acl", "acl"), ("whitelist_ip", "whitelist")] {
            for (_, value) in self.call.args.beginning_with(names) {
                let harmless = match value {
                    Arg::Absent => true,
                    Arg::Text(text) => text.is_empty() || (param == "acl" && text == "all"),
                    Arg::Inexact(..) | Arg::Nested(_) => false,
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

/// A token as functions of WHM show it.
pub(super) fn whm_row(token: &Token, acls: Field) -> Row {
    Row(vec![
        ("acls", acls),
        ("create_time", seconds(token.created)),
        ("expires_at", token.expires.map_or(Field::Null, seconds)),
        ("name", Field::Text(token.name.clone())),
        ("whitelist_ips", Field::Null),
    ])
}

/// A token as functions of UAPI show it.
pub(super) fn uapi_row(token: &Token) -> Row {
    Row(vec![
        ("create_time", seconds(token.created)),
        ("expires_at", token.expires.map_or(Field::Null, seconds)),
        ("features", Field::Texts(Vec::new())),
        ("has_full_access", Field::Int(1)),
        ("name", Field::Text(token.name.clone())),
    ])
}

/// A time in seconds since 1970.
pub(super) fn seconds(seconds: u64) -> Field {
    Field::Int(i64::try_from(seconds).unwrap_or(i64::MAX))
}
