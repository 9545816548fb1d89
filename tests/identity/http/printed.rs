//! Printed values show no secret of a header.

use rolegate::auth::http::{RequestCredentials, SessionFormat};
use rolegate::auth::{Step, UserLookup};

use super::super::{PROJECT, authenticator, now};
use super::{COOKIE, headers, secret_of, session_of, with_session};

/// Panics if a text shows eight consecutive characters of a secret.
fn assert_redacted(shown: &str, secrets: &[&str]) {
    for secret in secrets {
        for part in secret.as_bytes().windows(8) {
            let part = std::str::from_utf8(part).unwrap();
            assert!(!shown.contains(part), "{part}: {shown}");
        }
    }
}

#[test]
fn debug_of_a_request_shows_no_secret_email_or_phone() {
    let session = session_of("user-a");
    let secret = secret_of("user-a");
    let cookie = format!("{COOKIE}={session}");
    let bare = format!("{COOKIE}={secret}");
    let fallback = format!(r#"{{"{COOKIE}":"{session}"}}"#);
    let (jwt, key) = ("jwtjwtjwt.jwtjwtjwt.jwtjwtjwt", "standard_quitesecretindeed");
    let (email, phone) = ("secretary@example.com", "+4912345678");
    let secrets = [&*session, &*secret, jwt, "quitesecretindeed", email, phone];
    let email = ("x-appwrite-impersonate-user-email", email);
    let phone = ("x-appwrite-impersonate-user-phone", phone);
    for lines in [
        vec![("cookie", &*cookie), ("x-appwrite-jwt", jwt), ("x-appwrite-key", key), email],
        vec![("cookie", &*bare), phone],
        vec![("x-appwrite-session", &*session), email],
        vec![("x-appwrite-session", &*secret), email],
        vec![("x-fallback-cookies", &*fallback), phone],
        vec![("cookie", &*cookie), email, email],
        vec![("x-appwrite-key", key), ("x-appwrite-key", key)],
        vec![("x-appwrite-jwt", jwt), ("x-appwrite-jwt", jwt)],
        vec![("cookie", &*cookie), ("cookie", &*bare)],
    ] {
        let headers = headers(&lines);
        for format in [SessionFormat::Appwrite, SessionFormat::BareSecret] {
            let request = RequestCredentials::from_headers_with(&headers, PROJECT, format);
            assert_redacted(&format!("{request:?} {request:#?}"), &secrets);
            match request {
                Err(error) => assert_redacted(&error.to_string(), &secrets),
                Ok(request) => assert_steps_redacted(&request, &secrets),
            }
        }
    }
}

fn assert_steps_redacted(request: &RequestCredentials<'_>, secrets: &[&str]) {
    let credentials = request.credentials();
    assert_redacted(&format!("{credentials:?} {credentials:#?}"), secrets);
    let authenticator = authenticator();
    let mut step = authenticator.begin(&credentials, now());
    loop {
        assert_redacted(&format!("{step:?} {step:#?}"), secrets);
        step = match step {
            Err(error) => return assert_redacted(&error.to_string(), secrets),
            Ok(Step::Done(caller)) => {
                return assert_redacted(&caller.method().to_string(), secrets);
            }
            Ok(Step::FindUser(find)) => {
                assert_redacted(&format!("{:?}", find.lookup()), secrets);
                let mut user = with_session("user-a");
                user.impersonator = true;
                find.found(Some(user))
            }
            Ok(Step::FindKey(find)) => {
                assert_redacted(&format!("{:?}", find.lookup()), secrets);
                find.found(None)
            }
        };
    }
}

#[test]
fn debug_of_a_look_up_shows_only_an_id() {
    for (lookup, expected) in [
        (UserLookup::Id("user-a"), r#"Id("user-a")"#),
        (UserLookup::Email("a@example.com"), "Email(..)"),
        (UserLookup::Phone("+491234"), "Phone(..)"),
        (UserLookup::SessionSecret("secret"), "SessionSecret(..)"),
    ] {
        assert_eq!(format!("{lookup:?}"), expected);
        assert_eq!(format!("{lookup:#?}").replace([' ', '\n', ','], ""), expected);
    }
}
