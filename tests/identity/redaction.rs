//! Printed values contain no secrets, keys, tokens or stored hashes.

use std::error::Error;
use std::fmt::Debug;

use rolegate::auth::{
    Authenticated, Credentials, DEFAULT_JWT_LIFETIME, ImpersonationTarget, JwtKeys, KeyKind,
    KeyLookup, Scopes, Secret, Step, StoredKey, UserLookup,
};
use rolegate::{Principal, User};
use serde_json::json;

use super::{
    NOW, PROJECT, SECRET, SESSION_SECRET, Store, authenticator, jwt_keys, now, sha256, token,
    user_a, user_a_json,
};

const STANDARD: &str = "standard_tiptoptopsecret";
const ACCOUNT: &str = "account_quitesecretindeed";
const ORGANIZATION: &str = "organization_mostsecretofall";

/// Panics if a text shows eight consecutive characters of a secret.
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

/// Checks an error, its causes and their `Debug`.
fn error(what: &str, error: &(dyn Error + 'static), secrets: &[&str]) {
    let mut next = Some(error);
    while let Some(error) = next {
        debug(what, &error, secrets);
        assert_redacted(what, &error.to_string(), secrets);
        next = error.source();
    }
}

fn authenticated(caller: Authenticated, secrets: &[&str]) {
    debug("authenticated", &caller, secrets);
    match caller.require_scope("documents.read") {
        Ok(identity) => {
            debug("identity", &identity, secrets);
            assert_redacted("method", &identity.method().to_string(), secrets);
            let reason = identity.guest_reason().map(|reason| reason.to_string());
            assert_redacted("reason", &reason.unwrap_or_default(), secrets);
        }
        Err(refusal) => error("refusal", &refusal, secrets),
    }
}

/// Takes all steps of a request and checks each of them.
fn all_steps(store: &Store, credentials: &Credentials<'_>, secrets: &[&str]) {
    use rolegate::auth::Directory;
    debug("credentials", credentials, secrets);
    let authenticator = authenticator();
    let mut step = authenticator.begin(credentials, now());
    loop {
        step = match step {
            Err(refusal) => return error("refusal", &refusal, secrets),
            Ok(current) => {
                debug("step", &current, secrets);
                match current {
                    Step::Done(caller) => return authenticated(caller, secrets),
                    Step::FindUser(find) => {
                        debug("find user", &find, secrets);
                        debug("lookup", &find.lookup(), secrets);
                        let user = store.user(find.lookup()).unwrap();
                        debug("user", &user, secrets);
                        find.found(user)
                    }
                    Step::FindKey(find) => {
                        debug("find key", &find, secrets);
                        debug("lookup", &find.lookup(), secrets);
                        let key = store.key(find.lookup()).unwrap();
                        debug("key", &key, secrets);
                        find.found(key)
                    }
                }
            }
        };
    }
}

#[test]
fn printed_values_of_every_request_show_no_secret() {
    let claims = json!({"projectId": PROJECT, "scopes": ["a"], "name": "N", "exp": NOW + 9});
    let ephemeral = format!("ephemeral_{}", token(&claims));
    let expired = format!("ephemeral_{}", token(&json!({"projectId": PROJECT, "exp": NOW})));
    let forged = format!("ephemeral_{}x", token(&claims));
    let jwt = jwt_keys().create_jwt("user-a", "s1", DEFAULT_JWT_LIFETIME, now()).unwrap();
    let unknown = "tiptoptopsecret_x";
    let wrong = format!("{jwt}x");
    let hash = sha256(SESSION_SECRET);
    let (email, phone) = ("secretary@example.com", "+4912345678");
    // The kind of a key is public.
    let of = |key| str::split_once(key, '_').unwrap().1;
    let secrets = [
        SECRET,
        SESSION_SECRET,
        &*hash,
        of(STANDARD),
        of(ACCOUNT),
        of(ORGANIZATION),
        of(&ephemeral),
        of(&expired),
        of(&forged),
        &*jwt,
        unknown,
        &*wrong,
    ];

    let mut document = user_a_json();
    document["impersonator"] = true.into();
    let impersonator: User = serde_json::from_value(document).unwrap();
    let standard = StoredKey::of_project(PROJECT, STANDARD).with_name("Backend");
    let store = Store::of_users(vec![impersonator])
        .with_key(KeyKind::Standard, STANDARD, standard.clone())
        .with_key(KeyKind::Account, ACCOUNT, StoredKey::of_account(user_a(), ACCOUNT))
        .with_key(
            KeyKind::Organization,
            ORGANIZATION,
            StoredKey::of_organization("t1", ORGANIZATION),
        );

    debug("secret", &Secret::new(SECRET).unwrap(), &secrets);
    debug("keys", &JwtKeys::new(Secret::new(SECRET).unwrap()), &secrets);
    debug("authenticator", &authenticator(), &secrets);
    debug("stored key", &standard, &secrets);
    debug("lookup", &KeyLookup::Project { secret: STANDARD }, &secrets);
    debug("lookup", &KeyLookup::Account { user_id: "u", secret: ACCOUNT }, &secrets);
    debug("lookup", &KeyLookup::Organization { team_id: "t", secret: ORGANIZATION }, &secrets);
    debug("lookup", &UserLookup::Id("user-a"), &secrets);
    debug("session", &user_a().sessions[0], &secrets);
    debug("user", &user_a(), &secrets);
    debug("principal", &Principal::user(&user_a()).unwrap(), &secrets);
    debug("scopes", &Scopes::new(["a"]), &secrets);
    for target in [ImpersonationTarget::Email(email), ImpersonationTarget::Phone(phone)] {
        debug("target", &target, &[email, phone]);
        let credentials = super::session().with_impersonation_target(target);
        debug("credentials", &credentials, &[email, phone]);
    }

    let none = Credentials::none().with_project(PROJECT);
    let session = none.with_session("user-a", SESSION_SECRET);
    let key = none.with_key_user("user-a").with_key_organization("t1");
    for credentials in [
        none,
        session,
        session.with_impersonation_target(ImpersonationTarget::Id("user-b")),
        session.with_impersonation_target(ImpersonationTarget::Id("user-a")),
        none.with_session("user-a", unknown),
        none.with_session("user-b", SESSION_SECRET),
        none.with_session_verified_by_host("user-a", "s1"),
        none.with_jwt(&*jwt),
        none.with_jwt(&*wrong),
        none.with_session("user-a", SESSION_SECRET).with_jwt(&*jwt),
        key.with_key(STANDARD),
        key.with_key(ACCOUNT),
        key.with_key(ORGANIZATION),
        none.with_key(ACCOUNT),
        none.with_key(unknown),
        Credentials::none().with_key(STANDARD),
        none.with_key("standard_x"),
        none.with_key(&*ephemeral),
        none.with_key(&*expired),
        none.with_key(&*forged),
        none.with_jwt(&*jwt).with_key(STANDARD),
    ] {
        all_steps(&store, &credentials, &secrets);
    }
}

/// The claims of a token that is refused are not shown either.
#[test]
fn token_error_shows_no_value_of_a_claim() {
    let claims = json!({"userId": "a-secret-user-name", "exp": "somewhere-in-time"});
    let error = jwt_keys().verify_jwt(&token(&claims), now()).unwrap_err();
    let shown = format!("{error} {error:?}");
    assert_redacted("error", &shown, &["a-secret-user-name", "somewhere-in-time"]);
    assert!(shown.contains("`exp`"), "{shown}");
}
