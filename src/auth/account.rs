//! The check of the scope and the account, after the credentials: [`Authenticated`].

use super::error::AuthenticateError;
use super::identity::{AuthMethod, Identity};
use crate::principal::{BlockedUser, User};

/// A caller whose credentials are verified, and whose scope and account are not checked yet.
///
/// Appwrite checks the scope first, then the account. Each of these methods returns the [`Identity`]:
///
/// | method | checks |
/// | --- | --- |
/// | [`require_scope`](Self::require_scope) | the scope; blocked, password reset, factors |
/// | [`require_active`](Self::require_active) | blocked, password reset, factors |
/// | [`allow_pending_reset_and_factors`](Self::allow_pending_reset_and_factors) | blocked |
///
/// For an impersonation, the account of the target is checked first, and then that of the actor.
/// Appwrite checks only the target. There, a blocked user can therefore act as another user.
#[derive(Debug)]
#[must_use = "scope and account are not checked yet"]
pub struct Authenticated {
    identity: Identity,
    target: AccountState,
    actor: AccountState,
}

/// The reasons to refuse a user. Both fields are `None` if the account is active.
#[derive(Debug, Default)]
pub(super) struct AccountState {
    blocked: Option<BlockedUser>,
    /// The password must be reset, or a factor is missing.
    incomplete: Option<AuthenticateError>,
}

impl Authenticated {
    pub(super) fn new(identity: Identity, account: AccountState) -> Self {
        Self { identity, target: account, actor: AccountState::default() }
    }

    pub(super) fn of_impersonation(
        identity: Identity,
        target: AccountState,
        actor: AccountState,
    ) -> Self {
        Self { identity, target, actor }
    }

    pub(super) fn without_account(identity: Identity) -> Self {
        Self::new(identity, AccountState::default())
    }

    /// Returns the method by which the caller authenticated, for the log. The caller may still be refused.
    #[must_use]
    pub fn method(&self) -> &AuthMethod {
        &self.identity.method
    }

    /// Checks the scope of a route, such as `documents.read`, and then the account.
    ///
    /// # Errors
    ///
    /// The caller lacks the scope. A key that bypasses permissions needs the scope too. Or the user is
    /// blocked, must reset the password, or lacks a factor.
    pub fn require_scope(self, scope: &str) -> Result<Identity, AuthenticateError> {
        self.identity.require_scope(scope)?;
        self.require_active()
    }

    /// Checks the account, for a route that requires no scope.
    ///
    /// # Errors
    ///
    /// The user is blocked, must reset the password, or lacks a factor.
    pub fn require_active(self) -> Result<Identity, AuthenticateError> {
        self.target.check()?;
        self.actor.check()?;
        Ok(self.identity)
    }

    /// Checks only that the user is not blocked. Use this for a route on which a user resets the password
    /// or completes a factor. On other routes, use [`require_scope`](Self::require_scope) or
    /// [`require_active`](Self::require_active).
    ///
    /// The scope is not checked. To check it, call
    /// [`Identity::require_scope`](super::Identity::require_scope).
    ///
    /// # Errors
    ///
    /// The user is blocked.
    pub fn allow_pending_reset_and_factors(self) -> Result<Identity, AuthenticateError> {
        for state in [self.target, self.actor] {
            if let Some(blocked) = state.blocked {
                return Err(blocked.into());
            }
        }
        Ok(self.identity)
    }
}

impl AccountState {
    /// Returns the state of `user` in a session with `session_factors` completed factors. For a caller
    /// without a session, `session_factors` is `None`, and factors are not checked.
    ///
    /// Source: the `api` group's initialisation in appwrite/appwrite.
    pub(super) fn of(user: &User, session_factors: Option<usize>) -> Self {
        let blocked = user.is_blocked().then(|| BlockedUser::new(user));
        let user_id = || user.id.as_str().into();
        let incomplete = if user.reset {
            Some(AuthenticateError::PasswordResetRequired { user_id: user_id() })
        } else if session_factors.is_some_and(|factors| factors < required_factors(user)) {
            Some(AuthenticateError::MoreFactorsRequired { user_id: user_id() })
        } else {
            None
        };
        Self { blocked, incomplete }
    }

    fn check(self) -> Result<(), AuthenticateError> {
        match self {
            Self { blocked: Some(blocked), .. } => Err(blocked.into()),
            Self { incomplete: Some(refusal), .. } => Err(refusal),
            Self { .. } => Ok(()),
        }
    }
}

/// Returns the number of factors that a session needs: two if the user turned on `mfa` and can complete
/// a second factor, and one otherwise.
fn required_factors(user: &User) -> usize {
    let mut totp = user.authenticators.iter().filter(|each| each.kind == "totp");
    let has_second = user.is_verified() || totp.next().is_some_and(|first| first.verified);
    if user.mfa && has_second { 2 } else { 1 }
}
