//! The story of Appwrite's guide on JWTs: three birthdays, each of them its own user's, and a function
//! that lists them once as the user and once with an API key.

use std::time::{Duration, SystemTime};

use rolegate::{
    AclColumn, AclTable, Action, AuthenticateError, Collection, Credentials, DEFAULT_JWT_LIFETIME,
    DocumentSecurity, FoundKey, GuestReason, KeyKind, MissingScope, Provenance, RequestError,
    TokenErrorKind,
};

use super::{PROJECT, Store, authenticator, now, tokens};

/// What a listing of birthdays gives: names, and why it is a guest's if it is one.
type Listing = (Vec<&'static str>, Option<GuestReason>);

/// The server: who asks, may it at all, which documents.
fn birthdays(
    store: &Store,
    credentials: &Credentials<'_>,
    now: SystemTime,
) -> Result<Listing, Box<dyn std::error::Error>> {
    let documents = [
        ("Kevin", [r#"read("user:user-a")"#]),
        ("Laura", [r#"read("user:user-b")"#]),
        ("Bob", [r#"read("user:user-c")"#]),
    ];
    let mut table = AclTable::new();
    let lists = documents.iter().map(|(_, permissions)| table.insert(permissions));
    let column: AclColumn = lists.collect::<Result<_, _>>()?;
    let collection = Collection::new([r#"create("users")"#], DocumentSecurity::Enabled);

    let identity = authenticator().authenticate(credentials, store, now)?;
    identity.require_scope("documents.read")?;
    let visibility = collection.visibility(identity.principal(), Action::Read, &table)?;
    let visible = visibility.filter(&column);
    let names = visible.iter().map(|index| documents[index].0).collect();
    Ok((names, identity.guest_reason()))
}

#[test]
fn the_guide_s_story_is_told_as_appwrite_tells_it() {
    // user-a signs in. The host has checked the password, and keeps a session.
    let mut store = Store::of_user_a()
        .with_key(
            KeyKind::Standard,
            "standard_reads",
            FoundKey::of_project(PROJECT, "standard_reads").with_scopes(["documents.read"]),
        )
        .with_key(
            KeyKind::Standard,
            "standard_mails",
            FoundKey::of_project(PROJECT, "standard_mails").with_scopes(["messages.write"]),
        );
    let session = Credentials::none().with_session(("user-a", "s1"));
    assert_eq!(birthdays(&store, &session, now()).unwrap(), (vec!["Kevin"], None));

    // In that session account.createJWT makes a JWT, for the function that acts for the user.
    let identity = store.ask(&session, now()).unwrap();
    let Provenance::Session { user_id, session_id, .. } = identity.provenance() else { panic!() };
    let jwt = tokens().create_jwt(user_id, session_id, DEFAULT_JWT_LIFETIME, now()).unwrap();

    // With it the function lists one birthday of three: the user's.
    let as_user = Credentials::none().with_jwt(&*jwt);
    assert_eq!(birthdays(&store, &as_user, now()).unwrap(), (vec!["Kevin"], None));

    // A connection that is kept open learns when to close.
    let expires_at = store.ask(&as_user, now()).unwrap().expires_at().unwrap();
    assert_eq!(expires_at, now() + Duration::from_secs(900));

    // 899 seconds later it still does. After 900 it lists none, and the request is refused: an expired
    // token is an error, user_jwt_invalid, and not a guest's empty list.
    let last = now() + Duration::from_secs(899);
    assert_eq!(birthdays(&store, &as_user, last).unwrap(), (vec!["Kevin"], None));
    match store.ask(&as_user, expires_at) {
        Err(RequestError::Refused(AuthenticateError::Token(error))) => {
            assert_eq!(error.kind(), TokenErrorKind::Expired);
            let why = "expected a token before its `exp`, found one that has expired";
            assert_eq!(error.to_string(), why);
            assert_eq!(birthdays(&store, &as_user, expires_at).unwrap_err().to_string(), why);
        }
        other => panic!("{other:?}"),
    }

    // The API key needs no user's permissions and lists all three.
    let as_key = Credentials::none().with_key("standard_reads");
    let (names, reason) = birthdays(&store, &as_key, now()).unwrap();
    assert_eq!((names, reason), (vec!["Kevin", "Laura", "Bob"], None));

    // A key without the scope is refused, and told what it lacks.
    let as_other_key = Credentials::none().with_key("standard_mails");
    let error = birthdays(&store, &as_other_key, now()).unwrap_err();
    let error = error.downcast::<MissingScope>().unwrap();
    assert_eq!(error.scope(), "documents.read");

    // The user signs out. The JWT would still be valid, but its session is gone: the list is empty,
    // and the log says why.
    store.users[0].sessions.clear();
    let gone = (vec![], Some(GuestReason::SessionGone));
    assert_eq!(birthdays(&store, &as_user, now()).unwrap(), gone);
    assert_eq!(gone.1.unwrap().to_string(), "the user has no such session any more");
}
