//! Secrets, keys and tokens are in nothing that is printed.

use std::fmt::Debug;

use rolegate::{
    CredentialKind, Credentials, DEFAULT_JWT_LIFETIME, Found, FoundKey, KeyKind, Lookup, Scopes,
    Secret, Tokens,
};
use serde_json::json;

use super::{NOW, PROJECT, SECRET, Store, authenticator, now, token, user_a};

const STORED: &str = "standard_tiptoptopsecret";

/// None of the secrets, nor any eight characters of a row of one.
fn assert_redacted(what: &str, shown: &str, secrets: &[&str]) {
    for secret in secrets {
        let secret: Vec<char> = secret.chars().collect();
        for part in secret.windows(8) {
            let part: String = part.iter().collect();
            assert!(!shown.contains(&part), "{what} shows {part}: {shown}");
        }
    }
}

fn debug(what: &str, value: &dyn Debug, secrets: &[&str]) {
    assert_redacted(what, &format!("{value:?}"), secrets);
    assert_redacted(what, &format!("{value:#?}"), secrets);
}

#[test]
fn nothing_that_is_printed_shows_a_secret() {
    let claims = json!({"projectId": PROJECT, "scopes": ["a"], "name": "N", "exp": NOW + 9});
    let ephemeral = format!("ephemeral_{}", token(&claims));
    let expired = format!("ephemeral_{}", token(&json!({"projectId": PROJECT, "exp": NOW})));
    let forged = format!("ephemeral_{}x", token(&claims));
    let jwt = super::tokens().create_jwt("user-a", "s1", DEFAULT_JWT_LIFETIME, now()).unwrap();
    let found = FoundKey::of_project(PROJECT, STORED).with_name("Backend");
    let store = Store::of_user_a().with_key(KeyKind::Standard, STORED, found.clone());
    let unknown = "tiptoptopsecret_x";
    let wrong = format!("{jwt}x");
    // The kind of a key is no secret.
    let of = |key| str::split_once(key, '_').unwrap().1;
    let secrets =
        [SECRET, of(STORED), of(&ephemeral), of(&expired), of(&forged), &*jwt, unknown, &*wrong];

    debug("secret", &Secret::new(SECRET).unwrap(), &secrets);
    debug("tokens", &Tokens::new(Secret::new(SECRET).unwrap()), &secrets);
    debug("authenticator", &authenticator(), &secrets);
    debug("found key", &found, &secrets);
    debug("found", &Found::Key(Some(found.clone())), &secrets);
    debug("lookup", &Lookup::Key { kind: KeyKind::Standard, secret: STORED }, &secrets);
    debug("lookup", &Lookup::User("user-a"), &secrets);
    debug("found user", &Found::User(Some(user_a())), &secrets);
    debug("kind", &CredentialKind::ApiKey, &secrets);
    debug("scopes", &Scopes::new(["a"]), &secrets);

    let none = Credentials::none();
    let all = [
        none,
        none.with_session(("user-a", "s1")),
        none.with_unknown_session(),
        none.with_jwt(&*jwt),
        none.with_jwt(&*wrong),
        none.with_key(STORED),
        none.with_key(unknown),
        none.with_key(&*ephemeral),
        none.with_key(&*expired),
        none.with_key(&*forged),
        none.with_jwt(&*jwt).with_key(STORED),
    ];
    for credentials in &all {
        debug("credentials", credentials, &secrets);
        let authenticator = authenticator();
        match authenticator.verify(credentials, now()) {
            Ok(pending) => debug("pending", &pending, &secrets),
            Err(error) => {
                debug("error", &error, &secrets);
                assert_redacted("error", &error.to_string(), &secrets);
                let source = std::error::Error::source(&error);
                assert_redacted("source", &format!("{source:?}"), &secrets);
            }
        }
        match store.ask(credentials, now()) {
            Ok(identity) => {
                debug("identity", &identity, &secrets);
                assert_redacted("provenance", &identity.provenance().to_string(), &secrets);
                let reason = identity.guest_reason().map(|reason| reason.to_string());
                assert_redacted("reason", &reason.unwrap_or_default(), &secrets);
            }
            Err(error) => assert_redacted("error", &error.to_string(), &secrets),
        }
    }
}

/// Not even a claim of a token that is refused.
#[test]
fn errors_show_nothing_of_the_claims() {
    let claims = json!({"userId": "somebody-in-particular", "exp": "somewhere-in-time"});
    let error = super::tokens().verify_jwt(&token(&claims), now()).unwrap_err();
    let shown = format!("{error} {error:?}");
    assert_redacted("error", &shown, &["somebody-in-particular", "somewhere-in-time"]);
    assert!(shown.contains("`exp`"), "{shown}");
}
