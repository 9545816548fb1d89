//! Authentication: from the headers of a request to an identity, verifying a token, compared with
//! `jsonwebtoken`, and creating the principal of a user.
#![allow(clippy::expect_used, reason = "a bench must stop if what it measures fails")]

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::hint::black_box;
use std::time::{Duration, SystemTime};

use criterion::{Criterion, criterion_group, criterion_main};
use http::{HeaderMap, HeaderName, HeaderValue};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use rolegate::auth::http::{RequestCredentials, encode_session};
use rolegate::auth::{
    AuthMethod, Authenticator, DEFAULT_JWT_LIFETIME, Directory, Identity, JwtKeys, KeyLookup,
    Secret, StoredKey, UserLookup,
};
use rolegate::principal::Membership;
use rolegate::{Principal, Role, User};
use serde::Deserialize;
use sha2::{Digest, Sha256};

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
    let principal = Principal::user(&user).expect("active");
    let expected: HashSet<String> = principal.roles().iter().map(Role::to_string).collect();
    assert_eq!(expected.len(), 5 + 50 * 3);
    assert_eq!(roles_by_hand(&user), expected);
    criterion.bench_function("identity/principal-50/rolegate", |bencher| {
        bencher.iter(|| Principal::user(black_box(&user)));
    });
    criterion.bench_function("identity/principal-50/by-hand", |bencher| {
        bencher.iter(|| roles_by_hand(black_box(&user)));
    });
}

/// Returns the roles of a user with a verified e-mail address and confirmed memberships, without checking ids.
fn roles_by_hand(user: &User) -> HashSet<String> {
    let mut roles = HashSet::from(["any".to_string(), "users".into(), "users/verified".into()]);
    roles.extend([format!("user:{}", user.id), format!("user:{}/verified", user.id)]);
    for membership in &user.memberships {
        let (Some(id), Some(team)) = (&membership.id, &membership.team_id) else { continue };
        roles.extend([format!("member:{id}"), format!("team:{team}")]);
        roles.extend(membership.roles.iter().map(|role| format!("team:{team}/{role}")));
    }
    roles
}

/// The headers that a browser sends besides the credential.
const BROWSER: [(&str, &str); 14] = [
    ("host", "cloud.example.com"),
    ("connection", "keep-alive"),
    ("sec-ch-ua-platform", "\"Linux\""),
    ("x-appwrite-response-format", "1.8.0"),
    ("x-sdk-name", "Web"),
    ("x-appwrite-project", "p1"),
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
    ("accept", "*/*"),
    ("origin", "https://app.example.com"),
    ("sec-fetch-site", "same-site"),
    ("sec-fetch-mode", "cors"),
    ("referer", "https://app.example.com/"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("accept-language", "de,en-US;q=0.7,en;q=0.3"),
];

const OTHER_COOKIES: &str =
    "_ga=GA1.1.1234567890.1767225600; theme=dark; csrf=5f8a2c4be19d3a6701f25f8a2c4be19d";

const USER: &str = "5f8a2c4be19d3a6701f2";

/// The users in the memory of a host.
struct InMemory(HashMap<String, User>);

impl Directory for InMemory {
    type Error = Infallible;

    fn user(&self, lookup: UserLookup<'_>) -> Result<Option<User>, Infallible> {
        let UserLookup::Id(id) = lookup else { return Ok(None) };
        Ok(self.0.get(id).cloned())
    }

    fn key(&self, _: KeyLookup<'_>) -> Result<Option<StoredKey>, Infallible> {
        Ok(None)
    }
}

/// Returns a user with twelve roles and three sessions. The last session has the secret.
fn user_of_a_request(secret: &str) -> User {
    let hash = |text: &str| format!("{:x}", Sha256::digest(text));
    let session = |id: &str, secret: &str| {
        serde_json::json!({
            "$id": id, "expire": "2099-01-01T00:00:00.000+00:00", "secret": hash(secret),
            "provider": "email", "factors": ["password"],
        })
    };
    let sessions = [session("s1", "old-1"), session("s2", "old-2"), session("s3", secret)];
    let user = serde_json::json!({
        "$id": USER, "email": "a@example.com", "name": "A", "emailVerification": true,
        "labels": ["vip"], "sessions": sessions,
        "memberships": [
            {"$id": "m1", "teamId": "t1", "confirm": true, "roles": ["owner"]},
            {"$id": "m2", "teamId": "t2", "confirm": true, "roles": ["editor"]},
        ],
    });
    serde_json::from_value(user).expect("a user")
}

fn browser_headers(name: &'static str, value: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in BROWSER.into_iter().chain([(name, value)]) {
        let value = HeaderValue::from_str(value).expect("ASCII");
        headers.append(HeaderName::from_static(name), value);
    }
    headers
}

/// Authenticates the request of a browser by a session cookie and by a JWT, and measures the parts.
fn request(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("identity/request");
    let keys = JwtKeys::new(Secret::new(SECRET).expect("a secret"));
    let authenticator = Authenticator::new(keys, "p1");
    let now = SystemTime::now();
    let secret = "0123456789abcdef".repeat(4);
    let user = user_of_a_request(&secret);
    let directory = InMemory([(USER.to_owned(), user.clone())].into());
    let cookie =
        format!("{OTHER_COOKIES}; a_session_p1={}; lang=de", encode_session(USER, &secret));
    let jwt = authenticator.jwt_keys().create_jwt(USER, "s3", DEFAULT_JWT_LIFETIME, now);
    let jwt = jwt.expect("a token");
    let identity = |headers: &HeaderMap| -> Identity {
        let request = RequestCredentials::from_headers(headers, "p1").expect("valid headers");
        let caller = authenticator.authenticate(&request.credentials(), &directory, now);
        caller.expect("authenticated").require_scope("documents.read").expect("active")
    };
    for (name, headers) in [
        ("session", browser_headers("cookie", &cookie)),
        ("jwt", browser_headers("x-appwrite-jwt", &jwt)),
    ] {
        let found = identity(&headers);
        assert_eq!(found.method().as_str(), name);
        assert_eq!(found.principal().user_id(), Some(USER));
        assert_eq!(found.principal().roles().len(), 12, "{:?}", found.principal());
        assert!(!matches!(found.method(), AuthMethod::Guest(_)));
        group.bench_function(name, |bencher| bencher.iter(|| identity(black_box(&headers))));
        group.bench_function(format!("{name}/from-headers"), |bencher| {
            bencher.iter(|| RequestCredentials::from_headers(black_box(&headers), "p1").is_ok());
        });
    }
    group.bench_function("sha256", |bencher| bencher.iter(|| Sha256::digest(black_box(&secret))));
    group.bench_function("verify-jwt", |bencher| {
        bencher.iter(|| authenticator.jwt_keys().verify_jwt(black_box(&jwt), now));
    });
    group.bench_function("clone-user", |bencher| bencher.iter(|| black_box(&user).clone()));
    group.bench_function("principal-12", |bencher| {
        bencher.iter(|| Principal::user(black_box(&user)));
    });
    group.finish();
}

criterion_group!(benches, jwt, principal, request);
criterion_main!(benches);
