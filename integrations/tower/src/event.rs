//! The event of a decision, with the feature `tracing`.
//!
//! Texts from a request are recorded by `Debug`, which escapes line breaks and control characters.

use std::error::Error;

use rolegate::auth::{AuthMethod, AuthenticateError, GuestReason, Identity};
use tracing::Level;
use tracing::field::{DebugValue, debug};

/// The maximum number of characters of an id in the log. Ids of Appwrite have at most 36.
const MAX_ID_LEN: usize = 64;

/// The maximum number of characters of a reason in the log. The messages of rolegate are shorter.
const MAX_REASON_LEN: usize = 512;

/// The maximum number of causes of a failure in the log.
const MAX_CAUSES: usize = 8;

/// The caller, as the log shows it.
#[derive(Clone, Copy, Default)]
struct Logged<'a> {
    method: Option<&'static str>,
    user_id: Option<&'a str>,
    session_id: Option<&'a str>,
    impersonator_id: Option<&'a str>,
}

/// Records an event. It is a macro because the level of an event is a constant.
macro_rules! record {
    ($level:expr, $logged:expr, $outcome:literal, $reason:expr) => {{
        let logged: Logged<'_> = $logged;
        tracing::event!(
            target: "rolegate",
            $level,
            method = logged.method,
            user_id = logged.user_id.map(|id| shown(id, MAX_ID_LEN)),
            session_id = logged.session_id.map(|id| shown(id, MAX_ID_LEN)),
            impersonator_id = logged.impersonator_id.map(|id| shown(id, MAX_ID_LEN)),
            outcome = $outcome,
            reason = $reason,
        );
    }};
}

/// Returns `true` if the event of a refusal may be recorded.
pub(crate) fn records_refusals() -> bool {
    tracing::enabled!(target: "rolegate", Level::INFO)
}

/// Records that the caller may enter: a user, a key or a guest.
pub(crate) fn admitted(identity: &Identity) {
    let logged = Logged::of_identity(identity);
    let AuthMethod::Guest(guest) = identity.method() else {
        record!(Level::DEBUG, logged, "allowed", tracing::field::Empty);
        return;
    };
    let reason = || shown(&guest.reason().to_string(), MAX_REASON_LEN);
    if guest.reason() == GuestReason::NoCredential {
        record!(Level::DEBUG, logged, "guest", reason());
    } else {
        record!(Level::INFO, logged, "guest", reason());
    }
}

/// Records that the credentials or the account are refused.
#[cold]
pub(crate) fn refused(method: Option<&AuthMethod>, reason: &str) {
    let logged = method.map(Logged::of_method).unwrap_or_default();
    record!(Level::INFO, logged, "refused", shown(reason, MAX_REASON_LEN));
}

/// Records that a JWT or a key is refused, or that two credentials exclude each other.
#[cold]
pub(crate) fn refused_credential(error: &AuthenticateError) {
    let logged = Logged { method: method_of(error), ..Logged::default() };
    record!(Level::INFO, logged, "refused", shown(&error.to_string(), MAX_REASON_LEN));
}

/// Records that a caller with an identity is refused.
#[cold]
pub(crate) fn refused_identity(identity: &Identity, reason: &str) {
    let logged = Logged::of_identity(identity);
    record!(Level::INFO, logged, "refused", shown(reason, MAX_REASON_LEN));
}

/// Records that a directory failed.
#[cold]
pub(crate) fn directory_failed(error: &(dyn Error + 'static)) {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    let reason =
        causes.take(MAX_CAUSES).fold(error.to_string(), |text, cause| format!("{text}: {cause}"));
    record!(Level::ERROR, Logged::default(), "failed", shown(&reason, MAX_REASON_LEN));
}

/// Records that the server lacks an [`IdentityLayer`](crate::IdentityLayer).
#[cold]
pub(crate) fn layer_is_missing(reason: &str) {
    record!(Level::ERROR, Logged::default(), "failed", shown(reason, MAX_REASON_LEN));
}

impl<'a> Logged<'a> {
    fn of_identity(identity: &'a Identity) -> Self {
        let of_method = Self::of_method(identity.method());
        Self {
            user_id: identity.principal().user_id().or(of_method.user_id),
            impersonator_id: identity.impersonator_id(),
            ..of_method
        }
    }

    /// Returns the ids of the user who signed in. Those of a guest are the ids that its credential named.
    fn of_method(method: &'a AuthMethod) -> Self {
        let (user_id, session_id) = match method {
            AuthMethod::Guest(guest) => (guest.user_id(), guest.session_id()),
            _ => (method.user_id(), method.session_id()),
        };
        Self { method: Some(method.as_str()), user_id, session_id, impersonator_id: None }
    }
}

/// Returns the method of the credential that is refused, or `None` if there are two credentials.
fn method_of(error: &AuthenticateError) -> Option<&'static str> {
    match error {
        AuthenticateError::InvalidJwt(_) => Some("jwt"),
        AuthenticateError::AccountKeyExpired
        | AuthenticateError::KeyExpired
        | AuthenticateError::MissingProject
        | AuthenticateError::UnknownKey(_) => Some("api-key"),
        _ => None,
    }
}

/// Returns the beginning of a text, which is escaped when it is written.
fn shown(text: &str, max_chars: usize) -> DebugValue<String> {
    debug(text.chars().take(max_chars).collect())
}
