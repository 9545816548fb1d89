//! Properties of tokens and scopes, compared with `jsonwebtoken`.

use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use rolegate::auth::{Credentials, MAX_JWT_LIFETIME, Scopes, TokenErrorKind};
use serde_json::{Value, json};

use super::{NOW, SECRET, Store, at, jwt_keys, key, now, token};

fn claim() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (NOW - 4000..NOW + 4000).prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => "[0-9a-z]{0,10}".prop_map(Value::from),
        1 => select(vec![json!(null), json!(true), json!([]), json!({})]),
    ]
}

proptest! {
    /// Both this crate and `jsonwebtoken` verify the token.
    #[test]
    fn created_jwt_is_verified_until_its_lifetime_ends(
        user in "\\PC{1,40}",
        session in "\\PC{1,40}",
        lifetime in 1_u64..=3600,
    ) {
        prop_assume!(user != "0" && session != "0");
        let jwt = jwt_keys().create_jwt(&user, &session, Duration::from_secs(lifetime), now());
        let jwt = jwt.unwrap();
        for (second, valid) in [(0, true), (lifetime - 1, true), (lifetime, false)] {
            let claims = jwt_keys().verify_jwt(&jwt, at(NOW + second));
            prop_assert_eq!(claims.is_ok(), valid, "{} s", second);
        }
        let claims = jwt_keys().verify_jwt(&jwt, now()).unwrap();
        prop_assert_eq!(claims.user_id(), Some(&*user));
        prop_assert_eq!(claims.session_id(), Some(&*session));
        prop_assert_eq!(u64::try_from(claims.exp()), Ok(NOW + lifetime));

        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        let key = DecodingKey::from_secret(SECRET.as_bytes());
        let theirs = jsonwebtoken::decode::<Value>(&jwt, &key, &validation).unwrap().claims;
        let expected = json!({"userId": user, "sessionId": session, "exp": NOW + lifetime});
        prop_assert_eq!(theirs, expected);
    }

    #[test]
    fn token_of_jsonwebtoken_is_verified(user in "\\PC{0,40}", exp in NOW + 1..NOW + 9999) {
        let claims = json!({"userId": user, "exp": exp, "role": "admin"});
        let key = EncodingKey::from_secret(SECRET.as_bytes());
        let theirs = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap();
        let ours = jwt_keys().verify_jwt(&theirs, now()).unwrap();
        prop_assert_eq!(ours.user_id(), Some(&*user));
    }

    #[test]
    fn token_with_any_times_is_valid_exactly_by_the_rules(
        exp in claim(), nbf in claim(), iat in claim(), leeway in select(vec![0_u64, 1, 60, 120]),
    ) {
        let claims = json!({"userId": "u", "exp": exp, "nbf": nbf, "iat": iat});
        let keys = jwt_keys().with_leeway(Duration::from_secs(leeway)).unwrap();
        let of = |value: &Value| value.as_i64().map(i128::from);
        let typed = |value: &Value| value.is_null() || value.is_i64() || value.is_u64();
        let (now_, leeway) = (i128::from(NOW), i128::from(leeway));
        let max_age = i128::from(MAX_JWT_LIFETIME.as_secs());
        let valid = [&exp, &nbf, &iat].into_iter().all(typed)
            && of(&exp).is_some_and(|exp| now_ < exp + leeway)
            && of(&nbf).is_none_or(|nbf| now_ > nbf - leeway)
            && of(&iat).is_none_or(|iat| now_ < iat + max_age - leeway);
        let verified = keys.verify_jwt(&token(&claims), now());
        prop_assert_eq!(verified.is_ok(), valid, "{}: {:?}", claims, verified);
    }

    #[test]
    fn identity_at_expires_at_is_refused(
        exp in NOW + 1..NOW + 4000,
        iat in prop::option::of(NOW - 3599..NOW + 10),
    ) {
        let jwt = token(&json!({"userId": "user-a", "exp": exp, "iat": iat}));
        let credentials = Credentials::none().with_jwt(&*jwt);
        let store = Store::of_user_a();
        let end = store.ask(&credentials, now()).unwrap().expires_at().unwrap();
        prop_assert!(store.ask(&credentials, end - Duration::from_nanos(1)).is_ok());
        prop_assert!(store.ask(&credentials, end).is_err());
    }

    #[test]
    fn text_that_is_not_signed_is_refused(text in "\\PC{0,80}|[A-Za-z0-9_.-]{0,80}", secret in "\\PC{0,40}") {
        prop_assert!(jwt_keys().verify_jwt(&text, now()).is_err());
        let outcome = Store::of_user_a().outcome(&key(&secret));
        let refused = outcome == "user_unauthorized" || outcome.starts_with("guest: ");
        prop_assert!(refused, "{}", outcome);
    }

    /// The signature is right, so the error is never about the signature.
    #[test]
    fn signed_token_of_random_bytes_is_refused(
        header in vec(any::<u8>(), 0..40),
        payload in vec(any::<u8>(), 0..60),
    ) {
        let jwt = super::signed(&header, &payload);
        let kind = jwt_keys().verify_jwt(&jwt, now()).unwrap_err().kind();
        prop_assert!(kind != TokenErrorKind::Signature, "{:?}", kind);
        let jwt = super::signed(br#"{"alg":"HS256"}"#, &payload);
        prop_assert!(jwt_keys().verify_jwt(&jwt, now()).is_err());
    }

    #[test]
    fn scope_is_held_exactly_if_it_was_given_under_either_name(
        held in vec("(documents|rows|users|files)\\.(read|write)", 0..5),
        asked in "(documents|rows|users|files)\\.(read|write)",
    ) {
        let same = |scope: &str| scope.replace("rows.", "documents.");
        let expected = held.iter().any(|scope| same(scope) == same(&asked));
        prop_assert_eq!(Scopes::new(&held).contains(&asked), expected);
    }
}
