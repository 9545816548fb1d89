//! The party that a request acts for: [`Principal`].
//!
//! The methods of `Principal` that decide are in other files: `can` and `matcher` in `evaluate/matcher.rs`, `explain` in
//! `evaluate/explain.rs`, `document_permissions` in `evaluate/document_permissions.rs`.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::User;
use super::user_roles::user_roles;
use crate::permission::{MAX_ID_LEN, ParseError, Role};
use crate::refusal::Refusal;

/// The party that a request acts for: a guest, a user, a holder of roles, or a key that bypasses
/// permissions.
///
/// A principal is immutable. Its roles are sorted, without repetitions, and valid in permissions, so
/// [`has_role`](Self::has_role) is a binary search.
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
///
/// # Logs and caches
///
/// A principal serialises as an object. It cannot be deserialised, because a stored text must not give
/// a bypass. A cache stores the roles, and passes them to [`from_roles`](Self::from_roles) later.
///
/// ```
/// use rolegate::{Principal, Role, User};
///
/// let principal = Principal::user(&User::new("ann"))?;
/// let json = serde_json::to_value(&principal)?;
/// assert_eq!(json["kind"], "user");
/// assert_eq!(json["userId"], "ann");
/// let roles: Vec<Role> = serde_json::from_value(json["roles"].clone())?;
/// assert_eq!(Principal::from_roles(roles).roles(), principal.roles());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// ```compile_fail,E0277
/// let principal: rolegate::Principal = serde_json::from_str(r#"{"kind":"bypass"}"#)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Principal {
    kind: PrincipalKind,
    roles: Box<[Role<'static>]>,
}

/// The kind of a [`Principal`].
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum PrincipalKind {
    /// A client that is not signed in.
    Guest,
    /// A user, by id.
    User(Box<str>),
    /// A holder of roles that the host listed.
    Roles,
    /// A key of the project. Permissions are not evaluated.
    Bypass,
}

impl Principal {
    /// Creates a guest, with the roles `any` and `guests`.
    #[must_use]
    pub fn guest() -> Self {
        Self::of(PrincipalKind::Guest, vec![Role::any(), Role::guests()])
    }

    /// Creates a user with all its roles, or a guest if the user has no id.
    ///
    /// | in the user's JSON | roles |
    /// | --- | --- |
    /// | any user | `any`, `users`, and `users/verified` or `users/unverified` |
    /// | `$id: "U"` | `user:U`, and `user:U/verified` or `user:U/unverified` |
    /// | `labels: ["L"]` | `label:L` |
    /// | a confirmed membership with `$id: "M"` | `member:M` |
    /// | a confirmed membership with `teamId: "T"` | `team:T` |
    /// | a confirmed membership with `teamId: "T"` and `roles: ["R"]` | `team:T/R` |
    ///
    /// A user is verified if its e-mail address **or** its phone number is verified. A
    /// [`Membership`] counts if `confirm` is `true` and it has both `$id` and `teamId`.
    ///
    /// Each id, label and team role is checked by itself. A value that cannot be written in a
    /// permission gives no role. Examples are an id with a slash, the id `0` and an empty id. The other
    /// values still give their roles. [`User::skipped_roles`] returns the values that give no role.
    ///
    /// ```
    /// use rolegate::{Principal, User};
    ///
    /// let user: User = serde_json::from_str(
    ///     r#"{
    ///         "$id": "ann",
    ///         "memberships": [
    ///             {"$id": "m1", "teamId": "t1", "confirm": true, "roles": ["owner"]},
    ///             {"$id": "m2", "teamId": "t2", "confirm": false}
    ///         ]
    ///     }"#,
    /// )?;
    /// let principal = Principal::user(&user)?;
    /// let roles: Vec<_> = principal.roles().iter().map(|role| role.as_str()).collect();
    /// assert_eq!(
    ///     roles,
    ///     [
    ///         "any",
    ///         "member:m1",
    ///         "team:t1",
    ///         "team:t1/owner",
    ///         "user:ann",
    ///         "user:ann/unverified",
    ///         "users",
    ///         "users/unverified",
    ///     ]
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The user is blocked.
    ///
    /// Source: `User::getRoles` of appwrite/appwrite.
    ///
    /// [`Membership`]: super::Membership
    pub fn user(user: &User) -> Result<Self, BlockedUser> {
        if user.is_blocked() {
            return Err(BlockedUser::new(user));
        }
        if user.is_guest() {
            return Ok(Self::guest());
        }
        Ok(Self::of(PrincipalKind::User(user.id.as_str().into()), user_roles(user)))
    }

    /// Creates a principal with exactly these roles, for hosts that keep their own users.
    ///
    /// No role is added. A principal that should see public documents needs [`Role::any`] too, and a
    /// user needs [`Role::users`]. For texts, such as `["any"]`, use
    /// [`parse_roles`](Self::parse_roles).
    #[must_use]
    pub fn from_roles<'a, R: Into<Role<'a>>>(roles: impl IntoIterator<Item = R>) -> Self {
        let roles = roles.into_iter().map(|role| role.into().into_owned());
        Self::of(PrincipalKind::Roles, roles.collect())
    }

    /// Creates a principal with exactly these roles from texts. Otherwise it is the same as
    /// [`from_roles`](Self::from_roles).
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

    /// Creates the principal for a key of the project, such as the API key of a backend. Permissions
    /// are not evaluated for this principal, and it has no roles.
    ///
    /// This is the only constructor of a principal that bypasses permissions.
    #[must_use]
    pub fn key_with_bypass() -> Self {
        Self::of(PrincipalKind::Bypass, Vec::new())
    }

    fn of(kind: PrincipalKind, mut roles: Vec<Role<'static>>) -> Self {
        roles.sort_unstable();
        roles.dedup();
        Self { kind, roles: roles.into_boxed_slice() }
    }

    /// Returns the kind.
    #[must_use]
    pub fn kind(&self) -> &PrincipalKind {
        &self.kind
    }

    /// Returns the id of a user, and `None` for other kinds.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        match &self.kind {
            PrincipalKind::User(id) => Some(id),
            _ => None,
        }
    }

    /// Returns `true` if permissions are not evaluated.
    #[must_use]
    pub fn bypasses_permissions(&self) -> bool {
        self.kind == PrincipalKind::Bypass
    }

    /// Returns the roles, sorted and without repetitions. A key with bypass has no roles.
    #[must_use]
    pub fn roles(&self) -> &[Role<'static>] {
        &self.roles
    }

    /// Returns `true` if the principal has a role.
    #[must_use]
    pub fn has_role(&self, role: &Role<'_>) -> bool {
        self.has_role_text(role.as_str())
    }

    /// Returns `true` if the text is a role that the principal has.
    pub(crate) fn has_role_text(&self, text: &str) -> bool {
        self.roles.binary_search_by(|role| role.as_str().cmp(text)).is_ok()
    }
}

/// Serialises the kind (`guest`, `user`, `roles` or `bypass`), the id of a user, and the roles.
impl Serialize for Principal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (kind, user_id) = match &self.kind {
            PrincipalKind::Guest => ("guest", None),
            PrincipalKind::User(id) => ("user", Some(id)),
            PrincipalKind::Roles => ("roles", None),
            PrincipalKind::Bypass => ("bypass", None),
        };
        // Binary formats write the number of fields before the fields.
        let fields = 2 + usize::from(user_id.is_some());
        let mut object = serializer.serialize_struct("Principal", fields)?;
        object.serialize_field("kind", kind)?;
        match user_id {
            Some(id) => object.serialize_field("userId", id)?,
            None => object.skip_field("userId")?,
        }
        object.serialize_field("roles", &self.roles)?;
        object.end()
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

/// An error: the user is blocked (`"status": false`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BlockedUser {
    id: Box<str>,
}

impl BlockedUser {
    pub(crate) fn new(user: &User) -> Self {
        Self { id: user.id.as_str().into() }
    }

    /// Returns the id of the user.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.id
    }
}

impl fmt::Display for BlockedUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "user `{}` is blocked", shown_id(&self.id))
    }
}

/// Returns an id as messages show it: in printable ASCII, and cut to the maximum length of a valid id. A
/// longer text would only fill the log.
pub(crate) fn shown_id(id: &str) -> String {
    id.chars().take(MAX_ID_LEN).flat_map(char::escape_default).collect()
}

impl std::error::Error for BlockedUser {}

impl Refusal for BlockedUser {
    fn status(&self) -> u16 {
        403
    }

    fn error_type(&self) -> &'static str {
        "user_blocked"
    }
}
