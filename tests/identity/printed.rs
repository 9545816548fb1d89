//! The texts of errors that are not refusals, and the `Debug` of values that hold a secret.

use std::time::Duration;

use rolegate::User;
use rolegate::auth::{
    CreateJwtError, Credentials, ImpersonationTarget, KeyKind, MAX_JWT_LIFETIME, Scopes, Secret,
    Step, StoredKey,
};
use rolegate::principal::Session;

use super::{FUTURE, authenticator, jwt_keys, key, now, session};

#[test]
fn key_kind_has_the_name_that_its_keys_begin_with() {
    for (kind, name) in [
        (KeyKind::Standard, "standard"),
        (KeyKind::Ephemeral, "ephemeral"),
        (KeyKind::Organization, "organization"),
        (KeyKind::Account, "account"),
    ] {
        assert_eq!((kind.as_str(), kind.to_string().as_str()), (name, name), "{kind:?}");
    }
}

#[test]
fn error_of_the_host_names_the_failure() {
    let error = Secret::new("").unwrap_err();
    assert_eq!(error.to_string(), "the secret is empty");
    let longer = MAX_JWT_LIFETIME + Duration::from_secs(1);
    let error = jwt_keys().create_jwt("u", "s", longer, now()).unwrap_err();
    assert_eq!(error.to_string(), "lifetime 3601s is longer than 3600s");
    assert_eq!(
        CreateJwtError::Id.to_string(),
        "the id of the user or session is empty, `0`, or too long"
    );
}

#[test]
fn debug_of_values_with_secrets_shows_the_rest() {
    let authenticator = authenticator();
    let step = |credentials: Credentials<'static>| authenticator.begin(&credentials, now());
    let all = session()
        .with_project("p")
        .with_jwt("j")
        .with_key("k")
        .with_key_user("u")
        .with_key_organization("o")
        .with_impersonation_target(ImpersonationTarget::Email("e"));
    let mut user_session = Session::new("s", FUTURE);
    user_session.secret = Some("hash".into());
    let account = StoredKey::of_account(User::new("u"), "account_x").with_expire(FUTURE);
    let Ok(Step::FindUser(find_user)) = step(session()) else { panic!() };
    let Ok(Step::FindKey(find_key)) = step(key("standard_x")) else { panic!() };
    let organization = Credentials::none().with_key("organization_x").with_key_organization("t");
    let Ok(Step::FindKey(find_organization)) = step(organization) else { panic!() };
    let of_account = Credentials::none().with_key("account_x").with_key_user("u");
    let Ok(Step::FindKey(find_account)) = step(of_account) else { panic!() };
    for (shown, expected) in [
        (format!("{:?}", Secret::new("abc").unwrap()), "Secret(..)"),
        (format!("{:?}", Scopes::new(["b", "a"])), "{\"a\", \"b\"}"),
        (
            format!("{:?}", StoredKey::of_project("p", "standard_x").with_name("N")),
            "StoredKey { owner: Project(\"p\"), secret: .., name: Some(\"N\"), scopes: {}, \
             expire: None }",
        ),
        (
            format!("{:?}", StoredKey::of_organization("t", "organization_x").with_scopes(["a"])),
            "StoredKey { owner: Organization(\"t\"), secret: .., name: None, scopes: {\"a\"}, \
             expire: None }",
        ),
        (
            format!("{:?}", Credentials::none()),
            "Credentials { project: None, session: None, jwt: None, key: None, key_user: None, \
             key_organization: None, target: None }",
        ),
        (
            format!("{all:?}"),
            "Credentials { project: Some(\"p\"), session: Some(..), jwt: Some(..), \
             key: Some(..), key_user: Some(\"u\"), key_organization: Some(\"o\"), \
             target: Some(..) }",
        ),
        (
            format!("{user_session:?}"),
            "Session { id: \"s\", expire: Some(\"2026-01-01T01:00:00.000+00:00\"), \
             secret: Some(\"..\"), provider: None, factors: [\"password\"] }",
        ),
        (format!("{authenticator:?}"), "Authenticator { project_id: \"project-1\", .. }"),
        (format!("{find_user:?}"), "FindUser { lookup: Id(\"user-a\"), .. }"),
        (
            format!("{find_key:?}"),
            "FindKey { lookup: KeyLookup { kind: Standard, secret: .. }, .. }",
        ),
        (
            format!("{find_organization:?}"),
            "FindKey { lookup: KeyLookup { kind: Organization, team_id: \"t\", secret: .. }, .. }",
        ),
        (
            format!("{find_account:?}"),
            "FindKey { lookup: KeyLookup { kind: Account, user_id: \"u\", secret: .. }, .. }",
        ),
        (format!("{:?}", ImpersonationTarget::Id("u")), "Id(..)"),
        (format!("{:?}", ImpersonationTarget::Email("e")), "Email(..)"),
        (format!("{:?}", ImpersonationTarget::Phone("p")), "Phone(..)"),
    ] {
        assert_eq!(shown, expected);
    }
    assert!(format!("{account:?}").starts_with("StoredKey { owner: Account(User { id: \"u\","));
}
