//! The seconds around the ends of tokens and sessions, leeways, and replaced secrets.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rolegate::{
    Credentials, DEFAULT_JWT_LIFETIME, GuestReason, MAX_LEEWAY, MAX_TOKEN_LEN, Secret,
    TokenErrorKind, Tokens,
};
use serde_json::{Value, json};

use super::{NOW, Store, at, now, token, tokens};

fn kind(tokens: &Tokens, token: &str, now: SystemTime) -> Option<TokenErrorKind> {
    tokens.verify_jwt(token, now).err().map(|error| error.kind())
}

const SECOND: Duration = Duration::from_secs(1);
const NANO: Duration = Duration::from_nanos(1);

#[test]
fn a_token_ends_at_exp_begins_after_nbf_and_ages_from_iat() {
    use TokenErrorKind::{Expired, NotYet, TooOld};
    let far = NOW + 3600;
    let cases: [(Value, SystemTime, Option<TokenErrorKind>); 14] = [
        (json!({"exp": NOW}), now() - SECOND, None),
        (json!({"exp": NOW}), now() - NANO, None),
        (json!({"exp": NOW}), now(), Some(Expired)),
        (json!({"exp": NOW}), now() + SECOND, Some(Expired)),
        (json!({"exp": far, "nbf": NOW}), now() - SECOND, Some(NotYet)),
        (json!({"exp": far, "nbf": NOW}), now(), Some(NotYet)),
        (json!({"exp": far, "nbf": NOW}), now() + SECOND - NANO, Some(NotYet)),
        (json!({"exp": far, "nbf": NOW}), now() + SECOND, None),
        (json!({"exp": far, "iat": NOW - 3600}), now() - SECOND, None),
        (json!({"exp": far, "iat": NOW - 3600}), now() - NANO, None),
        (json!({"exp": far, "iat": NOW - 3600}), now(), Some(TooOld)),
        (json!({"exp": far, "iat": NOW - 3600}), now() + SECOND, Some(TooOld)),
        (json!({"exp": far, "iat": far}), now(), None),
        (json!({"exp": far, "nbf": null, "iat": null}), now(), None),
    ];
    for (claims, now, expected) in cases {
        assert_eq!(kind(&tokens(), &token(&claims), now), expected, "{claims} at {now:?}");
    }
}

#[test]
fn a_leeway_moves_each_end_by_itself_and_no_more() {
    use TokenErrorKind::{Expired, NotYet, TooOld};
    let tokens = tokens().with_leeway(MAX_LEEWAY).unwrap();
    let far = NOW + 3600;
    for (claims, seconds, expected) in [
        (json!({"exp": NOW}), 119, None),
        (json!({"exp": NOW}), 120, Some(Expired)),
        (json!({"exp": far, "nbf": NOW}), -120, Some(NotYet)),
        (json!({"exp": far, "nbf": NOW}), -119, None),
        // As in the reference, a leeway makes tokens too old earlier.
        (json!({"exp": far, "iat": NOW - 3600}), -121, None),
        (json!({"exp": far, "iat": NOW - 3600}), -120, Some(TooOld)),
    ] {
        let now = at(NOW.checked_add_signed(seconds).unwrap());
        assert_eq!(kind(&tokens, &token(&claims), now), expected, "{claims} at {seconds}");
    }
}

#[test]
fn claims_at_the_ends_of_the_integers_are_compared_and_not_wrapped_around() {
    use TokenErrorKind::{Claim, Expired, NotYet, TooOld};
    for leeway in [Duration::ZERO, MAX_LEEWAY] {
        let tokens = tokens().with_leeway(leeway).unwrap();
        for (claims, expected) in [
            (json!({"exp": i64::MAX}), None),
            (json!({"exp": i64::MIN}), Some(Expired)),
            (json!({"exp": u64::MAX}), Some(Claim)),
            (json!({"exp": 1e300}), Some(Claim)),
            (json!({"exp": i64::MAX, "nbf": i64::MAX}), Some(NotYet)),
            (json!({"exp": i64::MAX, "nbf": i64::MIN}), None),
            (json!({"exp": i64::MAX, "iat": i64::MAX}), None),
            (json!({"exp": i64::MAX, "iat": i64::MIN}), Some(TooOld)),
        ] {
            assert_eq!(kind(&tokens, &token(&claims), now()), expected, "{claims}");
        }
    }
    // Clocks, too.
    let forever = token(&json!({"exp": i64::MAX, "nbf": i64::MIN}));
    for now in [UNIX_EPOCH, UNIX_EPOCH - SECOND, UNIX_EPOCH + Duration::from_secs(u64::MAX / 4)] {
        assert_eq!(kind(&tokens(), &forever, now), None, "{now:?}");
    }
    let before = token(&json!({"exp": 0}));
    assert_eq!(kind(&tokens(), &before, UNIX_EPOCH - NANO), None);
    assert_eq!(kind(&tokens(), &before, UNIX_EPOCH), Some(Expired));
}

#[test]
fn a_session_ends_after_its_last_moment() {
    let jwt = token(&json!({"userId": "user-a", "sessionId": "s1", "exp": NOW + 900}));
    let mut store = Store::of_user_a();
    let cases = [
        ("2026-01-01T00:00:00.000+00:00", now(), true),
        ("2026-01-01T00:00:00.000+00:00", now() + NANO, false),
        ("2026-01-01T00:00:00.000+00:00", now() + SECOND, false),
        ("2026-01-01T00:00:00.000+00:00", now() - SECOND, true),
        ("2026-01-01T00:00:00.500+00:00", now() + Duration::from_millis(500), true),
        ("2026-01-01T00:00:00.500+00:00", now() + Duration::from_millis(501), false),
        ("2026-01-01T01:00:00.000+01:00", now(), true),
        ("2026-01-01T00:59:59.999+01:00", now(), false),
        ("2026-01-01 00:00:00.000", now(), true),
        ("2026-01-01 00:00:00.000", now() + SECOND, false),
        ("", now(), true),
    ];
    for (expire, now, valid) in cases {
        store.users[0].sessions[0].expire = Some(expire.into());
        let reason = (!valid).then_some(GuestReason::SessionExpired);
        let session = Credentials::none().with_session(("user-a", "s1"));
        for credentials in [session, Credentials::none().with_jwt(&*jwt)] {
            let identity = store.ask(&credentials, now).unwrap();
            assert_eq!(identity.guest_reason(), reason, "{expire:?} at {now:?}");
        }
    }
    store.users[0].sessions[0].expire = None;
    let identity = store.ask(&Credentials::none().with_session(("user-a", "s1")), now()).unwrap();
    assert_eq!((identity.guest_reason(), identity.expires_at()), (None, None));
}

#[test]
fn an_identity_expires_with_whatever_ends_first() {
    let mut store = Store::of_user_a();
    let hour = |minutes: u64| NOW + minutes * 60;
    for (exp, iat, session, expected) in [
        (hour(15), None, Some("2026-01-01T01:00:00.000+00:00"), hour(15)),
        (hour(75), None, Some("2026-01-01T01:00:00.000+00:00"), hour(60)),
        (hour(75), Some(NOW - 600), Some("2026-01-01T01:00:00.000+00:00"), hour(50)),
        (hour(15), Some(NOW), None, hour(15)),
        (hour(15), None, Some(""), hour(15)),
    ] {
        store.users[0].sessions[0].expire = session.map(Into::into);
        let claims = json!({"userId": "user-a", "sessionId": "s1", "exp": exp, "iat": iat});
        let jwt = token(&claims);
        let identity = store.ask(&Credentials::none().with_jwt(&*jwt), now()).unwrap();
        assert_eq!(identity.expires_at(), Some(at(expected)), "{claims} {session:?}");
    }
    let session = Credentials::none().with_session(("user-a", "s1"));
    store.users[0].sessions[0].expire = Some("2026-01-01T00:00:00.250+00:00".into());
    let identity = store.ask(&session, now()).unwrap();
    assert_eq!(identity.expires_at(), Some(now() + Duration::from_millis(250)));
}

#[test]
fn a_secret_is_replaced_without_throwing_anybody_out() {
    let [old, new, other] = ["old", "new", "other"].map(|secret| Secret::new(secret).unwrap());
    let make = |tokens: &Tokens| tokens.create_jwt("u", "s", DEFAULT_JWT_LIFETIME, now()).unwrap();
    let (before, after) = (Tokens::new(old.clone()), Tokens::new(new.clone()));
    let during = Tokens::new(new).also_accept(other).also_accept(old);
    let (old_token, new_token) = (make(&before), make(&during));
    assert_eq!(kind(&during, &old_token, now()), None);
    assert_eq!(kind(&during, &new_token, now()), None);
    assert_eq!(kind(&after, &new_token, now()), None, "the first secret signs");
    assert_eq!(kind(&after, &old_token, now()), Some(TokenErrorKind::Signature));
    assert_eq!(kind(&before, &new_token, now()), Some(TokenErrorKind::Signature));
}

#[test]
fn the_longest_token_that_is_made_is_also_read() {
    let make =
        |len: usize| tokens().create_jwt(&"u".repeat(len), "s", DEFAULT_JWT_LIFETIME, now()).ok();
    // Four characters for three bytes: the id alone would fill it.
    assert!(make(20_000).is_some());
    let longest = (0..MAX_TOKEN_LEN / 4 * 3).rev().find_map(make).unwrap();
    assert_eq!(longest.len(), MAX_TOKEN_LEN);
    assert_eq!(kind(&tokens(), &longest, now()), None);
    assert_eq!(kind(&tokens(), &format!("{longest}x"), now()), Some(TokenErrorKind::TooLong));
}

/// Before 1970 time is counted backwards.
#[test]
fn what_ended_before_1970_ends_then() {
    let mut store = Store::of_user_a();
    store.users[0].sessions[0].expire = Some("1969-12-31T23:59:58.750+00:00".into());
    let session = Credentials::none().with_session(("user-a", "s1"));
    let end = UNIX_EPOCH - Duration::from_millis(1250);
    let identity = store.ask(&session, end - SECOND).unwrap();
    assert_eq!((identity.guest_reason(), identity.expires_at()), (None, Some(end)));
    let identity = store.ask(&session, end + NANO).unwrap();
    assert_eq!(identity.guest_reason(), Some(GuestReason::SessionExpired));
}
