//! Generated requests, answered by the library and by the model.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rolegate::Refusal;
use rolegate::auth::{AuthenticateError, Authenticated, Identity};

use super::model::{Caller, Edition, decide};
use super::world::{Request, World, request, world};
use super::{authenticator, now};

const CASES: u32 = 20_000;

fn ask(world: &World, request: &Request) -> Result<Identity, AuthenticateError> {
    request.with_credentials(|credentials| {
        let caller = authenticator().authenticate(credentials, world, now());
        caller.and_then(Authenticated::require_active)
    })
}

fn caller(identity: &Identity) -> Caller {
    let principal = identity.principal();
    Caller {
        user: principal.user_id().map(ToOwned::to_owned),
        impersonator: identity.impersonator_id().map(ToOwned::to_owned),
        roles: principal.roles().iter().map(ToString::to_string).collect(),
        bypass: principal.bypasses_permissions(),
    }
}

/// Returns a name for an outcome, to count the outcomes that were reached.
fn name(outcome: &Result<Caller, &'static str>) -> String {
    match outcome {
        Err(error_type) => (*error_type).to_owned(),
        Ok(Caller { bypass: true, .. }) => "bypass".to_owned(),
        Ok(Caller { impersonator: Some(_), .. }) => "impersonation".to_owned(),
        Ok(Caller { user: Some(_), .. }) => "user".to_owned(),
        Ok(Caller { roles, .. }) if roles.contains("guests") => "guest".to_owned(),
        Ok(Caller { roles, .. }) if roles.contains("team:t1/owner") => "organization".to_owned(),
        Ok(Caller { .. }) => "any".to_owned(),
    }
}

/// Panics unless Appwrite allows everything that the library allows.
fn assert_never_more(
    library: &Result<Caller, &'static str>,
    appwrite: &Result<Caller, &'static str>,
) -> Result<(), TestCaseError> {
    let Ok(library) = library else { return Ok(()) };
    let Ok(appwrite) = appwrite else {
        return Err(TestCaseError::fail(format!("{library:?} instead of {appwrite:?}")));
    };
    if !appwrite.bypass {
        prop_assert!(!library.bypass);
        prop_assert!(library.roles.is_subset(&appwrite.roles));
        prop_assert_eq!(&library.user, &appwrite.user);
        prop_assert_eq!(&library.impersonator, &appwrite.impersonator);
    }
    Ok(())
}

#[test]
fn generated_request_has_the_outcome_of_the_model_and_never_more_than_appwrite() {
    let seen = RefCell::new(BTreeMap::<String, u32>::new());
    let differences = RefCell::new(0);
    let mut runner = TestRunner::new(Config { cases: CASES, ..Config::default() });
    let result = runner.run(&(world(), request()), |(world, request)| {
        let answer = ask(&world, &request);
        let library = answer.as_ref().map(caller).map_err(Refusal::error_type);
        let expected = decide(&world, &request, Edition::Library);
        prop_assert_eq!(&library, &expected);
        let appwrite = decide(&world, &request, Edition::Appwrite);
        assert_never_more(&library, &appwrite)?;
        *seen.borrow_mut().entry(name(&expected)).or_default() += 1;
        *differences.borrow_mut() += u32::from(expected != appwrite);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    // Each outcome and the differences were reached. The rarest outcome is reached about 25 times.
    let seen = seen.into_inner();
    let reached: BTreeSet<&str> =
        seen.iter().filter(|(_, n)| **n >= 5).map(|(k, _)| &**k).collect();
    let expected = [
        "account_key_expired",
        "any",
        "bypass",
        "guest",
        "impersonation",
        "organization",
        "project_id_missing",
        "project_key_expired",
        "user",
        "user_api_key_and_session_set",
        "user_blocked",
        "user_jwt_and_cookie_set",
        "user_jwt_invalid",
        "user_more_factors_required",
        "user_password_reset_required",
        "user_unauthorized",
    ];
    assert_eq!(reached, BTreeSet::from(expected), "{seen:?}");
    assert!(differences.into_inner() >= 100);
}
