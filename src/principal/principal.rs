//! Whoever asks: [`Principal`].

use std::fmt;

use super::User;
use crate::permission::{MAX_ID_LEN, ParseError, Role, Verification};

/// Whoever asks for something: a guest, a user, a holder of roles, or a key that bypasses
/// permissions.
///
/// A principal does not change. Its roles are kept sorted and without repetitions, and each of them
/// is a role that a permission can name. Checking whether it has one costs a binary search.
///
/// ```
/// use rolegate::{Action, Principal};
///
/// let permissions = [r#"read("team:t1")"#, r#"update("team:t1/owner")"#];
/// let member = Principal::parse_roles(["any", "users", "user:ann", "team:t1"])?;
/// assert!(member.can(Action::Read, permissions));
/// assert!(!member.can(Action::Update, permissions));
/// assert!(!Principal::guest().can(Action::Read, permissions));
/// assert!(Principal::key_with_bypass().can(Action::Delete, permissions));
/// # Ok::<(), rolegate::ParseError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Principal {
    kind: PrincipalKind,
    roles: Box<[Role<'static>]>,
}

/// What a [`Principal`] is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum PrincipalKind {
    /// Nobody in particular.
    Guest,
    /// A user, by id.
    User(Box<str>),
    /// A holder of roles that the host has listed.
    Roles,
    /// A key of the project: permissions are not looked at.
    Bypass,
}

impl Principal {
    /// Somebody who is not signed in: `any` and `guests`.
    #[must_use]
    pub fn guest() -> Self {
        Self::of(PrincipalKind::Guest, vec![Role::any(), Role::guests()])
    }

    /// A user with all its roles, or a guest if the user has no id.
    ///
    /// The roles are `any`, `users` and `user:U`, the last two also with `/verified` or
    /// `/unverified`; for each confirmed membership `team:T`, `member:M` and `team:T/R` for each of
    /// its roles; and `label:L` for each label. A value that cannot be written in a permission gives
    /// no role; it is never joined into another one.
    ///
    /// # Errors
    ///
    /// The user is blocked.
    ///
    /// Source: `User::getRoles` of appwrite/appwrite.
    pub fn user(user: &User) -> Result<Self, BlockedUser> {
        if user.is_blocked() {
            return Err(BlockedUser { id: user.id.as_str().into() });
        }
        if user.is_guest() {
            return Ok(Self::guest());
        }
        let verification =
            if user.is_verified() { Verification::Verified } else { Verification::Unverified };
        let memberships: usize = user.memberships.iter().map(|each| 2 + each.roles.len()).sum();
        let mut roles = Vec::with_capacity(5 + memberships + user.labels.len());
        roles.extend([Role::any(), Role::users(), Role::users_with(verification)]);
        roles.extend(Role::user(&user.id));
        roles.extend(Role::user_with(&user.id, verification));
        for membership in user.memberships.iter().filter(|membership| membership.is_effective()) {
            roles.extend(Role::member(&membership.id));
            if let Ok(team) = Role::team(&membership.team_id) {
                roles.extend(membership.roles.iter().flat_map(|role| team.within(role)));
                roles.push(team);
            }
        }
        roles.extend(user.labels.iter().flat_map(|label| Role::label(label)));
        Ok(Self::of(PrincipalKind::User(user.id.as_str().into()), roles))
    }

    /// A holder of exactly these roles, for hosts that keep their own users.
    ///
    /// Nothing is added: whoever should see what everybody sees needs [`Role::any`] too, and whoever
    /// is signed in [`Role::users`].
    #[must_use]
    pub fn from_roles<'a, R: Into<Role<'a>>>(roles: impl IntoIterator<Item = R>) -> Self {
        let roles = roles.into_iter().map(|role| role.into().into_owned());
        Self::of(PrincipalKind::Roles, roles.collect())
    }

    /// A holder of exactly these roles, from their texts.
    ///
    /// # Errors
    ///
    /// The first text that is not a role.
    pub fn parse_roles<S: AsRef<str>>(
        roles: impl IntoIterator<Item = S>,
    ) -> Result<Self, ParseError> {
        let roles = roles.into_iter().map(|role| Role::parse(role.as_ref()).map(Role::into_owned));
        Ok(Self::of(PrincipalKind::Roles, roles.collect::<Result<_, _>>()?))
    }

    /// A key of the project, such as an API key that a backend uses for itself: it may do everything
    /// that permissions are about, and has no roles.
    ///
    /// This is the only way to a principal that is not held to permissions.
    #[must_use]
    pub fn key_with_bypass() -> Self {
        Self::of(PrincipalKind::Bypass, Vec::new())
    }

    fn of(kind: PrincipalKind, mut roles: Vec<Role<'static>>) -> Self {
        roles.sort_unstable();
        roles.dedup();
        Self { kind, roles: roles.into_boxed_slice() }
    }

    /// What the principal is.
    #[must_use]
    pub fn kind(&self) -> &PrincipalKind {
        &self.kind
    }

    /// The user's id, for a user.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        match &self.kind {
            PrincipalKind::User(id) => Some(id),
            _ => None,
        }
    }

    /// Whether permissions are not looked at.
    #[must_use]
    pub fn bypasses_permissions(&self) -> bool {
        self.kind == PrincipalKind::Bypass
    }

    /// The roles: sorted, none twice, in canonical spelling. A key with bypass has none.
    #[must_use]
    pub fn roles(&self) -> &[Role<'static>] {
        &self.roles
    }

    /// Whether the principal has a role.
    #[must_use]
    pub fn has_role(&self, role: &Role<'_>) -> bool {
        self.has_role_text(role.as_str())
    }

    /// As [`has_role`](Self::has_role), for a text that need not be a role.
    pub(crate) fn has_role_text(&self, text: &str) -> bool {
        self.roles.binary_search_by(|role| role.as_str().cmp(text)).is_ok()
    }
}

impl fmt::Debug for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Principal")
            .field("kind", &self.kind)
            .field("roles", &self.roles.iter().map(Role::as_str).collect::<Vec<_>>())
            .finish()
    }
}

/// An error: the user has been blocked (`"status": false`), and is not served at all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BlockedUser {
    id: Box<str>,
}

impl BlockedUser {
    /// The user's id.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.id
    }
}

impl fmt::Display for BlockedUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An id is shorter; whatever else stands there need not fill the log.
        let id = self.id.chars().take(MAX_ID_LEN).flat_map(char::escape_default);
        write!(f, "expected an active user, found `{}`, who is blocked", id.collect::<String>())
    }
}

impl std::error::Error for BlockedUser {}
