//! The authentication of one request: [`Authentication`].

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use http::HeaderMap;
use rolegate::Refusal;
use rolegate::auth::http::{RequestCredentials, SessionFormat};
use rolegate::auth::{
    AuthMethod, AuthenticateError, Authenticated, Authenticator, Credentials, Identity, Step,
};

use crate::directory::AsyncDirectory;
use crate::event;
use crate::refused::Refused;

/// The settings of an [`IdentityLayer`](crate::IdentityLayer). A clone is cheap.
pub(crate) struct Authentication<D> {
    authenticator: Arc<Authenticator>,
    directory: Arc<D>,
    pub(crate) format: SessionFormat,
    pub(crate) account: AccountCheck,
}

/// The check of the account, after the credentials.
#[derive(Clone, Copy, Debug)]
pub(crate) enum AccountCheck {
    /// The user is not blocked, need not reset the password, and lacks no factor.
    Active,
    /// The user is not blocked.
    NotBlocked,
}

impl<D: AsyncDirectory> Authentication<D> {
    pub(crate) fn new(authenticator: Authenticator, directory: D) -> Self {
        Self {
            authenticator: Arc::new(authenticator),
            directory: Arc::new(directory),
            format: SessionFormat::default(),
            account: AccountCheck::Active,
        }
    }

    /// Returns the identity of the caller, or the answer to a request that is refused.
    pub(crate) async fn decide(&self, headers: &HeaderMap) -> Result<Identity, Refused> {
        let project = self.authenticator.project_id();
        let request = RequestCredentials::from_headers_with(headers, project, self.format)
            .map_err(|error| refuse(error, None))?;
        if request.project().is_some_and(|named| named != project) {
            let refused = Refused::other_project();
            event::refused(None, refused.message());
            return Err(refused);
        }
        let caller = self.look_up(&request.credentials()).await.map_err(|error| {
            match &error {
                AuthenticateError::Directory(cause) => event::directory_failed(&**cause),
                _ => event::refused_credential(&error),
            }
            Refused::from(error)
        })?;
        self.check_account(caller)
    }

    /// Verifies the credentials, with one look-up after the other.
    async fn look_up(
        &self,
        credentials: &Credentials<'_>,
    ) -> Result<Authenticated, AuthenticateError> {
        let mut step = self.authenticator.begin(credentials, SystemTime::now())?;
        loop {
            step = match step {
                Step::FindUser(find) => {
                    let user = self.directory.user(find.lookup()).await;
                    find.found(user.map_err(|error| AuthenticateError::Directory(error.into()))?)?
                }
                Step::FindKey(find) => {
                    let key = self.directory.key(find.lookup()).await;
                    find.found(key.map_err(|error| AuthenticateError::Directory(error.into()))?)?
                }
                Step::Done(caller) => return Ok(caller),
            };
        }
    }

    fn check_account(&self, caller: Authenticated) -> Result<Identity, Refused> {
        let method = event::records_refusals().then(|| caller.method().clone());
        let identity = match self.account {
            AccountCheck::Active => caller.require_active(),
            AccountCheck::NotBlocked => caller.allow_pending_reset_and_factors(),
        };
        let identity = identity.map_err(|error| refuse(error, method.as_ref()))?;
        event::admitted(&identity);
        Ok(identity)
    }
}

/// Logs a refusal and returns its answer.
#[cold]
fn refuse(refusal: impl Refusal, method: Option<&AuthMethod>) -> Refused {
    let refused = Refused::from(refusal);
    event::refused(method, refused.message());
    refused
}

impl<D> Clone for Authentication<D> {
    fn clone(&self) -> Self {
        Self {
            authenticator: Arc::clone(&self.authenticator),
            directory: Arc::clone(&self.directory),
            format: self.format,
            account: self.account,
        }
    }
}

impl<D> fmt::Debug for Authentication<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authentication")
            .field("authenticator", &self.authenticator)
            .field("format", &self.format)
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}
