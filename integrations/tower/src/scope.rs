//! The layer that requires a scope: [`RequireScope`].

use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Extensions, Request, Response};
use rolegate::auth::Identity;
use tower_layer::Layer;
use tower_service::Service;

use crate::event;
use crate::protocol::Protocol;
use crate::refused::Refused;
use crate::service::{ResponseBody, ResponseFuture, call_if, take_ready};

/// A layer that refuses callers without a scope, with 401 `general_unauthorized_scope`.
///
/// This layer stands inside an [`IdentityLayer`](crate::IdentityLayer). Without one, each request is refused
/// with 500. A key that bypasses permissions needs the scope too. A guest has the scopes
/// [`GUEST_SCOPES`](rolegate::auth::GUEST_SCOPES), with `documents.write` among them.
///
/// ```
/// # use axum::{Router, routing::get};
/// use rolegate_tower::RequireScope;
///
/// # async fn users() {}
/// let routes: Router = Router::new()
///     .route("/users", get(users))
///     .layer(RequireScope::new("users.read"));
/// // `IdentityLayer` is added after this line.
/// ```
#[derive(Clone, Debug)]
pub struct RequireScope {
    scope: Arc<str>,
}

impl RequireScope {
    /// Creates a layer that requires a scope, such as `documents.write`.
    #[must_use]
    pub fn new(scope: impl Into<Arc<str>>) -> Self {
        Self { scope: scope.into() }
    }
}

impl<S> Layer<S> for RequireScope {
    type Service = RequireScopeService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RequireScopeService { inner, scope: Arc::clone(&self.scope) }
    }
}

/// The service of [`RequireScope`].
#[derive(Clone, Debug)]
pub struct RequireScopeService<S> {
    inner: S,
    scope: Arc<str>,
}

impl<S> RequireScopeService<S> {
    fn check(&self, extensions: &Extensions) -> Result<(), Refused> {
        let identity = identity(extensions)?;
        identity.require_scope(&self.scope).map_err(|missing| {
            let refused = Refused::from(missing);
            event::refused_identity(identity, refused.message());
            refused
        })
    }
}

impl<S, RequestBody, Body: 'static> Service<Request<RequestBody>> for RequireScopeService<S>
where
    S: Service<Request<RequestBody>, Response = Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
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
        let protocol = Protocol::of(request.headers());
        let admitted = self.check(request.extensions()).map(|()| request);
        Box::pin(call_if(admitted, protocol, inner))
    }
}

/// Returns the identity that an [`IdentityLayer`](crate::IdentityLayer) has inserted.
pub(crate) fn identity(extensions: &Extensions) -> Result<&Identity, Refused> {
    extensions.get().ok_or_else(|| {
        let refused = Refused::missing_layer();
        event::layer_is_missing(refused.message());
        refused
    })
}
