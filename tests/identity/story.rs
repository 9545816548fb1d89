//! The story of Appwrite's guide on JWTs: three birthdays, one for each of three users, and a function
//! that lists them as the user and with an API key.

use std::time::{Duration, SystemTime};

use rolegate::audience::Caller;
use rolegate::auth::{
    AuthMethod, AuthenticateError, Credentials, DEFAULT_JWT_LIFETIME, GuestReason, KeyKind,
    StoredKey, TokenErrorKind,
};
use rolegate::{AclColumn, AclTable, Action, Collection, DocumentSecurity};

use super::{PROJECT, Store, authenticator, jwt_keys, key, now, session};

/// A listing of birthdays: names, and the reason if the caller is a guest.
type Listing = (Vec<&'static str>, Option<GuestReason>);

/// Serves a request: authenticates the caller, checks the scope, and lists the visible documents.
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

    let caller = authenticator().authenticate(credentials, store, now)?;
    let identity = caller.require_scope("documents.read")?;
    let visibility = collection.visibility(identity.principal(), Action::Read, &table)?;
    let visible = visibility.filter(&column);
    let names = visible.iter().map(|index| documents[index].0).collect();
    Ok((names, identity.guest_reason()))
}

#[test]
fn guide_story_of_jwts_ends_as_in_appwrite() {
    // user-a signs in. The host has checked the password, and stores a session.
    let mut store = Store::of_user_a()
        .with_key(
            KeyKind::Standard,
            "standard_reads",
            StoredKey::of_project(PROJECT, "standard_reads").with_scopes(["documents.read"]),
        )
        .with_key(
            KeyKind::Standard,
            "standard_mails",
            StoredKey::of_project(PROJECT, "standard_mails").with_scopes(["messages.write"]),
        );
    assert_eq!(birthdays(&store, &session(), now()).unwrap(), (vec!["Kevin"], None));

    // In that session account.createJWT creates a JWT for the function that acts for the user.
    let identity = store.ask(&session(), now()).unwrap();
    let AuthMethod::Session { user_id, session_id, .. } = identity.method() else { panic!() };
    let jwt = jwt_keys().create_jwt(user_id, session_id, DEFAULT_JWT_LIFETIME, now()).unwrap();

    // With the JWT, the function lists one of three birthdays: that of the user.
    let as_user = Credentials::none().with_jwt(&*jwt);
    assert_eq!(birthdays(&store, &as_user, now()).unwrap(), (vec!["Kevin"], None));

    // The identity has the time at which a long-lived connection must close.
    let expires_at = store.ask(&as_user, now()).unwrap().expires_at().unwrap();
    assert_eq!(expires_at, now() + Duration::from_secs(900));

    // A realtime connection takes the principal, the session and this time.
    let caller = Caller::from(&store.ask(&as_user, now()).unwrap());
    assert_eq!(caller.principal().user_id(), Some(&**user_id));
    assert_eq!(caller.session_id(), Some(&**session_id));
    assert_eq!(caller.expires_at(), Some(expires_at));

    // 899 seconds later the JWT is still valid. After 900 seconds the request is refused: an expired
    // token is the error user_jwt_invalid, and not the empty list of a guest.
    let last = now() + Duration::from_secs(899);
    assert_eq!(birthdays(&store, &as_user, last).unwrap(), (vec!["Kevin"], None));
    match store.ask(&as_user, expires_at) {
        Err(AuthenticateError::InvalidJwt(error)) => {
            assert_eq!(error.kind(), TokenErrorKind::Expired);
            let why = "invalid JWT: the token has expired";
            assert_eq!(birthdays(&store, &as_user, expires_at).unwrap_err().to_string(), why);
        }
        other => panic!("{other:?}"),
    }

    // The API key bypasses permissions and lists all three.
    let as_key = key("standard_reads");
    assert_eq!(Caller::from(&store.ask(&as_key, now()).unwrap()).key_name(), Some("UNKNOWN"));
    let (names, reason) = birthdays(&store, &as_key, now()).unwrap();
    assert_eq!((names, reason), (vec!["Kevin", "Laura", "Bob"], None));

    // A key without the scope is refused, and the refusal names the scope.
    let error = birthdays(&store, &key("standard_mails"), now()).unwrap_err();
    assert_eq!(error.to_string(), "missing scope `documents.read`");

    // The user signs out. The JWT has not expired, but its session is deleted. The list is empty, and the
    // log says why.
    store.users[0].sessions.clear();
    let gone = (vec![], Some(GuestReason::SessionDeleted));
    assert_eq!(birthdays(&store, &as_user, now()).unwrap(), gone);
    assert_eq!(gone.1.unwrap().to_string(), "the session of the JWT has been deleted");
}
