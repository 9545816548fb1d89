//! The permissions that a caller may set on a document: [`Principal::document_permissions`].

use std::fmt;

use crate::acl::MalformedPermission;
use crate::permission::{Action, ActionSet, Permission, Role, RoleKind, aggregate};
use crate::principal::Principal;

/// The most permissions that a request may set on a document.
///
/// Source: `APP_LIMIT_ARRAY_PARAMS_SIZE` of appwrite/appwrite. Stored lists may be longer.
pub const MAX_REQUEST_PERMISSIONS: usize = 100;

impl Principal {
    /// The permissions to store with a document, from those that a request asks for.
    ///
    /// Only read, update, delete and write can be set on a document, and a principal can only give
    /// to roles that it has, unless it bypasses permissions. `write` is taken apart and repetitions
    /// are dropped, as by [`aggregate`].
    ///
    /// `None` is a request that says nothing of permissions: then the user itself, the one role
    /// `user:ID` of the principal, may read, update and delete. Without such a role nobody may. An
    /// empty list is kept empty.
    ///
    /// # Errors
    ///
    /// The first permission that cannot be set, or that there are more than
    /// [`MAX_REQUEST_PERMISSIONS`].
    ///
    /// Source: `setPermissions` in appwrite/appwrite's document endpoints.
    pub fn document_permissions<S: AsRef<str>>(
        &self,
        requested: Option<&[S]>,
    ) -> Result<Vec<Permission<'static>>, GrantError> {
        let Some(requested) = requested else { return Ok(self.default_permissions()) };
        if requested.len() > MAX_REQUEST_PERMISSIONS {
            return Err(GrantError::TooMany { count: requested.len() });
        }
        let mut permissions = Vec::with_capacity(requested.len());
        for (index, text) in requested.iter().enumerate() {
            let permission: Permission<'static> = text
                .as_ref()
                .parse()
                .map_err(|error| GrantError::Malformed(MalformedPermission::new(index, error)))?;
            let actions = permission.actions();
            if actions != ActionSet::WRITE && actions.contains(Action::Create) {
                return Err(GrantError::Action { index, permission });
            }
            if !self.bypasses_permissions() && !self.has_role(&permission.role()) {
                return Err(GrantError::RoleNotHeld { index, permission });
            }
            permissions.push(permission);
        }
        Ok(aggregate(&permissions, ActionSet::DOCUMENT))
    }

    fn default_permissions(&self) -> Vec<Permission<'static>> {
        let is_user =
            |role: &&Role<'_>| matches!(role.kind(), RoleKind::User { verification: None, .. });
        let mut users = self.roles().iter().filter(is_user);
        let (Some(user), None) = (users.next(), users.next()) else { return Vec::new() };
        [Action::Read, Action::Update, Action::Delete].map(|act| Permission::new(act, user)).into()
    }
}

/// Why a principal may not set the permissions that it asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum GrantError {
    /// More permissions than [`MAX_REQUEST_PERMISSIONS`].
    TooMany {
        /// How many there were.
        count: usize,
    },
    /// A permission is malformed.
    Malformed(MalformedPermission),
    /// A permission for an action that means nothing on a document.
    Action {
        /// Its position in the list, from 0.
        index: usize,
        /// The permission.
        permission: Permission<'static>,
    },
    /// A permission for a role that the principal does not have.
    RoleNotHeld {
        /// Its position in the list, from 0.
        index: usize,
        /// The permission.
        permission: Permission<'static>,
    },
}

impl GrantError {
    /// The HTTP status that Appwrite answers with: 401 for a role that the principal does not have,
    /// and 400.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::RoleNotHeld { .. } => 401,
            Self::TooMany { .. } | Self::Malformed(_) | Self::Action { .. } => 400,
        }
    }

    /// The `type` in Appwrite's answer.
    #[must_use]
    pub fn error_type(&self) -> &'static str {
        match self {
            Self::RoleNotHeld { .. } => "user_unauthorized",
            Self::TooMany { .. } | Self::Malformed(_) | Self::Action { .. } => {
                "general_argument_invalid"
            }
        }
    }
}

impl fmt::Display for GrantError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany { count } => {
                write!(f, "expected at most {MAX_REQUEST_PERMISSIONS} permissions, found {count}")
            }
            Self::Malformed(malformed) => malformed.fmt(f),
            Self::Action { index, permission } => write!(
                f,
                "permission {index}: expected read, update, delete or write, found `{permission}`"
            ),
            Self::RoleNotHeld { index, permission } => write!(
                f,
                "permission {index}: expected a role of the principal's own, found `{}`",
                permission.role()
            ),
        }
    }
}

impl std::error::Error for GrantError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Malformed(malformed) => Some(malformed.error()),
            _ => None,
        }
    }
}
