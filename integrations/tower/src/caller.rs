//! The extractors of axum: [`Caller`] and [`CurrentUser`].

use std::ops::Deref;

use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;
use rolegate::auth::Identity;

use crate::event;
use crate::refused::Refused;
use crate::scope::identity;

/// An extractor of the caller: a guest, a user or a key.
///
/// `Option<Caller>` is `None` for a guest. A refused credential is never `None`, because the
/// [`IdentityLayer`](crate::IdentityLayer) answers before the handler runs. Without that layer, both forms are
/// refused with 500.
///
/// ```
/// use rolegate_tower::Caller;
///
/// async fn hello(caller: Caller) -> &'static str {
///     if caller.guest_reason().is_some() { "hello, guest" } else { "hello" }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Caller(pub Identity);

/// An extractor of a user: by session, by JWT or by account key. Guests and other keys are refused with 401
/// `general_unauthorized_scope`.
///
/// `Option<CurrentUser>` is `None` for a guest and for a key that does not act as a user. A refused credential
/// is never `None`.
///
/// ```
/// use rolegate_tower::CurrentUser;
///
/// async fn my_id(user: CurrentUser) -> String {
///     user.id().to_owned()
/// }
/// ```
#[derive(Clone, Debug)]
pub struct CurrentUser {
    identity: Identity,
    id: Box<str>,
}

impl CurrentUser {
    /// Returns the id of the user. For an impersonation, this is the target.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the identity, by value.
    pub fn into_identity(self) -> Identity {
        self.identity
    }
}

impl Deref for Caller {
    type Target = Identity;

    fn deref(&self) -> &Identity {
        &self.0
    }
}

impl Deref for CurrentUser {
    type Target = Identity;

    fn deref(&self) -> &Identity {
        &self.identity
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        Ok(Self(identity(&parts.extensions)?.clone()))
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Refused> {
        let identity = identity(&parts.extensions)?;
        Ok(identity.guest_reason().is_none().then(|| Self(identity.clone())))
    }
}

impl<S: Sync> FromRequestParts<S> for CurrentUser {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let identity = identity(&parts.extensions)?;
        match identity.require_user() {
            Ok(id) => Ok(Self { id: id.into(), identity: identity.clone() }),
            Err(error) => {
                let refused = Refused::from(error);
                event::refused_identity(identity, refused.message());
                Err(refused)
            }
        }
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for CurrentUser {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Refused> {
        let identity = identity(&parts.extensions)?;
        let user = identity.require_user().ok();
        Ok(user.map(|id| Self { id: id.into(), identity: identity.clone() }))
    }
}
