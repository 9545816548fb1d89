//! The ids that a guest has for the log.

use rolegate::auth::http::{RequestCredentials, SessionFormat, encode_session};
use rolegate::auth::{AuthMethod, GuestReason, GuestReason as Reason};
use serde_json::json;

use super::super::{PAST, PROJECT, Store, jwt, now};
use super::{COOKIE, cookie, headers, secret_of, session_of, with_session};

/// The maximum length of a line of the log about a guest.
const MAX_SHOWN: usize = 1000;

/// Returns the reason, the ids of the user and the session, and the line of the log.
fn guest(
    store: &Store,
    headers: &http::HeaderMap,
    format: SessionFormat,
) -> (GuestReason, Option<String>, Option<String>, String) {
    let request = RequestCredentials::from_headers_with(headers, PROJECT, format).unwrap();
    let caller = store.verify(&request.credentials(), now()).unwrap();
    let method = caller.method().clone();
    let AuthMethod::Guest(guest) = &method else { panic!("{method:?}") };
    let [user, session] = [guest.user_id(), guest.session_id()].map(|id| id.map(str::to_owned));
    // The ids that a credential named are never those of a user who signed in.
    assert_eq!((method.as_str(), method.user_id(), method.session_id()), ("guest", None, None));
    let identity = caller.require_active().unwrap();
    assert_eq!(identity.guest_reason(), Some(guest.reason()));
    assert_eq!(identity.principal().user_id(), None);
    (guest.reason(), user, session, method.to_string())
}

#[test]
fn guest_has_the_ids_that_the_credential_named() {
    let mut expired = with_session("user-e");
    expired.sessions[0].expire = Some(PAST.into());
    let store = Store::of_users(vec![with_session("user-a"), expired]);
    let session =
        |id: &str, secret: &str| cookie(format!("{COOKIE}={}", encode_session(id, secret)));
    let by_jwt = |id: &str, session: &str| {
        headers(&[("x-appwrite-jwt", jwt(&json!({"userId": id, "sessionId": session})))])
    };
    let without_user = [("x-appwrite-jwt", jwt(&json!({"sessionId": "s9"})))];
    let secret_of_e = secret_of("user-e");
    for (headers, reason, user, session, line) in [
        (headers::<&str>(&[]), Reason::NoCredential, None, None, "guest: no credential"),
        (
            session("user-x", "secret"),
            Reason::UnknownUser,
            Some("user-x"),
            None,
            "guest: unknown user (user `user-x`)",
        ),
        (session("", "secret"), Reason::UnknownUser, None, None, "guest: unknown user"),
        (
            session("user-a", "wrong"),
            Reason::UnknownSession,
            Some("user-a"),
            None,
            "guest: the user has no session with this secret (user `user-a`)",
        ),
        (
            session("user-e", &secret_of_e),
            Reason::SessionExpired,
            Some("user-e"),
            Some("s-user-e"),
            "guest: the session has expired (user `user-e`, session `s-user-e`)",
        ),
        (
            by_jwt("user-x", "s9"),
            Reason::UnknownUser,
            Some("user-x"),
            Some("s9"),
            "guest: unknown user (user `user-x`, session `s9`)",
        ),
        (
            by_jwt("user-a", "s9"),
            Reason::SessionDeleted,
            Some("user-a"),
            Some("s9"),
            "guest: the session of the JWT has been deleted (user `user-a`, session `s9`)",
        ),
        (
            by_jwt("user-e", "s-user-e"),
            Reason::SessionExpired,
            Some("user-e"),
            Some("s-user-e"),
            "guest: the session has expired (user `user-e`, session `s-user-e`)",
        ),
        (
            headers(&without_user),
            Reason::NoUserInJwt,
            None,
            Some("s9"),
            "guest: the JWT names no user (session `s9`)",
        ),
    ] {
        let found = guest(&store, &headers, SessionFormat::Appwrite);
        let expected = (reason, user.map(Into::into), session.map(Into::into), line.into());
        assert_eq!(found, expected);
    }
}

#[test]
fn guest_by_a_bare_secret_has_the_ids_of_the_session_that_ended() {
    let mut expired = with_session("user-e");
    expired.sessions[0].expire = Some(PAST.into());
    let store = Store::of_users(vec![expired]);
    let bare = |secret: &str| {
        guest(&store, &cookie(format!("{COOKIE}={secret}")), SessionFormat::BareSecret)
    };
    let (reason, user, session, _) = bare(&secret_of("user-e"));
    assert_eq!(reason, GuestReason::SessionExpired);
    assert_eq!(user.as_deref(), Some("user-e"));
    assert_eq!(session.as_deref(), Some("s-user-e"));
    let (reason, user, session, line) = bare("some-secret");
    assert_eq!((reason, user, session), (GuestReason::UnknownUser, None, None));
    assert_eq!(line, "guest: unknown user");
}

/// An attacker chooses these ids. A line break would forge a line of the log.
#[test]
fn line_of_the_log_is_printable_ascii_and_short() {
    let store = Store::of_users(vec![with_session("user-a")]);
    let long = "\u{10ffff}".repeat(4000);
    for id in
        ["a\nINFO user `admin`", "\r", "\u{1b}[2J", "\0", "é\u{202e}", "`", "\u{85}\u{2028}", &long]
    {
        let value = format!("{COOKIE}={}", encode_session(id, "secret"));
        let (_, user, _, line) = guest(&store, &cookie(value), SessionFormat::Appwrite);
        assert_eq!(user.as_deref(), Some(id));
        assert!(line.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{line:?}");
        assert!(line.len() < MAX_SHOWN, "{}", line.len());

        let id: String = id.chars().take(2000).collect();
        let jwt = jwt(&json!({"userId": id, "sessionId": "s9"}));
        let (_, user, _, line) =
            guest(&store, &headers(&[("x-appwrite-jwt", jwt)]), SessionFormat::Appwrite);
        assert_eq!(user, Some(id));
        assert!(line.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{line:?}");
        assert!(line.len() < MAX_SHOWN, "{}", line.len());
    }
    let ids = json!({"userId": "\u{10ffff}".repeat(1000), "sessionId": "\u{10fffe}".repeat(1000)});
    let jwt = jwt(&ids);
    let (_, _, _, line) =
        guest(&store, &headers(&[("x-appwrite-jwt", jwt)]), SessionFormat::Appwrite);
    assert!(line.contains("session `\\u{10fffe}") && line.len() < MAX_SHOWN, "{line}");
}

#[test]
fn session_that_counts_has_its_ids() {
    let headers = cookie(format!("{COOKIE}={}", session_of("user-a")));
    let request = RequestCredentials::from_headers(&headers, PROJECT).unwrap();
    let store = Store::of_users(vec![with_session("user-a")]);
    let caller = store.verify(&request.credentials(), now()).unwrap();
    assert_eq!(caller.method().as_str(), "session");
    assert_eq!(caller.method().user_id(), Some("user-a"));
    assert_eq!(caller.method().session_id(), Some("s-user-a"));
}
