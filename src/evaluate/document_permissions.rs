//! The permissions that a caller may set on a document: [`Principal::document_permissions`].

use std::fmt;

use crate::acl::MalformedPermission;
use crate::permission::{Action, ActionSet, Permission, Role, RoleKind, aggregate};
use crate::principal::Principal;
use crate::refusal::Refusal;

/// The maximum number of permissions that a request may set on a document: 100.
///
/// Stored lists may be longer.
///
/// Source: `APP_LIMIT_ARRAY_PARAMS_SIZE` of appwrite/appwrite.
pub const MAX_REQUEST_PERMISSIONS: usize = 100;

impl Principal {
    /// Checks the permissions that a request sets on a document, and returns the permissions to store.
    ///
    /// A request may set read, update, delete and write. A principal may name only roles that it has,
    /// unless it bypasses permissions. The result is expanded by [`aggregate`]: without `write` and
    /// without repetitions. An empty list stays empty.
    ///
    /// For a request that has no list of permissions, use
    /// [`default_document_permissions`](Self::default_document_permissions).
    ///
    /// ```
    /// use rolegate::Principal;
    ///
    /// let ann = Principal::parse_roles(["any", "users", "user:ann"])?;
    /// let stored = ann.document_permissions(&[r#"write("user:ann")"#])?;
    /// let texts: Vec<_> = stored.iter().map(|permission| permission.as_str()).collect();
    /// assert_eq!(texts, [r#"update("user:ann")"#, r#"delete("user:ann")"#]);
    ///
    /// let error = ann.document_permissions(&[r#"read("team:t1")"#]).unwrap_err();
    /// assert_eq!(error.to_string(), "permission 0: the principal does not have the role `team:t1`");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The first permission that may not be set, or a list of more than [`MAX_REQUEST_PERMISSIONS`].
    ///
    /// Source: `setPermissions` in the document endpoints of appwrite/appwrite.
    pub fn document_permissions<S: AsRef<str>>(
        &self,
        requested: &[S],
    ) -> Result<Vec<Permission<'static>>, SetPermissionsError> {
        if requested.len() > MAX_REQUEST_PERMISSIONS {
            return Err(SetPermissionsError::TooMany { count: requested.len() });
        }
        let mut permissions = Vec::with_capacity(requested.len());
        for (index, text) in requested.iter().enumerate() {
            let permission: Permission<'static> = text.as_ref().parse().map_err(|error| {
                SetPermissionsError::Malformed(MalformedPermission::new(index, error))
            })?;
            let actions = permission.actions();
            if actions != ActionSet::WRITE && actions.contains(Action::Create) {
                return Err(SetPermissionsError::Action { index, permission });
            }
            if !self.bypasses_permissions() && !self.has_role(&permission.role()) {
                return Err(SetPermissionsError::RoleNotHeld { index, permission });
            }
            permissions.push(permission);
        }
        Ok(aggregate(&permissions, ActionSet::DOCUMENT))
    }

    /// Returns the permissions to store with a document if the request has no list of permissions.
    ///
    /// If the principal has exactly one role `user:ID`, this role may read, update and delete the
    /// document. Otherwise the result is empty, and only keys with bypass may use the document.
    ///
    /// ```
    /// use rolegate::Principal;
    ///
    /// let stored = Principal::parse_roles(["users", "user:ann"])?.default_document_permissions();
    /// assert_eq!(stored[0].as_str(), r#"read("user:ann")"#);
    /// assert_eq!(stored.len(), 3);
    /// assert!(Principal::guest().default_document_permissions().is_empty());
    /// # Ok::<(), rolegate::ParseError>(())
    /// ```
    #[must_use]
    pub fn default_document_permissions(&self) -> Vec<Permission<'static>> {
        let is_user =
            |role: &&Role<'_>| matches!(role.kind(), RoleKind::User { verification: None, .. });
        let mut users = self.roles().iter().filter(is_user);
        let (Some(user), None) = (users.next(), users.next()) else { return Vec::new() };
        [Action::Read, Action::Update, Action::Delete].map(|act| Permission::new(act, user)).into()
    }
}

/// An error: a principal may not set the requested permissions.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum SetPermissionsError {
    /// The list has more than [`MAX_REQUEST_PERMISSIONS`] permissions.
    TooMany {
        /// The number of permissions.
        count: usize,
    },
    /// A permission is malformed.
    Malformed(MalformedPermission),
    /// A permission names an action that means nothing on a document.
    Action {
        /// The position in the list, from 0.
        index: usize,
        /// The permission.
        permission: Permission<'static>,
    },
    /// A permission names a role that the principal does not have.
    RoleNotHeld {
        /// The position in the list, from 0.
        index: usize,
        /// The permission.
        permission: Permission<'static>,
    },
}

impl Refusal for SetPermissionsError {
    /// Returns 401 for a role that the principal does not have, and 400 otherwise. Appwrite does the
    /// same.
    fn status(&self) -> u16 {
        match self {
            Self::RoleNotHeld { .. } => 401,
            Self::TooMany { .. } | Self::Malformed(_) | Self::Action { .. } => 400,
        }
    }

    /// Returns `user_unauthorized` for a role that the principal does not have, and
    /// `general_argument_invalid` otherwise. Appwrite does the same.
    fn error_type(&self) -> &'static str {
        match self {
            Self::RoleNotHeld { .. } => "user_unauthorized",
            Self::TooMany { .. } | Self::Malformed(_) | Self::Action { .. } => {
                "general_argument_invalid"
            }
        }
    }
}

impl fmt::Display for SetPermissionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany { count } => {
                write!(f, "too many permissions: {count}, at most {MAX_REQUEST_PERMISSIONS}")
            }
            Self::Malformed(malformed) => malformed.fmt(f),
            Self::Action { index, permission } => write!(
                f,
                "permission {index}: `{permission}` means nothing on a document; \
                 write `read`, `update`, `delete` or `write`"
            ),
            Self::RoleNotHeld { index, permission } => write!(
                f,
                "permission {index}: the principal does not have the role `{}`",
                permission.role()
            ),
        }
    }
}

impl std::error::Error for SetPermissionsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Malformed(malformed) => Some(malformed.error()),
            Self::TooMany { .. } | Self::Action { .. } | Self::RoleNotHeld { .. } => None,
        }
    }
}
