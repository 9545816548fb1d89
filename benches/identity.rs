//! Authentication: verifying a token, compared with `jsonwebtoken`, and creating the principal of a user.
#![allow(clippy::expect_used, reason = "a bench must stop if what it measures fails")]

use std::hint::black_box;
use std::time::{Duration, SystemTime};

use criterion::{Criterion, criterion_group, criterion_main};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use rolegate::auth::{DEFAULT_JWT_LIFETIME, JwtKeys, Secret};
use rolegate::principal::Membership;
use rolegate::{Principal, User};
use serde::Deserialize;

const SECRET: &str = "your-secret-key";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claims {
    user_id: String,
    session_id: String,
    exp: i64,
}

/// Verifies one token with this library and with `jsonwebtoken`. The first token has the header that
/// Appwrite writes, which is compared as a text. The second has another header, which is parsed.
fn jwt(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("identity/jwt");
    let keys = JwtKeys::new(Secret::new(SECRET).expect("a secret"));
    let now = SystemTime::now();
    let usual = keys.create_jwt("user-a", "session-1", DEFAULT_JWT_LIFETIME, now);
    let usual = usual.expect("a token");
    let claims = serde_json::json!({
        "userId": "user-a", "sessionId": "session-1", "exp": keys.verify_jwt(&usual, now).expect("valid").exp(),
    });
    let mut header = jsonwebtoken::Header::new(Algorithm::HS256);
    header.cty = Some("other".into());
    let key = jsonwebtoken::EncodingKey::from_secret(SECRET.as_bytes());
    let other = jsonwebtoken::encode(&header, &claims, &key).expect("a token");

    let key = DecodingKey::from_secret(SECRET.as_bytes());
    let mut validation = Validation::new(Algorithm::HS256);
    validation.leeway = 0;
    let theirs = |token: &str| {
        jsonwebtoken::decode::<Claims>(token, &key, &validation).expect("valid").claims
    };
    let ours = |token: &str| keys.verify_jwt(token, now).expect("valid");
    for (name, token) in [("usual", &usual), ("other-header", &other)] {
        let (our, their) = (ours(token), theirs(token));
        assert_eq!(our.user_id(), Some(&*their.user_id));
        assert_eq!(our.session_id(), Some(&*their.session_id));
        assert_eq!(our.exp(), their.exp);
        assert!(keys.verify_jwt(token, now + Duration::from_secs(900)).is_err());
        group.bench_function(format!("rolegate/{name}"), |bencher| {
            bencher.iter(|| ours(black_box(token)));
        });
        group.bench_function(format!("jsonwebtoken/{name}"), |bencher| {
            bencher.iter(|| theirs(black_box(token)));
        });
    }
    group.finish();
}

/// Creates the principal of a user in fifty teams, with the role `owner` in each.
fn principal(criterion: &mut Criterion) {
    let mut user = User::new("5f8a2c4be19d3a6701f2");
    user.email_verification = true;
    user.memberships = (0..50)
        .map(|n| Membership::confirmed(format!("member{n}"), format!("team{n}"), ["owner"]))
        .collect();
    assert_eq!(Principal::user(&user).expect("active").roles().len(), 5 + 50 * 3);
    criterion.bench_function("identity/principal-50", |bencher| {
        bencher.iter(|| Principal::user(black_box(&user)));
    });
}

criterion_group!(benches, jwt, principal);
criterion_main!(benches);
