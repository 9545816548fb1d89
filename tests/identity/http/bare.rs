//! Sessions whose value is the secret alone.

use rolegate::User;
use rolegate::auth::http::{RequestCredentials, SessionFormat};
use rolegate::auth::{Step, UserLookup};

use super::super::{PAST, PROJECT, Store, authenticator, now, outcome as shown};
use super::{
    COOKIE, bare_outcome, cookie, headers, outcome, outcome_with, percent_encoded, secret_of,
    session_of, store, with_session,
};

/// The outcome of a secret that belongs to no user.
const UNKNOWN: &str = "guest: unknown user";

#[test]
fn bare_secret_is_read_from_each_source_in_order() {
    let [a, b, c, d] = ["user-a", "user-b", "user-c", "user-d"].map(secret_of);
    let main = |value: &str| ("cookie", format!("{COOKIE}={value}"));
    let legacy = ("cookie", format!("{COOKIE}_legacy={b}"));
    let header = ("x-appwrite-session", c);
    let fallback = ("x-fallback-cookies", format!(r#"{{"{COOKIE}":"{d}"}}"#));
    for (lines, expected) in [
        (vec![main(&a), legacy.clone(), header.clone(), fallback.clone()], "user-a"),
        (vec![main(&percent_encoded(&a)), header.clone()], "user-a"),
        (vec![legacy.clone(), header.clone(), fallback.clone()], "user-b"),
        (vec![header.clone(), fallback.clone()], "user-c"),
        (vec![fallback.clone()], "user-d"),
        (vec![main(""), legacy.clone(), header.clone()], "user-c"),
        (vec![main("0"), legacy, fallback.clone()], "user-d"),
        (vec![main("x"), header, fallback], UNKNOWN),
        (vec![main(&a.to_uppercase())], UNKNOWN),
        (vec![main(&format!("{a}x"))], UNKNOWN),
        (vec![main(&session_of("user-a"))], UNKNOWN),
        (vec![], "guest: no credential"),
    ] {
        assert_eq!(bare_outcome(&headers(&lines)), expected, "{lines:?}");
    }
}

/// The format is the host's choice. Otherwise a client could choose the look-up.
#[test]
fn value_in_the_other_format_is_not_a_session() {
    let bare = cookie(format!("{COOKIE}={}", secret_of("user-a")));
    assert_eq!(outcome(&bare), "guest: no credential");
    let encoded = cookie(format!("{COOKIE}={}", session_of("user-a")));
    assert_eq!(bare_outcome(&encoded), UNKNOWN);
}

#[test]
fn bare_secret_is_looked_up_by_itself() {
    let headers = cookie(format!("{COOKIE}=abc%20d"));
    let format = SessionFormat::BareSecret;
    let request = RequestCredentials::from_headers_with(&headers, PROJECT, format).unwrap();
    let authenticator = authenticator();
    let credentials = request.credentials();
    let Ok(Step::FindUser(find)) = authenticator.begin(&credentials, now()) else { panic!() };
    assert_eq!(find.lookup(), UserLookup::SessionSecret("abc d"));
}

/// Returns the outcome of the secret of `user-a` if the host answers with this user.
fn answered(answer: Option<User>) -> String {
    let headers = cookie(format!("{COOKIE}={}", secret_of("user-a")));
    let format = SessionFormat::BareSecret;
    let request = RequestCredentials::from_headers_with(&headers, PROJECT, format).unwrap();
    let authenticator = authenticator();
    let credentials = request.credentials();
    let Ok(Step::FindUser(find)) = authenticator.begin(&credentials, now()) else { panic!() };
    let Ok(Step::Done(caller)) = find.found(answer) else { panic!() };
    shown(caller.require_active())
}

#[test]
fn user_without_a_session_of_the_secret_is_not_believed() {
    assert_eq!(answered(Some(with_session("user-a"))), "user-a");
    assert_eq!(answered(None), UNKNOWN);
    assert_eq!(answered(Some(with_session("user-b"))), UNKNOWN);
    assert_eq!(answered(Some(User::new("user-a"))), UNKNOWN);
    let changed = |change: fn(&mut User)| {
        let mut user = with_session("user-a");
        change(&mut user);
        answered(Some(user))
    };
    assert_eq!(changed(|user| user.sessions[0].provider = None), UNKNOWN);
    assert_eq!(changed(|user| user.sessions[0].secret = None), UNKNOWN);
    assert_eq!(changed(|user| user.sessions[0].secret = Some(secret_of("user-a"))), UNKNOWN);
    assert_eq!(changed(|user| user.sessions[0].id.clear()), super::UNKNOWN_SESSION);
    assert_eq!(changed(|user| user.id.clear()), UNKNOWN);
    let expired = "guest: the session has expired";
    assert_eq!(changed(|user| user.sessions[0].expire = Some(PAST.into())), expired);
    assert_eq!(changed(|user| user.sessions[0].expire = None), expired);
    assert_eq!(changed(|user| user.status = Some(false)), "user_blocked");
    // A second session of the same user changes nothing.
    let other =
        |user: &mut User| user.sessions.insert(0, with_session("user-b").sessions.remove(0));
    assert_eq!(changed(other), "user-a");
}

/// The database of the [`Store`] ignores case, and so finds a hash in upper case.
#[test]
fn hash_in_upper_case_is_not_believed() {
    let mut user = with_session("user-a");
    let stored = &mut user.sessions[0].secret;
    *stored = stored.as_ref().map(|hash| hash.to_uppercase());
    let store = Store::of_users(vec![user]);
    let headers = cookie(format!("{COOKIE}={}", secret_of("user-a")));
    assert_eq!(outcome_with(&store, &headers, SessionFormat::BareSecret), UNKNOWN);
    assert_eq!(bare_outcome(&headers), "user-a");
}

#[test]
fn secret_that_is_no_text_is_refused() {
    for (value, expected) in [
        ("%FF", "400 not ASCII Cookie"),
        ("%C3", "400 not ASCII Cookie"),
        ("%C3%A9", UNKNOWN),
        ("%00", UNKNOWN),
        ("%3B", UNKNOWN),
    ] {
        assert_eq!(bare_outcome(&cookie(format!("{COOKIE}={value}"))), expected, "{value}");
    }
    let unicode = r#"{"a_session_project-1":"é"}"#;
    assert_eq!(bare_outcome(&headers(&[("x-fallback-cookies", unicode)])), UNKNOWN);
    assert_eq!(
        outcome_with(&store(), &headers(&[("x-appwrite-session", "é")]), SessionFormat::BareSecret),
        "400 not ASCII X-Appwrite-Session"
    );
}
