//! `jwt`: valid tokens with their claims, and invalid tokens.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use rolegate::auth::{Claims, JwtKeys, MAX_JWT_LIFETIME, Secret, TokenErrorKind};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{check_all, same};

/// The kinds of tokens that only Appwrite accepts, each with the reason for the difference.
pub const ONLY_APPWRITE_ACCEPTS: [(TokenErrorKind, &str); 9] = [
    (TokenErrorKind::TooLong, "a token that HTTP servers refuse must not take time here"),
    (
        TokenErrorKind::Base64,
        "a token has one spelling: padding and foreign characters are refused",
    ),
    (
        TokenErrorKind::Header,
        "JSON deeper than 128 levels, or with literals in capitals, is not read",
    ),
    (TokenErrorKind::Algorithm, "a header must name the algorithm of the signature"),
    (TokenErrorKind::Critical, "RFC 7515 demands that unknown extensions are refused"),
    (TokenErrorKind::Signature, "a signature has one spelling"),
    (
        TokenErrorKind::Payload,
        "a payload deeper than 128 levels, or that is not an object, is not read",
    ),
    (TokenErrorKind::MissingExp, "a token without an end cannot be taken back"),
    (
        TokenErrorKind::Claim,
        "a claim is an integer or a text, and a repeated claim would be a guess",
    ),
];

/// The name of a further difference: the library has one maximum age.
const OLDER: &str = "issued longer ago than MAX_JWT_LIFETIME, within the case's maximum age";

/// The number of cases that only Appwrite accepts, by the name of the difference.
#[derive(Default)]
pub struct OnlyAppwrite(BTreeMap<String, usize>);

impl OnlyAppwrite {
    /// Counts a case of a difference that is known by name.
    pub fn count(&mut self, name: &str) {
        *self.0.entry(name.to_owned()).or_default() += 1;
    }

    /// Counts a token that only Appwrite accepts. The kind must be a listed one.
    pub fn count_token(&mut self, kind: TokenErrorKind) -> Result<(), String> {
        self.count(&format!("{kind:?}"));
        let listed = ONLY_APPWRITE_ACCEPTS.iter().any(|(known, _)| *known == kind);
        if listed { Ok(()) } else { Err(format!("refused as {kind:?}, accepted by Appwrite")) }
    }

    pub fn print(&self, file: &str) {
        println!("conformance {file}: only Appwrite accepts {:?}", self.0);
    }
}

/// Claims may be nested deeper than `serde_json` reads values, so they stay raw.
#[derive(Deserialize)]
struct Jwt {
    key: String,
    now: u64,
    max_age: u64,
    leeway: u64,
    token: String,
    ok: bool,
    claims: Option<Box<RawValue>>,
}

/// The claims that the library reads, as Appwrite decoded them.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Decoded {
    user_id: Value,
    session_id: Value,
    exp: Value,
    nbf: Value,
    iat: Value,
}

impl Jwt {
    /// Returns `true` if the claims are too old for Appwrite with the maximum age of the case.
    fn is_too_old(&self, claims: &Claims) -> bool {
        let age = i128::from(self.max_age) - i128::from(self.leeway);
        claims.iat().is_some_and(|iat| i128::from(self.now) >= i128::from(iat) + age)
    }

    fn check(&self, claims: &Claims) -> Result<(), String> {
        let raw = self.claims.as_ref().ok_or("Appwrite decoded no claims")?;
        let decoded: Decoded = serde_json::from_str(raw.get()).map_err(|e| e.to_string())?;
        same("userId", &claims.user_id(), &decoded.user_id.as_str())?;
        same("sessionId", &claims.session_id(), &decoded.session_id.as_str())?;
        same("exp", &Some(claims.exp()), &decoded.exp.as_i64())?;
        same("nbf", &claims.nbf(), &decoded.nbf.as_i64())?;
        same("iat", &claims.iat(), &decoded.iat.as_i64())
    }
}

#[test]
fn jwt_refused_by_appwrite_is_refused() {
    let mut only_appwrite = OnlyAppwrite::default();
    check_all("jwt", |case: &Jwt| {
        let Ok(secret) = Secret::new(&case.key) else {
            return same("accepted with an empty secret", &false, &case.ok);
        };
        let Ok(keys) = JwtKeys::new(secret).with_leeway(Duration::from_secs(case.leeway)) else {
            return same("accepted with a leeway that is too long", &false, &case.ok);
        };
        let now = UNIX_EPOCH + Duration::from_secs(case.now);
        match (keys.verify_jwt(&case.token, now), case.ok) {
            (Ok(claims), ok) if case.is_too_old(&claims) => same("accepted, too old", &false, &ok),
            (Ok(claims), true) => case.check(&claims),
            (Err(_), false) => Ok(()),
            (Ok(_), false) => Err("accepted, and refused by Appwrite".into()),
            (Err(error), true) if error.kind() == TokenErrorKind::TooOld => {
                only_appwrite.count(OLDER);
                same("longer age", &(case.max_age > MAX_JWT_LIFETIME.as_secs()), &true)
            }
            (Err(error), true) => only_appwrite.count_token(error.kind()),
        }
    });
    only_appwrite.print("jwt");
}
