//! The layer that authenticates requests: [`IdentityLayer`].

use std::task::{Context, Poll};

use http::{Request, Response};
use rolegate::auth::Authenticator;
use rolegate::auth::http::SessionFormat;
use tower_layer::Layer;
use tower_service::Service;

use crate::authentication::{AccountCheck, Authentication};
use crate::directory::AsyncDirectory;
use crate::protocol::Protocol;
use crate::service::{ResponseBody, ResponseFuture, call_if, take_ready};

/// A layer that authenticates each request, and inserts the [`Identity`](rolegate::auth::Identity) into its
/// extensions.
///
/// The layer answers a refused request itself. The service inside does not run, so a refused credential
/// never becomes a guest. The front page lists the outcomes and the order of the checks.
///
/// ```
/// # use rolegate::User;
/// # use rolegate::auth::UserLookup;
/// # struct Database;
/// # impl rolegate_tower::AsyncDirectory for Database {
/// #     type Error = std::convert::Infallible;
/// #     async fn user(&self, _: UserLookup<'_>) -> Result<Option<User>, Self::Error> { Ok(None) }
/// # }
/// use rolegate::auth::{Authenticator, JwtKeys, Secret};
/// use rolegate_tower::IdentityLayer;
///
/// let keys = JwtKeys::new(Secret::new("your-secret-key")?);
/// let identity = IdentityLayer::new(Authenticator::new(keys, "p1"), Database);
/// # let _ = identity;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct IdentityLayer<D> {
    authentication: Authentication<D>,
}

impl<D: AsyncDirectory> IdentityLayer<D> {
    /// Creates a layer for the project of the authenticator.
    ///
    /// To use a directory elsewhere too, pass an [`Arc`](std::sync::Arc) of it.
    #[must_use]
    pub fn new(authenticator: Authenticator, directory: D) -> Self {
        Self { authentication: Authentication::new(authenticator, directory) }
    }

    /// Sets the format of the session in cookies and headers.
    ///
    /// With [`SessionFormat::BareSecret`], the directory answers
    /// [`UserLookup::SessionSecret`](rolegate::auth::UserLookup::SessionSecret).
    #[must_use]
    pub fn session_format(mut self, format: SessionFormat) -> Self {
        self.authentication.format = format;
        self
    }

    /// Lets a user in who must reset the password or whose session lacks a factor.
    ///
    /// Use such a layer only around the routes on which a user resets the password or completes a factor. A
    /// blocked user is still refused.
    #[must_use]
    pub fn allow_pending_reset_and_factors(mut self) -> Self {
        self.authentication.account = AccountCheck::NotBlocked;
        self
    }
}

impl<D> Clone for IdentityLayer<D> {
    fn clone(&self) -> Self {
        Self { authentication: self.authentication.clone() }
    }
}

impl<S, D> Layer<S> for IdentityLayer<D> {
    type Service = IdentityService<S, D>;

    fn layer(&self, inner: S) -> Self::Service {
        IdentityService { inner, authentication: self.authentication.clone() }
    }
}

/// The service of an [`IdentityLayer`].
#[derive(Debug)]
pub struct IdentityService<S, D> {
    inner: S,
    authentication: Authentication<D>,
}

impl<S: Clone, D> Clone for IdentityService<S, D> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), authentication: self.authentication.clone() }
    }
}

impl<S, D, RequestBody, Body> Service<Request<RequestBody>> for IdentityService<S, D>
where
    S: Service<Request<RequestBody>, Response = Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
    D: AsyncDirectory,
    RequestBody: Send + 'static,
{
    type Response = Response<ResponseBody<Body>>;
    type Error = S::Error;
    type Future = ResponseFuture<Body, S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let inner = take_ready(&mut self.inner);
        let authentication = self.authentication.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let protocol = Protocol::of(&parts.headers);
            let identity = authentication.decide(&parts.headers).await;
            let admitted = identity.map(|identity| {
                parts.extensions.insert(identity);
                Request::from_parts(parts, body)
            });
            call_if(admitted, protocol, inner).await
        })
    }
}
