//! The verification of credentials: [`Authenticator`].

use std::fmt;
use std::time::SystemTime;

use super::account::Authenticated;
use super::credentials::Credentials;
use super::error::AuthenticateError;
use super::jwt::JwtKeys;
use super::lookup::Directory;
use super::scope::BuiltInScopes;
use super::step::{self, Context, Step};

/// A verifier of the credentials of requests to one project.
///
/// # Outcomes
///
/// | credential | state | outcome |
/// | --- | --- | --- |
/// | no credential | | guest |
/// | session | valid | user |
/// | session | unknown user, unknown secret, expired, or without a readable `expire` | guest |
/// | JWT | valid, and its session exists or it names no session | user |
/// | JWT | valid, but without a user, with an unknown user, or with a deleted or expired session | guest |
/// | JWT | malformed, expired, or with a wrong signature | 401 `user_jwt_invalid` |
/// | JWT | beside a session that counts | 403 `user_jwt_and_cookie_set` |
/// | any API key | beside a session or JWT of a user | 403 `user_api_key_and_session_set` |
/// | standard key | valid | bypasses permissions |
/// | ephemeral key | valid, of this project | bypasses permissions |
/// | ephemeral key | valid, of another project, for all projects | role `any` |
/// | ephemeral key | invalid, or only for another project | guest |
/// | standard or ephemeral key | the request does not name this project | 403 `project_id_missing` |
/// | account key | valid, of the user in `X-Appwrite-User` | user |
/// | account key | expired | 401 `account_key_expired` |
/// | organization key | valid, of the team in `X-Appwrite-Organization` | owner of the team |
/// | standard or organization key | expired | 401 `project_key_expired` |
/// | standard, account or organization key | unknown | 401 `user_unauthorized` |
/// | key of an unknown kind | the request names this project | guest |
/// | key of an unknown kind | the request does not name this project | 403 `project_id_missing` |
///
/// Then [`Authenticated`] checks the scope and the account:
///
/// | state | outcome |
/// | --- | --- |
/// | the scope is missing | 401 `general_unauthorized_scope` |
/// | the user is blocked | 403 `user_blocked` |
/// | the user must reset the password | 412 `user_password_reset_required` |
/// | the session lacks a factor | 401 `user_more_factors_required` |
///
/// A guest has the scope `documents.read` too. A route for users calls
/// [`Identity::require_user`](super::Identity::require_user), which refuses guests and keys.
///
/// A user with `impersonator: true` can act as another user of the project, who is the
/// [target](super::ImpersonationTarget). If the target is unknown, the request acts as the user that
/// signed in.
///
/// # Look-ups
///
/// [`begin`](Self::begin) returns the first [`Step`]: a look-up of a user or a key, or the caller. The
/// host does each look-up, blocking or with any asynchronous runtime, and passes the answer to the step.
/// For a host that may block, [`authenticate`](Self::authenticate) takes all steps with a
/// [`Directory`].
///
/// # A request handler
///
/// ```
/// use rolegate::auth::{Credentials, Step};
/// use rolegate::Action;
/// # use std::time::SystemTime;
/// # use rolegate::auth::{Authenticator, DEFAULT_JWT_LIFETIME, JwtKeys, KeyLookup, Secret, StoredKey, UserLookup};
/// # use rolegate::{Collection, User};
/// # type Error = Box<dyn std::error::Error>;
/// # struct Request(Vec<(&'static str, String)>);
/// # impl Request {
/// #     fn header(&self, name: &str) -> Option<&str> {
/// #         self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| &**value)
/// #     }
/// # }
/// # struct Server { authenticator: Authenticator, collection: Collection }
/// # impl Server {
/// #     async fn user(&self, lookup: UserLookup<'_>) -> Result<Option<User>, Error> {
/// #         let json = r#"{"$id": "user-a", "sessions": [
/// #             {"$id": "s1", "expire": "9999-01-01T00:00:00.000+00:00", "factors": ["password"]}]}"#;
/// #         let known = lookup == UserLookup::Id("user-a");
/// #         Ok(known.then(|| serde_json::from_str(json).unwrap()))
/// #     }
/// #     async fn key(&self, lookup: KeyLookup<'_>) -> Result<Option<StoredKey>, Error> {
/// #         let key = StoredKey::of_project("p1", "standard_abc").with_scopes(["documents.read"]);
/// #         Ok((lookup.secret() == "standard_abc").then_some(key))
/// #     }
/// #     async fn documents(&self) -> Result<Vec<(&str, Vec<String>)>, Error> {
/// #         let of = |user| vec![format!("read(\"user:user-{user}\")")];
/// #         Ok(vec![("Kevin", of('a')), ("Laura", of('b')), ("Bob", of('c'))])
/// #     }
/// # }
///
/// async fn list(server: &Server, request: &Request) -> Result<Vec<String>, Error> {
///     let credentials = Credentials::none()
///         .with_project(request.header("x-appwrite-project"))
///         .with_jwt(request.header("x-appwrite-jwt"))
///         .with_key(request.header("x-appwrite-key"));
///     let mut step = server.authenticator.begin(&credentials, SystemTime::now())?;
///     let caller = loop {
///         step = match step {
///             Step::FindUser(find) => {
///                 let user = server.user(find.lookup()).await?;
///                 find.found(user)?
///             }
///             Step::FindKey(find) => {
///                 let key = server.key(find.lookup()).await?;
///                 find.found(key)?
///             }
///             Step::Done(caller) => break caller,
///         };
///     };
///     let identity = caller.require_scope("documents.read")?;
///     if let Some(reason) = identity.guest_reason() {
///         eprintln!("a guest: {reason}");
///     }
///     let matcher = server.collection.matcher(identity.principal(), Action::Read)?;
///     let mut documents = server.documents().await?;
///     documents.retain(|(_, permissions)| matcher.allows(permissions));
///     Ok(documents.into_iter().map(|(name, _)| name.to_owned()).collect())
/// }
/// # fn run<T>(future: impl Future<Output = T>) -> T {
/// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// #     match std::pin::pin!(future).poll(&mut context) {
/// #         std::task::Poll::Ready(value) => value,
/// #         std::task::Poll::Pending => panic!("nothing to wait for"),
/// #     }
/// # }
/// #
/// # let keys = JwtKeys::new(Secret::new("your-secret-key")?);
/// # let jwt = keys.create_jwt("user-a", "s1", DEFAULT_JWT_LIFETIME, SystemTime::now())?;
/// # let authenticator = Authenticator::new(keys, "p1");
/// # let server = Server { authenticator, collection: Collection::new([""; 0], true.into()) };
/// # let ask = |mut headers: Vec<_>| {
/// #     headers.push(("x-appwrite-project", "p1".into()));
/// #     run(list(&server, &Request(headers)))
/// # };
/// # assert_eq!(ask(vec![("x-appwrite-jwt", jwt.clone())])?, ["Kevin"]);
/// # assert_eq!(ask(vec![("x-appwrite-key", "standard_abc".into())])?, ["Kevin", "Laura", "Bob"]);
/// # assert_eq!(ask(vec![])?, [""; 0]);
/// # assert!(ask(vec![("x-appwrite-jwt", "x".into())]).is_err());
/// # assert!(ask(vec![("x-appwrite-jwt", jwt), ("x-appwrite-key", "k".into())]).is_err());
/// # Ok::<(), Error>(())
/// ```
///
/// # Duties of the host
///
/// - **Transport.** An attacker who reads a token or a key can use it like a password. Use TLS, and do not
///   log headers. No `Debug` or `Display` of this module prints a secret.
/// - **Rate limits.** A secret of 32 random bytes cannot be guessed. This module does not limit guesses of
///   weak secrets, or requests that cause look-ups of unknown users and keys.
/// - **Stored secrets.** Pass the server's secret in an environment variable. Store hashes of keys: look up
///   the hash, and create the [`StoredKey`](super::StoredKey) with the secret that was presented.
/// - **Projects.** The JWT of a user names no project. Give each project a secret of its own. Otherwise a
///   user of one project can act as the user with the same id in another project.
/// - **Freshness.** With an old copy of a user, deleted sessions and removed roles still count.
#[derive(Clone)]
pub struct Authenticator {
    jwt_keys: JwtKeys,
    project_id: Box<str>,
    scopes: BuiltInScopes,
}

impl Authenticator {
    /// Creates an authenticator for the project with this id.
    #[must_use]
    pub fn new(jwt_keys: JwtKeys, project_id: impl Into<String>) -> Self {
        let project_id = project_id.into().into_boxed_str();
        Self { jwt_keys, project_id, scopes: BuiltInScopes::default() }
    }

    /// Sets the scopes that callers have besides the scopes of their credential.
    #[must_use]
    pub fn with_scopes(mut self, scopes: BuiltInScopes) -> Self {
        self.scopes = scopes;
        self
    }

    /// Returns the id of the project.
    #[must_use]
    pub fn project_id(&self) -> &str {
        &self.project_id
    }

    /// Returns the keys that sign and verify JWTs.
    #[must_use]
    pub fn jwt_keys(&self) -> &JwtKeys {
        &self.jwt_keys
    }

    /// Begins to authenticate a request at the time `now`.
    ///
    /// # Errors
    ///
    /// The credentials are refused before any look-up.
    pub fn begin<'a>(
        &'a self,
        credentials: &Credentials<'a>,
        now: SystemTime,
    ) -> Result<Step<'a>, AuthenticateError> {
        let Self { jwt_keys, project_id, scopes } = self;
        step::begin(Context { jwt_keys, project_id, scopes, now }, *credentials)
    }

    /// Authenticates a request at the time `now`. Blocks while `directory` looks up users and keys.
    ///
    /// # Errors
    ///
    /// The credentials are refused, or a look-up failed.
    pub fn authenticate<D: Directory + ?Sized>(
        &self,
        credentials: &Credentials<'_>,
        directory: &D,
        now: SystemTime,
    ) -> Result<Authenticated, AuthenticateError> {
        let failed = |error: D::Error| AuthenticateError::Directory(error.into());
        let mut step = self.begin(credentials, now)?;
        loop {
            step = match step {
                Step::FindUser(find) => {
                    let user = directory.user(find.lookup()).map_err(failed)?;
                    find.found(user)?
                }
                Step::FindKey(find) => {
                    let key = directory.key(find.lookup()).map_err(failed)?;
                    find.found(key)?
                }
                Step::Done(caller) => return Ok(caller),
            };
        }
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator")
            .field("project_id", &self.project_id)
            .finish_non_exhaustive()
    }
}
