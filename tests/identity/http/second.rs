//! The headers of a request, compared with a second implementation.

use std::cell::{Cell, RefCell};

use proptest::prelude::*;
use proptest::sample::select;
use rolegate::auth::http::{RequestCredentials, SessionFormat, encode_session};
use rolegate::auth::{
    Authenticated, Credentials, Directory, ImpersonationTarget, KeyLookup, StoredKey, UserLookup,
};
use rolegate::{Refusal, User};
use serde_json::json;

use super::super::{Down, PROJECT, authenticator, jwt, now, outcome};
use super::{COOKIE, encoded, headers, percent_encoded, session_of, with_session};
use crate::support::headers::{Request, Session, read};

/// A directory that has every user, and records the look-ups.
#[derive(Default)]
struct Recorder(RefCell<Vec<String>>);

impl Directory for Recorder {
    type Error = Down;

    fn user(&self, lookup: UserLookup<'_>) -> Result<Option<User>, Down> {
        let (text, id) = match lookup {
            UserLookup::Id(id) => (format!("id {id}"), id),
            UserLookup::Email(email) => (format!("email {email}"), "user-e"),
            UserLookup::Phone(phone) => (format!("phone {phone}"), "user-p"),
            UserLookup::SessionSecret(secret) => {
                let id = secret.strip_prefix("secret-of-").unwrap_or("user-s");
                (format!("secret {secret}"), id)
            }
        };
        self.0.borrow_mut().push(text);
        let mut user = with_session(id);
        user.impersonator = true;
        match lookup {
            UserLookup::Email(email) => user.email = Some(email.into()),
            UserLookup::Phone(phone) => user.phone = Some(phone.into()),
            _ => {}
        }
        Ok(Some(user))
    }

    fn key(&self, lookup: KeyLookup<'_>) -> Result<Option<StoredKey>, Down> {
        self.0.borrow_mut().push(format!("key {}", lookup.secret()));
        let secret = lookup.secret();
        Ok(Some(match lookup {
            KeyLookup::Project { .. } => StoredKey::of_project(PROJECT, secret),
            KeyLookup::Organization { team_id, .. } => StoredKey::of_organization(team_id, secret),
            KeyLookup::Account { user_id, .. } => StoredKey::of_account(User::new(user_id), secret),
        }))
    }
}

/// Returns the credentials, the look-ups and the outcome as a text.
fn run(credentials: &Credentials<'_>) -> String {
    let recorder = Recorder::default();
    let caller = authenticator().authenticate(credentials, &recorder, now());
    let method = caller.as_ref().map(|caller| caller.method().to_string()).unwrap_or_default();
    let outcome = outcome(caller.and_then(Authenticated::require_active));
    format!("{credentials:?} {:?} {method} {outcome}", recorder.0.into_inner())
}

/// Returns the credentials of the second implementation.
fn credentials<'a>(request: &'a Request, session: &'a Session) -> Credentials<'a> {
    let [id, email, phone] = &request.targets;
    let credentials = Credentials::none()
        .with_project(request.project.as_ref())
        .with_jwt(request.jwt.as_ref())
        .with_key(request.key.as_ref())
        .with_key_user(request.key_user.as_ref())
        .with_key_organization(request.key_organization.as_ref())
        .with_impersonation_target(id.as_deref().map(ImpersonationTarget::Id))
        .with_impersonation_target(email.as_deref().map(ImpersonationTarget::Email))
        .with_impersonation_target(phone.as_deref().map(ImpersonationTarget::Phone));
    match session {
        Session::None | Session::Malformed => credentials,
        Session::Of { id, secret } => credentials.with_session(id, secret),
        Session::Bare(secret) => credentials.with_session_secret(secret),
    }
}

fn session_value() -> impl Strategy<Value = String> {
    let user = || select(vec!["user-a", "user-b", "user-c"]);
    let json = select(vec![
        "{}",
        "[]",
        "null",
        "{",
        r#"{"id":"user-a"}"#,
        r#"{"secret":"secret-of-user-a"}"#,
        r#"{"id":0,"secret":[]}"#,
        r#"{"id":1}"#,
        r#"{"id":-0}"#,
        r#"{"id":{}}"#,
        r#"{"id":"user-b","id":"user-a","secret":"secret-of-user-a"}"#,
        r#"{"id":"user-a","secret":"secret-of-user-a","x":1e999}"#,
        r#"{"id":"user-a","secret":"secret-of-user-a","x":{"\u0000":1}}"#,
        r#"{"id":"user-a","secret":"secret-of-user-a"}x"#,
        r#"{"id":"user-a","secret":"secret-of-user-a","x":TRUE}"#,
    ]);
    let value = prop_oneof![
        8 => user().prop_map(session_of),
        2 => (user(), user()).prop_map(|(a, b)| encode_session(a, &format!("secret-of-{b}"))),
        4 => json.prop_map(encoded),
        3 => user().prop_map(super::secret_of),
        2 => select(vec!["", "0", "x", "=", "%", "%41", "%ff", "%00", "AA==", "A"]).prop_map(String::from),
        1 => "[ -:<-~]{0,12}",
    ];
    (value, 0..16, any::<prop::sample::Index>()).prop_map(|(value, change, at)| {
        let at = at.index(value.len() + 1);
        let (before, after) = value.split_at(at);
        match change {
            0 => percent_encoded(&value),
            1 => value.trim_end_matches('=').to_owned(),
            2 => format!("{value}="),
            3 => format!("{before}%20{after}"),
            4 => format!("{before}\t {after}"),
            _ => value,
        }
    })
}

fn cookie_field() -> impl Strategy<Value = Vec<u8>> {
    let legacy = format!("{COOKIE}_legacy");
    let names = select(vec![
        COOKIE.to_owned(),
        COOKIE.to_owned(),
        legacy.clone(),
        legacy,
        COOKIE.to_uppercase(),
        format!("{COOKIE} "),
        format!("x{COOKIE}"),
        format!("{COOKIE}x"),
        "a_session_p2".into(),
        "theme".into(),
    ]);
    let cookie = prop_oneof![
        9 => (names, session_value()).prop_map(|(name, value)| format!("{name}={value}").into_bytes()),
        1 => select(vec![&b""[..], b"=", b"x", b"x=\xff", b"a_session_project-1", b"a_session_project-1=\xff"])
            .prop_map(<[u8]>::to_vec),
    ];
    let separator = select(vec!["; ", ";", " ; ", ";;"]);
    (prop::collection::vec(cookie, 1..4), separator)
        .prop_map(|(cookies, separator)| cookies.join(separator.as_bytes()))
}

fn line() -> impl Strategy<Value = (String, Vec<u8>)> {
    let named = |name: &'static str, values: Vec<String>| {
        let values = prop_oneof![
            12 => select(values),
            1 => select(vec![String::new(), "0".into(), "é".into(), "a".repeat(8193)]),
        ];
        values.prop_map(move |value| (name.to_owned(), value.into_bytes()))
    };
    let texts = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>();
    let users = ["user-a", "user-b", "user-c"];
    let jwts = users.map(|id| jwt(&json!({"userId": id, "sessionId": format!("s-{id}")})));
    let keys = ["standard_k", "k", "account_k", "organization_k", "other_k", "ephemeral_k"];
    let fallback = session_value().prop_map(|value| {
        let json = json!({ "x": "é", COOKIE: value }).to_string();
        ("X-Fallback-Cookies".to_owned(), json.into_bytes())
    });
    prop_oneof![
        8 => cookie_field().prop_map(|field| ("Cookie".to_owned(), field)),
        4 => session_value().prop_map(|value| ("X-Appwrite-Session".to_owned(), value.into_bytes())),
        3 => fallback,
        1 => named("X-Fallback-Cookies", texts(&["{", "[]", "null", r#"{"a_session_project-1":1}"#])),
        2 => named("X-Appwrite-JWT", [jwts.to_vec(), texts(&["x"])].concat()),
        2 => named("X-Appwrite-Key", texts(&keys)),
        2 => named("X-Appwrite-Project", texts(&[PROJECT, PROJECT, "p2"])),
        1 => named("X-Appwrite-User", texts(&users)),
        1 => named("X-Appwrite-Organization", texts(&["team-a"])),
        1 => named("X-Appwrite-Impersonate-User-Id", texts(&users)),
        1 => named("X-Appwrite-Impersonate-User-Email", texts(&["A@example.com", "b@example.com"])),
        1 => named("X-Appwrite-Impersonate-User-Phone", texts(&["+1", "+2"])),
        1 => named("Accept", texts(&["*/*"])),
    ]
}

/// Most requests are compared up to their outcome, and not only up to the refusal of a header.
#[test]
fn headers_are_read_as_by_the_second_implementation() {
    let (accepted, users) = (Cell::new(0), Cell::new(0));
    let config = ProptestConfig::with_cases(4000);
    let requests = (prop::collection::vec(line(), 0..5), any::<bool>());
    proptest!(config, |((lines, is_bare) in requests)| {
        let lines: Vec<_> = lines.iter().map(|(name, value)| (&**name, value)).collect();
        let headers = headers(&lines);
        let format = if is_bare { SessionFormat::BareSecret } else { SessionFormat::Appwrite };
        let ours = RequestCredentials::from_headers_with(&headers, PROJECT, format);
        match (ours, read(&headers, PROJECT, is_bare)) {
            (Err(ours), Err(second)) => {
                // A request with several errors is refused for any of them.
                let same_header = ours.header() == second.1;
                prop_assert!(!same_header || ours.status() == second.0, "{:?} {:?}", ours, second);
            }
            (Err(ours), Ok(second)) => {
                let may_refuse = second.sessions.contains(&Session::Malformed);
                prop_assert!(may_refuse && ours.status() == 400, "{} {:?}", ours, second);
            }
            (Ok(ours), Ok(second)) => {
                prop_assert_eq!(ours.project(), second.project.as_deref());
                let found = run(&ours.credentials());
                let readable =
                    second.sessions.iter().filter(|session| **session != Session::Malformed);
                let mut permitted = readable.map(|session| run(&credentials(&second, session)));
                prop_assert!(permitted.any(|each| each == found), "{} {:#?}", found, second);
                accepted.set(accepted.get() + 1);
                users.set(users.get() + usize::from(found.contains("by session")));
            }
            (ours, second) => prop_assert!(false, "{:?} {:?}", ours, second),
        }
    });
    println!("{} accepted, {} with a session", accepted.get(), users.get());
    assert!(accepted.get() > 1500 && users.get() > 200, "{} {}", accepted.get(), users.get());
}
