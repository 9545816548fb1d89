//! The look-ups of a host: [`AsyncDirectory`].

use std::error::Error;
use std::sync::Arc;

use rolegate::User;
use rolegate::auth::{KeyLookup, StoredKey, UserLookup};

/// The users and keys of a host, looked up asynchronously.
///
/// The values of a look-up are from the request. They may be any text that is not empty. The
/// [`Authenticator`](rolegate::auth::Authenticator) checks the answer again: a user with another id, and a key
/// with another secret, count as unknown.
///
/// ```
/// use rolegate::User;
/// use rolegate::auth::UserLookup;
/// use rolegate_tower::AsyncDirectory;
///
/// # struct Pool;
/// # impl Pool {
/// #     async fn user_by_id(&self, _: &str) -> Result<Option<User>, std::io::Error> { Ok(None) }
/// #     async fn user_by_email(&self, _: &str) -> Result<Option<User>, std::io::Error> { Ok(None) }
/// # }
/// struct Database(Pool);
///
/// impl AsyncDirectory for Database {
///     type Error = std::io::Error;
///
///     async fn user(&self, lookup: UserLookup<'_>) -> Result<Option<User>, std::io::Error> {
///         match lookup {
///             UserLookup::Id(id) => self.0.user_by_id(id).await,
///             UserLookup::Email(email) => self.0.user_by_email(email).await,
///             _ => Ok(None),
///         }
///     }
/// }
/// ```
pub trait AsyncDirectory: Send + Sync + 'static {
    /// The error of a look-up. Its text goes to the log, and never to the client. It must not contain secrets,
    /// such as the key of a look-up.
    type Error: Into<Box<dyn Error + Send + Sync>>;

    /// Returns a user of the project, with memberships, sessions and authenticators.
    ///
    /// # Errors
    ///
    /// The look-up failed. An unknown user is `Ok(None)`.
    fn user(
        &self,
        lookup: UserLookup<'_>,
    ) -> impl Future<Output = Result<Option<User>, Self::Error>> + Send;

    /// Returns a stored key. By default, this is `Ok(None)`, and every stored key is refused as unknown.
    ///
    /// # Errors
    ///
    /// The look-up failed. An unknown key is `Ok(None)`.
    fn key(
        &self,
        lookup: KeyLookup<'_>,
    ) -> impl Future<Output = Result<Option<StoredKey>, Self::Error>> + Send {
        let _ = lookup;
        async { Ok(None) }
    }
}

impl<D: AsyncDirectory> AsyncDirectory for Arc<D> {
    type Error = D::Error;

    fn user(
        &self,
        lookup: UserLookup<'_>,
    ) -> impl Future<Output = Result<Option<User>, Self::Error>> + Send {
        D::user(self, lookup)
    }

    fn key(
        &self,
        lookup: KeyLookup<'_>,
    ) -> impl Future<Output = Result<Option<StoredKey>, Self::Error>> + Send {
        D::key(self, lookup)
    }
}
