//! From what came with a request to who asks: [`Authenticator`].

use std::fmt;
use std::time::SystemTime;

use super::BlockedUser;
use super::api_key::{EphemeralKey, KeyKind};
use super::credentials::{CredentialKind, Credentials};
use super::directory::{Directory, Found, Lookup, RequestError};
use super::identity::{GuestReason, Identity};
use super::jwt::{MAX_TOKEN_LEN, Tokens, is_nobody};
use super::pending::{Asked, Pending};
use super::scope::BuiltInScopes;
use super::token_error::TokenError;

/// Tells who asks, from what came with a request.
///
/// # Two steps
///
/// [`verify`](Self::verify) checks what can be checked without looking anything up, and says what must
/// be found; the host finds it, in whatever way it does such things; [`Pending::decide`] gives the
/// [`Identity`]. A trait with asynchronous functions would force one runtime's bounds on everybody, and
/// one with blocking functions a thread on the others; two steps serve both. For hosts that may block,
/// [`authenticate`](Self::authenticate) does them in one, with a [`Directory`].
///
/// Whatever the host finds is checked once more: a user must have the id that was asked for, and a
/// key's secret is compared in constant time with what was presented.
///
/// # A request handler
///
/// ```
/// use rolegate::{Action, Credentials, Found, Listing, Lookup};
/// # use std::time::SystemTime;
/// # use rolegate::{Authenticator, Collection, DEFAULT_JWT_LIFETIME, FoundKey, KeyKind, Secret, Tokens, User};
/// # type Error = Box<dyn std::error::Error>;
/// # struct Request(Vec<(&'static str, String)>);
/// # impl Request {
/// #     fn header(&self, name: &str) -> Option<&str> {
/// #         self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| &**value)
/// #     }
/// # }
/// # struct Server { authenticator: Authenticator, collection: Collection }
/// # impl Server {
/// #     async fn user(&self, id: &str) -> Result<Option<User>, Error> {
/// #         let json = r#"{"$id": "user-a", "sessions": [{"$id": "s1"}]}"#;
/// #         Ok((id == "user-a").then(|| serde_json::from_str(json).unwrap()))
/// #     }
/// #     async fn key(&self, _: KeyKind, secret: &str) -> Result<Option<FoundKey>, Error> {
/// #         let key = FoundKey::of_project("p1", "standard_abc").with_scopes(["documents.read"]);
/// #         Ok((secret == "standard_abc").then_some(key))
/// #     }
/// #     async fn documents(&self) -> Result<Vec<(&str, Vec<String>)>, Error> {
/// #         let of = |user| vec![format!("read(\"user:user-{user}\")")];
/// #         Ok(vec![("Kevin", of('a')), ("Laura", of('b')), ("Bob", of('c'))])
/// #     }
/// # }
///
/// async fn list(server: &Server, request: &Request) -> Result<Vec<String>, Error> {
///     let credentials = Credentials::none()
///         .with_jwt(request.header("x-appwrite-jwt"))
///         .with_key(request.header("x-appwrite-key"));
///     let pending = server.authenticator.verify(&credentials, SystemTime::now())?;
///     let found = match pending.lookup() {
///         Lookup::Nothing => Found::Nothing,
///         Lookup::User(id) => Found::User(server.user(id).await?),
///         Lookup::Key { kind, secret } => Found::Key(server.key(kind, secret).await?),
///     };
///     let identity = pending.decide(found)?;
///     if let Some(reason) = identity.guest_reason() {
///         eprintln!("a guest: {reason}");
///     }
///     identity.require_scope("documents.read")?;
///     let listing = server.collection.list(identity.principal())?;
///     let mut documents = server.documents().await?;
///     if listing == Listing::FilterByDocument {
///         let matcher = identity.principal().matcher(Action::Read);
///         documents.retain(|(_, permissions)| matcher.allows(permissions));
///     }
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
/// # let tokens = Tokens::new(Secret::new("your-secret-key")?);
/// # let jwt = tokens.create_jwt("user-a", "s1", DEFAULT_JWT_LIFETIME, SystemTime::now())?;
/// # let authenticator = Authenticator::new(tokens, "p1");
/// # let server = Server { authenticator, collection: Collection::without_permissions(true.into()) };
/// # let ask = |headers| run(list(&server, &Request(headers)));
/// # assert_eq!(ask(vec![("x-appwrite-jwt", jwt.clone())])?, ["Kevin"]);
/// # assert_eq!(ask(vec![("x-appwrite-key", "standard_abc".into())])?, ["Kevin", "Laura", "Bob"]);
/// # assert_eq!(ask(vec![])?, [""; 0]);
/// # assert!(ask(vec![("x-appwrite-jwt", String::new())]).is_err());
/// # assert!(ask(vec![("x-appwrite-jwt", jwt), ("x-appwrite-key", "k".into())]).is_err());
/// # Ok::<(), Error>(())
/// ```
///
/// # What is left to the host
///
/// - **Transport.** Tokens and keys are as good as passwords to whoever reads them on the way: TLS, and
///   no logging of headers. Nothing here prints them.
/// - **Rate limits.** Verifying is cheap, and guessing a secret of 32 random bytes hopeless; guessing a
///   weak one, or making a directory look up keys that are not there, is not hindered here.
/// - **Storing secrets.** The server's secret belongs into its environment, the keys' secrets into the
///   database in a form that is of no use to whoever reads it. A host that stores their hashes looks up
///   the hash of what it is given, and makes the [`FoundKey`](crate::FoundKey) with the secret that was presented.
/// - **Sessions.** The secret of a session is the host's to check; this takes the ids.
/// - **Projects.** A user's JWT names no project: give each project a secret of its own, or the user of
///   one is the user with the same id of the other.
/// - **Empty headers.** An empty JWT is a malformed one here, and absent in Appwrite: filter it out if
///   clients send such.
/// - **What is fresh.** A user is what the directory gives: a stale copy keeps deleted sessions alive.
#[derive(Clone)]
pub struct Authenticator {
    tokens: Tokens,
    project_id: Box<str>,
    scopes: BuiltInScopes,
}

impl Authenticator {
    /// For one project, by its id.
    #[must_use]
    pub fn new(tokens: Tokens, project_id: impl Into<String>) -> Self {
        let project_id = project_id.into().into_boxed_str();
        Self { tokens, project_id, scopes: BuiltInScopes::default() }
    }

    /// With other built-in scopes than the default ones.
    #[must_use]
    pub fn with_scopes(mut self, scopes: BuiltInScopes) -> Self {
        self.scopes = scopes;
        self
    }

    /// What verifies and makes tokens.
    #[must_use]
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// Checks what can be checked before anything is looked up: that there is one credential at most,
    /// and that a token is valid.
    ///
    /// A valid JWT without a user, a key of an unknown kind and an ephemeral key that is refused make
    /// a guest, as in the reference; [`Identity::guest_reason`] says so.
    ///
    /// # Errors
    ///
    /// Two credentials that exclude each other, or a JWT that is not valid.
    pub fn verify<'a>(
        &'a self,
        credentials: &Credentials<'a>,
        now: SystemTime,
    ) -> Result<Pending<'a>, AuthenticateError> {
        if let Some((one, other)) = credentials.conflict() {
            return Err(AuthenticateError::Conflict(one, other));
        }
        let asked = if let Some(token) = credentials.jwt {
            self.ask_jwt(token, now)?
        } else if let Some(key) = credentials.key {
            self.ask_key(key, now)
        } else {
            match credentials.session {
                None if credentials.unknown_session => Asked::Nothing(GuestReason::UnknownSession),
                None => Asked::Nothing(GuestReason::NoCredential),
                Some((user_id, _)) if is_nobody(user_id) => {
                    Asked::Nothing(GuestReason::UnknownUser)
                }
                Some((user_id, session_id)) => Asked::Session { user_id, session_id },
            }
        };
        Ok(Pending::new(self, now, asked))
    }

    /// [`verify`](Self::verify), look-up and [`decide`](Pending::decide) in one.
    ///
    /// # Errors
    ///
    /// As theirs, or the directory's own.
    pub fn authenticate<D: Directory + ?Sized>(
        &self,
        credentials: &Credentials<'_>,
        directory: &D,
        now: SystemTime,
    ) -> Result<Identity, RequestError<D::Error>> {
        let pending = self.verify(credentials, now)?;
        let found = match pending.lookup() {
            Lookup::Nothing => Ok(Found::Nothing),
            Lookup::User(id) => directory.user(id).map(Found::User),
            Lookup::Key { kind, secret } => directory.key(kind, secret).map(Found::Key),
        };
        Ok(pending.decide(found.map_err(RequestError::Directory)?)?)
    }

    pub(super) fn project_id(&self) -> &str {
        &self.project_id
    }

    pub(super) fn scopes(&self) -> &BuiltInScopes {
        &self.scopes
    }

    fn ask_jwt(&self, token: &str, now: SystemTime) -> Result<Asked<'_>, AuthenticateError> {
        let claims = self.tokens.verify_jwt(token, now).map_err(AuthenticateError::Token)?;
        Ok(match claims.user_id() {
            Some(id) if !is_nobody(id) => Asked::Jwt(claims),
            _ => Asked::Nothing(GuestReason::NoUserInToken),
        })
    }

    fn ask_key<'a>(&self, secret: &'a str, now: SystemTime) -> Asked<'a> {
        match KeyKind::split(secret) {
            None => Asked::Nothing(GuestReason::UnknownKeyKind),
            Some((KeyKind::Ephemeral, token)) => {
                match EphemeralKey::verify(&self.tokens, token, now) {
                    Ok(key) => Asked::Ephemeral(key),
                    Err(error) => Asked::Nothing(GuestReason::KeyToken(error)),
                }
            }
            Some(_) if secret.is_empty() || secret.len() > MAX_TOKEN_LEN => {
                Asked::Nothing(GuestReason::UnknownKey)
            }
            Some((kind, _)) => Asked::Key { kind, secret },
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

/// Why a request is refused for its credentials.
///
/// What Appwrite answers with, say [`status`](Self::status) and [`error_type`](Self::error_type).
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum AuthenticateError {
    /// Two credentials that exclude each other.
    Conflict(CredentialKind, CredentialKind),
    /// The JWT is not valid.
    Token(TokenError),
    /// The user is blocked.
    Blocked(BlockedUser),
    /// The stored API key has expired.
    KeyExpired,
}

impl AuthenticateError {
    /// The HTTP status that Appwrite answers with: 401, and 403 where credentials exclude each other.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Conflict(..) => 403,
            Self::Token(_) | Self::Blocked(_) | Self::KeyExpired => 401,
        }
    }

    /// The `type` in Appwrite's answer, such as `user_jwt_invalid`. To it a JWT beside an API key is a
    /// user beside an API key, as a session is.
    #[must_use]
    pub fn error_type(&self) -> &'static str {
        use CredentialKind::{Jwt, Session};
        match self {
            Self::Conflict(Session, Jwt) => "user_jwt_and_cookie_set",
            Self::Conflict(..) => "user_key_and_session_set",
            Self::Token(_) => "user_jwt_invalid",
            Self::Blocked(_) => "user_blocked",
            Self::KeyExpired => "project_key_expired",
        }
    }
}

impl From<BlockedUser> for AuthenticateError {
    fn from(error: BlockedUser) -> Self {
        Self::Blocked(error)
    }
}

impl fmt::Display for AuthenticateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict(one, other) => {
                write!(f, "expected one credential, found {one} and {other}")
            }
            Self::Token(error) => error.fmt(f),
            Self::Blocked(error) => error.fmt(f),
            Self::KeyExpired => {
                f.write_str("expected an API key that is valid, found one that has expired")
            }
        }
    }
}

impl std::error::Error for AuthenticateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Token(error) => Some(error),
            Self::Blocked(error) => Some(error),
            Self::Conflict(..) | Self::KeyExpired => None,
        }
    }
}
