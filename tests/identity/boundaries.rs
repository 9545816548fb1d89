//! The seconds around the ends of tokens and sessions, leeways, and replaced secrets.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rolegate::auth::{
    Credentials, DEFAULT_JWT_LIFETIME, GuestReason, JwtKeys, MAX_LEEWAY, MAX_TOKEN_LEN, Secret,
    TokenErrorKind,
};
use serde_json::{Value, json};

use super::{NOW, Store, at, both_sessions, jwt, jwt_keys, now, session, token};

fn kind(keys: &JwtKeys, token: &str, now: SystemTime) -> Option<TokenErrorKind> {
    keys.verify_jwt(token, now).err().map(|error| error.kind())
}

const SECOND: Duration = Duration::from_secs(1);
const NANO: Duration = Duration::from_nanos(1);

#[test]
fn token_around_exp_nbf_and_iat_is_refused_from_the_exact_second() {
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
        assert_eq!(kind(&jwt_keys(), &token(&claims), now), expected, "{claims} at {now:?}");
    }
}

#[test]
fn leeway_moves_each_end_of_a_token_by_its_length() {
    use TokenErrorKind::{Expired, NotYet, TooOld};
    let keys = jwt_keys().with_leeway(MAX_LEEWAY).unwrap();
    let far = NOW + 3600;
    for (claims, seconds, expected) in [
        (json!({"exp": NOW}), 119, None),
        (json!({"exp": NOW}), 120, Some(Expired)),
        (json!({"exp": far, "nbf": NOW}), -120, Some(NotYet)),
        (json!({"exp": far, "nbf": NOW}), -119, None),
        // As in Appwrite, a leeway makes tokens too old earlier.
        (json!({"exp": far, "iat": NOW - 3600}), -121, None),
        (json!({"exp": far, "iat": NOW - 3600}), -120, Some(TooOld)),
    ] {
        let now = at(NOW.checked_add_signed(seconds).unwrap());
        assert_eq!(kind(&keys, &token(&claims), now), expected, "{claims} at {seconds}");
    }
}

#[test]
fn claims_at_the_ends_of_the_integers_do_not_wrap_around() {
    use TokenErrorKind::{Claim, Expired, NotYet, TooOld};
    for leeway in [Duration::ZERO, MAX_LEEWAY] {
        let keys = jwt_keys().with_leeway(leeway).unwrap();
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
            assert_eq!(kind(&keys, &token(&claims), now()), expected, "{claims}");
        }
    }
    // The same holds for extreme clocks.
    let forever = token(&json!({"exp": i64::MAX, "nbf": i64::MIN}));
    for now in [UNIX_EPOCH, UNIX_EPOCH - SECOND, UNIX_EPOCH + Duration::from_secs(u64::MAX / 4)] {
        assert_eq!(kind(&jwt_keys(), &forever, now), None, "{now:?}");
    }
    let before = token(&json!({"exp": 0}));
    assert_eq!(kind(&jwt_keys(), &before, UNIX_EPOCH - NANO), None);
    assert_eq!(kind(&jwt_keys(), &before, UNIX_EPOCH), Some(Expired));
}

#[test]
fn session_and_its_jwt_count_until_expire_has_passed() {
    let jwt = jwt(&json!({"userId": "user-a", "sessionId": "s1"}));
    let mut store = Store::of_user_a();
    let cases = [
        (Some("2026-01-01T00:00:00.000+00:00"), now(), true),
        (Some("2026-01-01T00:00:00.000+00:00"), now() + NANO, false),
        (Some("2026-01-01T00:00:00.000+00:00"), now() + SECOND, false),
        (Some("2026-01-01T00:00:00.000+00:00"), now() - SECOND, true),
        (Some("2026-01-01T00:00:00.500+00:00"), now() + Duration::from_millis(500), true),
        (Some("2026-01-01T00:00:00.500+00:00"), now() + Duration::from_millis(501), false),
        (Some("2026-01-01T01:00:00.000+01:00"), now(), true),
        (Some("2026-01-01T00:59:59.999+01:00"), now(), false),
        (Some("2026-01-01 00:00:00.000"), now(), true),
        (Some("2026-01-01 00:00:00.000"), now() + SECOND, false),
        (Some("9999-12-31T23:59:59.999+00:00"), now(), true),
        // `expire` is missing, or is not a date.
        (None, now(), false),
        (Some(""), now(), false),
        (Some("0"), now(), false),
        (Some(" "), now(), false),
        (Some("never"), now(), false),
        (Some("9999"), now(), false),
        (Some("4102444800"), now(), false),
        (Some("2099-01-01T00:00:00.000+00:00 "), now(), false),
        (Some("2099-02-30T00:00:00.000+00:00"), now(), false),
        (Some("2099-01-01T00:00:00[Asia/Tokyo]"), now(), false),
    ];
    for (expire, now, valid) in cases {
        store.users[0].sessions[0].expire = expire.map(Into::into);
        let reason = (!valid).then_some(GuestReason::SessionExpired);
        let [by_secret, by_host] = both_sessions();
        for credentials in [by_secret, by_host, Credentials::none().with_jwt(&*jwt)] {
            let identity = store.ask(&credentials, now).unwrap();
            assert_eq!(identity.guest_reason(), reason, "{expire:?} at {now:?}");
            if !valid {
                assert_eq!(identity.principal(), &rolegate::Principal::guest());
            }
        }
    }
}

#[test]
fn identity_expires_with_the_credential_that_ends_first() {
    let mut store = Store::of_user_a();
    let hour = |minutes: u64| NOW + minutes * 60;
    let at_one = "2026-01-01T01:00:00.000+00:00";
    for (session, exp, iat, expected) in [
        (Some("s1"), hour(15), None, hour(15)),
        (Some("s1"), hour(75), None, hour(60)),
        (Some("s1"), hour(75), Some(NOW - 600), hour(50)),
        (None, hour(75), None, hour(75)),
        (Some(""), hour(75), Some(NOW), hour(60)),
        (Some(""), hour(15), None, hour(15)),
    ] {
        store.users[0].sessions[0].expire = Some(at_one.into());
        let claims = json!({"userId": "user-a", "sessionId": session, "exp": exp, "iat": iat});
        let jwt = token(&claims);
        let identity = store.ask(&Credentials::none().with_jwt(&*jwt), now()).unwrap();
        assert_eq!(identity.expires_at(), Some(at(expected)), "{claims}");
    }
    store.users[0].sessions[0].expire = Some("2026-01-01T00:00:00.250+00:00".into());
    for session in both_sessions() {
        let identity = store.ask(&session, now()).unwrap();
        assert_eq!(identity.expires_at(), Some(now() + Duration::from_millis(250)));
    }
}

#[test]
fn replaced_secret_verifies_old_tokens_and_does_not_sign() {
    let [old, new, other] = ["old", "new", "other"].map(|secret| Secret::new(secret).unwrap());
    let make = |keys: &JwtKeys| keys.create_jwt("u", "s", DEFAULT_JWT_LIFETIME, now()).unwrap();
    let (before, after) = (JwtKeys::new(old.clone()), JwtKeys::new(new.clone()));
    let during = JwtKeys::new(new).also_accept(other).also_accept(old);
    let (old_token, new_token) = (make(&before), make(&during));
    assert_eq!(kind(&during, &old_token, now()), None);
    assert_eq!(kind(&during, &new_token, now()), None);
    assert_eq!(kind(&after, &new_token, now()), None, "the first secret signs");
    assert_eq!(kind(&after, &old_token, now()), Some(TokenErrorKind::Signature));
    assert_eq!(kind(&before, &new_token, now()), Some(TokenErrorKind::Signature));
}

#[test]
fn longest_token_that_is_created_is_verified() {
    let make =
        |len: usize| jwt_keys().create_jwt(&"u".repeat(len), "s", DEFAULT_JWT_LIFETIME, now()).ok();
    // Base64 turns three bytes into four characters.
    assert!(make(20_000).is_some());
    let longest = (0..MAX_TOKEN_LEN / 4 * 3).rev().find_map(make).unwrap();
    assert_eq!(longest.len(), MAX_TOKEN_LEN);
    assert_eq!(kind(&jwt_keys(), &longest, now()), None);
    assert_eq!(kind(&jwt_keys(), &format!("{longest}x"), now()), Some(TokenErrorKind::TooLong));
}

#[test]
fn session_that_ends_before_1970_ends_at_its_moment() {
    let mut store = Store::of_user_a();
    store.users[0].sessions[0].expire = Some("1969-12-31T23:59:58.750+00:00".into());
    let end = UNIX_EPOCH - Duration::from_millis(1250);
    let identity = store.ask(&session(), end - SECOND).unwrap();
    assert_eq!((identity.guest_reason(), identity.expires_at()), (None, Some(end)));
    let identity = store.ask(&session(), end + NANO).unwrap();
    assert_eq!(identity.guest_reason(), Some(GuestReason::SessionExpired));
}
