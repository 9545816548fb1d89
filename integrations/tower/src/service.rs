//! What the services of this crate have in common: the type of their responses, and the call of the service
//! inside.

use std::pin::Pin;

use bytes::Bytes;
use http::Response;
use http_body_util::{Either, Full};
use tower_service::Service;

use crate::protocol::Protocol;
use crate::refused::Refused;

/// The body of a response: that of a refusal, or the body of the service inside.
pub type ResponseBody<B> = Either<Full<Bytes>, B>;

/// The future of a response. It is on the heap, because an `async` block has no name.
pub type ResponseFuture<B, E> =
    Pin<Box<dyn Future<Output = Result<Response<ResponseBody<B>>, E>> + Send>>;

/// Returns the service that was polled and is ready, and leaves a clone. The clone may not be ready.
pub(crate) fn take_ready<S: Clone>(service: &mut S) -> S {
    let clone = service.clone();
    std::mem::replace(service, clone)
}

/// Calls the service inside, or answers in the protocol of the request if it is refused.
pub(crate) async fn call_if<S, Request, B>(
    admitted: Result<Request, Refused>,
    protocol: Protocol,
    mut inner: S,
) -> Result<Response<ResponseBody<B>>, S::Error>
where
    S: Service<Request, Response = Response<B>>,
{
    match admitted {
        Ok(request) => Ok(inner.call(request).await?.map(Either::Right)),
        Err(refused) => Ok(protocol.answer(&refused).map(Either::Left)),
    }
}
