//! `jwt`: which tokens are valid, and what they say.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use rolegate::{MAX_JWT_LIFETIME, Secret, TokenErrorKind, Tokens};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{check_all, same};

/// What only the reference accepts, and why we do not.
pub const ONLY_THE_REFERENCE: [(TokenErrorKind, &str); 9] = [
    (TokenErrorKind::TooLong, "a token that nobody's server lets pass costs nothing here"),
    (TokenErrorKind::Base64, "one token has one text: padding and foreign characters are refused"),
    (TokenErrorKind::Header, "JSON deeper than 128, or literals in capitals, is not read"),
    (TokenErrorKind::Algorithm, "a header must name the algorithm that the signature is of"),
    (TokenErrorKind::Critical, "RFC 7515 demands that unknown extensions be refused"),
    (TokenErrorKind::Signature, "a signature must be written in one way"),
    (TokenErrorKind::Payload, "a payload that is no object says nothing of anybody"),
    (TokenErrorKind::MissingExp, "a token that never ends cannot be taken back"),
    (
        TokenErrorKind::Claim,
        "claims are integers and texts, once each, and never guessed from others",
    ),
];

/// What only the reference accepted, by kind.
#[derive(Default)]
pub struct Refused(BTreeMap<TokenErrorKind, usize>);

impl Refused {
    /// Counts a refusal of ours where the reference accepts; only some kinds may be.
    pub fn count(&mut self, kind: TokenErrorKind) -> Result<(), String> {
        *self.0.entry(kind).or_default() += 1;
        let listed = ONLY_THE_REFERENCE.iter().any(|(known, _)| *known == kind);
        if listed { Ok(()) } else { Err(format!("refused as {kind:?}, accepted by the reference")) }
    }

    pub fn print(&self, file: &str) {
        println!("conformance {file}: only the reference accepts {:?}", self.0);
    }
}

#[derive(Deserialize)]
struct Jwt {
    key: String,
    now: u64,
    max_age: u64,
    leeway: u64,
    token: String,
    ok: bool,
    claims: Option<Map<String, Value>>,
}

#[test]
fn no_token_is_accepted_that_the_reference_refuses() {
    let mut refused = Refused::default();
    check_all("jwt", |case: &Jwt| {
        same("greatest age", &case.max_age, &MAX_JWT_LIFETIME.as_secs())?;
        let Ok(secret) = Secret::new(&case.key) else {
            return same("accepted with an empty secret", &false, &case.ok);
        };
        let tokens = Tokens::new(secret).with_leeway(Duration::from_secs(case.leeway));
        let tokens = tokens.map_err(|e| e.to_string())?;
        let now = UNIX_EPOCH + Duration::from_secs(case.now);
        let claims = match (tokens.verify_jwt(&case.token, now), case.ok) {
            (Ok(claims), true) => claims,
            (Err(_), false) => return Ok(()),
            (Ok(_), false) => return Err("accepted, and refused by the reference".into()),
            (Err(error), true) => return refused.count(error.kind()),
        };
        let says = |name| case.claims.as_ref().and_then(|claims| claims.get(name));
        let text = |name| says(name).and_then(Value::as_str);
        let integer = |name| says(name).and_then(Value::as_i64);
        same("userId", &claims.user_id(), &text("userId"))?;
        same("sessionId", &claims.session_id(), &text("sessionId"))?;
        same("exp", &Some(claims.exp()), &integer("exp"))?;
        same("nbf", &claims.nbf(), &integer("nbf"))?;
        same("iat", &claims.iat(), &integer("iat"))
    });
    refused.print("jwt");
}
