//! The roles that a user's JSON gives, and the values that give none: [`SkippedRole`].

use std::fmt;

use super::{Membership, User};
use crate::permission::{MAX_ID_LEN, ParseError, Role, Verification};

/// A value in a user's JSON that gives no role, with the reason.
///
/// [`User::skipped_roles`] returns them. A host shows them to an administrator who asks why a user has
/// no access.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SkippedRole {
    field: Field,
    value: String,
    reason: SkippedRoleReason,
}

/// The reason of a [`SkippedRole`].
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum SkippedRoleReason {
    /// The user has no id. The user is a guest, and the labels and memberships do not count.
    NoUserId,
    /// The membership is not confirmed. It gives no role.
    NotConfirmed,
    /// The membership has no `$id` or no `teamId`. It gives no role.
    MissingField,
    /// The value cannot be written in a permission.
    Malformed(ParseError),
}

/// A field of a user's JSON, with positions in arrays from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Field {
    UserId,
    Label(usize),
    Membership(usize),
    MembershipId(usize),
    TeamId(usize),
    TeamRole { membership: usize, role: usize },
}

impl User {
    /// Returns the values that give no role, in the order of the fields of [`User`].
    ///
    /// These are labels, ids and team roles that cannot be written in a permission, and memberships
    /// that do not count. A repeated value gives its role once and is not returned.
    ///
    /// ```
    /// use rolegate::User;
    ///
    /// let user: User = serde_json::from_str(
    ///     r#"{
    ///         "$id": "ann",
    ///         "labels": ["vip", "super-admin"],
    ///         "memberships": [{"$id": "m1", "teamId": "t1", "confirm": false}]
    ///     }"#,
    /// )?;
    /// let skipped: Vec<_> = user.skipped_roles().iter().map(ToString::to_string).collect();
    /// assert_eq!(
    ///     skipped,
    ///     [
    ///         "labels[1] `super-admin` gives no role: expected a letter or digit, found `-`",
    ///         "memberships[0] `m1` gives no role: it is not confirmed",
    ///     ]
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn skipped_roles(&self) -> Vec<SkippedRole> {
        let mut skipped = Vec::new();
        if self.is_guest() {
            let value = self.id.clone();
            let (field, reason) = (Field::UserId, SkippedRoleReason::NoUserId);
            return vec![SkippedRole { field, value, reason }];
        }
        roles_of(self, &mut |field, value, reason| {
            skipped.push(SkippedRole { field, value: value.to_owned(), reason });
        });
        skipped
    }
}

/// Returns the roles of a user that is not a guest.
///
/// Source: `User::getRoles` of appwrite/appwrite.
pub(super) fn user_roles(user: &User) -> Vec<Role<'static>> {
    // `User::skipped_roles` reports the values that give no role.
    roles_of(user, &mut |_, _, _| {})
}

/// Receives a value that gives no role.
type Skip<'a> = &'a mut dyn FnMut(Field, &str, SkippedRoleReason);

fn roles_of(user: &User, skip: Skip<'_>) -> Vec<Role<'static>> {
    let verification =
        if user.is_verified() { Verification::Verified } else { Verification::Unverified };
    let of_memberships: usize = user.memberships.iter().map(|each| 2 + each.roles.len()).sum();
    let mut roles = Vec::with_capacity(5 + user.labels.len() + of_memberships);
    roles.extend([Role::any(), Role::users(), Role::users_with(verification)]);
    match Role::user(&user.id) {
        Ok(role) => {
            roles.push(role);
            roles.extend(Role::user_with(&user.id, verification));
        }
        Err(error) => skip(Field::UserId, &user.id, SkippedRoleReason::Malformed(error)),
    }
    for (index, label) in user.labels.iter().enumerate() {
        push(&mut roles, Role::label(label), Field::Label(index), label, skip);
    }
    for (index, membership) in user.memberships.iter().enumerate() {
        push_membership(&mut roles, membership, index, skip);
    }
    roles
}

/// Adds the roles of a membership. Each id and team role is checked before the parts are joined.
/// Otherwise the team id `t1/owner` would give the role of the owners of `t1`.
fn push_membership(
    roles: &mut Vec<Role<'static>>,
    membership: &Membership,
    index: usize,
    skip: Skip<'_>,
) {
    let Membership { id, team_id, confirm, roles: team_roles } = membership;
    if !confirm {
        let id = id.as_deref().unwrap_or_default();
        return skip(Field::Membership(index), id, SkippedRoleReason::NotConfirmed);
    }
    let (Some(id), Some(team_id)) = (id, team_id) else {
        for (value, field) in [(id, Field::MembershipId(index)), (team_id, Field::TeamId(index))] {
            if value.is_none() {
                skip(field, "", SkippedRoleReason::MissingField);
            }
        }
        return;
    };
    push(roles, Role::member(id), Field::MembershipId(index), id, skip);
    match Role::team(team_id) {
        Ok(team) => {
            for (position, role) in team_roles.iter().enumerate() {
                let field = Field::TeamRole { membership: index, role: position };
                push(roles, team.within(role), field, role, skip);
            }
            roles.push(team);
        }
        Err(error) => skip(Field::TeamId(index), team_id, SkippedRoleReason::Malformed(error)),
    }
}

fn push(
    roles: &mut Vec<Role<'static>>,
    role: Result<Role<'static>, ParseError>,
    field: Field,
    value: &str,
    skip: Skip<'_>,
) {
    match role {
        Ok(role) => roles.push(role),
        Err(error) => skip(field, value, SkippedRoleReason::Malformed(error)),
    }
}

impl SkippedRole {
    /// Returns the field in the user's JSON, such as `labels[1]` or `memberships[0].teamId`.
    #[must_use]
    pub fn path(&self) -> String {
        self.field.to_string()
    }

    /// Returns the value. For a membership that is not confirmed, the value is its `$id`. For a
    /// missing field, the value is empty.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns the reason.
    #[must_use]
    pub fn reason(&self) -> &SkippedRoleReason {
        &self.reason
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UserId => f.write_str("$id"),
            Self::Label(index) => write!(f, "labels[{index}]"),
            Self::Membership(index) => write!(f, "memberships[{index}]"),
            Self::MembershipId(index) => write!(f, "memberships[{index}].$id"),
            Self::TeamId(index) => write!(f, "memberships[{index}].teamId"),
            Self::TeamRole { membership, role } => {
                write!(f, "memberships[{membership}].roles[{role}]")
            }
        }
    }
}

/// Long values are cut, and characters that are not printable ASCII are escaped.
impl fmt::Display for SkippedRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, value, reason } = self;
        write!(f, "{field}")?;
        if !value.is_empty() {
            let shown = value.chars().take(MAX_ID_LEN).flat_map(char::escape_default);
            let cut = if value.chars().nth(MAX_ID_LEN).is_some() { "..." } else { "" };
            write!(f, " `{}{cut}`", shown.collect::<String>())?;
        }
        match (reason, field) {
            (SkippedRoleReason::NoUserId, _) => f.write_str(" is no id: the user is a guest"),
            (SkippedRoleReason::NotConfirmed, _) => {
                f.write_str(" gives no role: it is not confirmed")
            }
            (SkippedRoleReason::MissingField, _) => {
                f.write_str(" is missing: the membership gives no role")
            }
            (SkippedRoleReason::Malformed(error), Field::TeamId(_)) => {
                write!(f, " gives no role of a team: {error}")
            }
            (SkippedRoleReason::Malformed(error), _) => write!(f, " gives no role: {error}"),
        }
    }
}
