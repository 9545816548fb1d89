//! The target `headers`: any block of headers as a request.

use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, HeaderName, HeaderValue};
use rolegate::auth::http::{HeaderErrorKind, RequestCredentials, SessionFormat};
use rolegate::auth::{
    AuthMethod, AuthenticateError, Authenticated, Authenticator, Credentials, JwtKeys, Secret,
    Step, UserLookup,
};
use rolegate::{Refusal, User};

use crate::support::headers::{Request, Session, read};

const SECRET: &str = "your-secret-key";
const PROJECT: &str = "p1";

/// The ids and the secrets of the users who have a session.
const USERS: [(&str, &str); 2] = [("user-a", "secret-of-a"), ("user-b", "secret-of-b")];

/// The maximum length of a message, as in the property tests.
const MAX_SHOWN: usize = 1000;

/// The maximum number of headers of a request. `HeaderMap` panics above 32,768.
const MAX_HEADERS: usize = 1000;

/// The first second of 2026.
const NOW: Duration = Duration::from_secs(1_767_225_600);

/// Uses each line of the bytes as a header. A session counts only if the second implementation finds its id
/// and its secret too. Both formats of sessions are tried.
pub fn headers(data: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n').take(MAX_HEADERS) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = line.split_at(colon);
        let name = HeaderName::from_bytes(name);
        let value = HeaderValue::from_bytes(value[1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    for format in [SessionFormat::Appwrite, SessionFormat::BareSecret] {
        request(&headers, format);
    }
}

fn request(headers: &HeaderMap, format: SessionFormat) {
    let is_bare = format == SessionFormat::BareSecret;
    let second = read(headers, PROJECT, is_bare);
    let request = match RequestCredentials::from_headers_with(headers, PROJECT, format) {
        Ok(request) => request,
        Err(error) => {
            let may_refuse = |request: &Request| request.sessions.contains(&Session::Malformed);
            assert!(second.as_ref().map_or(true, may_refuse), "{error}");
            let status = match error.kind() {
                HeaderErrorKind::Repeated
                | HeaderErrorKind::NotAscii
                | HeaderErrorKind::MalformedSession => 400,
                HeaderErrorKind::TooLong { .. } => 431,
                other => panic!("{other:?}"),
            };
            assert_eq!(error.status(), status);
            return assert_shown(&error.to_string());
        }
    };
    let second = second.unwrap();
    assert_eq!(request.project(), second.project.as_deref());
    let hidden = hidden_secrets(&second);
    assert_redacted(&format!("{request:?}"), &hidden);
    let secret = |id: &str| USERS.iter().find(|user| user.0 == id).unwrap().1;
    match authenticate(&request.credentials(), &hidden) {
        Err(error) => assert_known(&error),
        Ok(caller) => match caller.method() {
            AuthMethod::Session { user_id, .. } => {
                let has_session = second.sessions.iter().any(|session| match session {
                    Session::None | Session::Malformed => false,
                    Session::Of { id, secret: found } => *id == **user_id && found == secret(id),
                    Session::Bare(found) => found == secret(user_id),
                });
                assert!(has_session, "{:?}", second.sessions);
            }
            AuthMethod::Guest(guest) => assert_shown(&guest.to_string()),
            // No input of the target is signed with the secret.
            other => panic!("{other:?}"),
        },
    }
}

/// Returns the secrets that no public text of the request contains, such as an id.
fn hidden_secrets(request: &Request) -> Vec<&'static str> {
    let ids = request.sessions.iter().filter_map(|session| match session {
        Session::Of { id, .. } => Some(id),
        Session::None | Session::Malformed | Session::Bare(_) => None,
    });
    let others = [&request.project, &request.key_user, &request.key_organization];
    let others = others.into_iter().chain(&request.targets).flatten();
    let public: Vec<&String> = ids.chain(others).collect();
    let is_hidden = |secret: &&str| !public.iter().any(|text| text.contains(secret));
    USERS.into_iter().map(|(_, secret)| secret).filter(is_hidden).collect()
}

/// Authenticates with a directory of the two users. `user-a` may act as `user-b`.
fn authenticate(
    credentials: &Credentials<'_>,
    hidden: &[&str],
) -> Result<Authenticated, AuthenticateError> {
    let authenticator = Authenticator::new(JwtKeys::new(Secret::new(SECRET).unwrap()), PROJECT);
    let mut step = authenticator.begin(credentials, UNIX_EPOCH + NOW)?;
    for _ in 0..4 {
        assert_redacted(&format!("{step:?}"), hidden);
        step = match step {
            Step::Done(caller) => return Ok(caller),
            Step::FindUser(find) => {
                let user = user(find.lookup());
                find.found(user)?
            }
            Step::FindKey(find) => find.found(None)?,
        };
    }
    let Step::Done(caller) = step else { panic!("more than four look-ups") };
    Ok(caller)
}

/// Returns the user of a look-up, or another user if the user is unknown.
fn user(lookup: UserLookup<'_>) -> Option<User> {
    let place = match lookup {
        UserLookup::Id(id) => USERS.iter().position(|user| user.0 == id),
        UserLookup::SessionSecret(secret) => USERS.iter().position(|user| user.1 == secret),
        UserLookup::Email(_) | UserLookup::Phone(_) => None,
    };
    let (id, secret) = USERS[place.unwrap_or(0)];
    let document = serde_json::json!({
        "$id": id,
        "impersonator": id == "user-a",
        "sessions": [{
            "$id": "s1",
            "provider": "email",
            "secret": sha256(secret),
            "expire": "2026-01-01T01:00:00.000+00:00",
        }],
    });
    Some(serde_json::from_value(document).unwrap())
}

fn sha256(text: &str) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// Checks that an error is one that these requests can have.
fn assert_known(error: &AuthenticateError) {
    use AuthenticateError as Error;
    assert_shown(&error.to_string());
    assert!(matches!(
        error,
        Error::SessionAndJwt
            | Error::InvalidJwt(_)
            | Error::UserAndApiKey
            | Error::MissingProject
            | Error::UnknownKey(_)
    ));
}

fn assert_shown(text: &str) {
    assert!(text.len() < MAX_SHOWN, "{text}");
    assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{text:?}");
}

/// Checks that a printed value contains no secret of a session.
fn assert_redacted(shown: &str, hidden: &[&str]) {
    for secret in hidden {
        assert!(!shown.contains(secret), "{shown}");
    }
}
