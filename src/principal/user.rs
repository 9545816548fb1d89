//! What Appwrite keeps of a user: [`User`], its [`Membership`]s and [`Session`]s.

use serde::{Deserialize, Serialize, Serializer};

use crate::serde_util::{null_as_default, only_from_objects};

/// An Appwrite user, as its JSON has it.
///
/// Whatever decides nothing is ignored; whatever is missing or `null` is taken as not given. A
/// value of another type (`"emailVerification": "yes"`) and a key that is there twice are errors,
/// since guessing could grant something.
///
/// ```
/// use rolegate::{Principal, User};
///
/// let user: User = serde_json::from_str(
///     r#"{"$id": "user-a", "name": "Ann", "emailVerification": true, "labels": ["vip"]}"#,
/// )?;
/// let principal = Principal::user(&user)?;
/// let roles: Vec<_> = principal.roles().iter().map(|role| role.as_str()).collect();
/// assert_eq!(
///     roles,
///     ["any", "label:vip", "user:user-a", "user:user-a/verified", "users", "users/verified"]
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
#[non_exhaustive]
pub struct User {
    /// `$id`. Without one, or with `""` or `"0"`, which Appwrite takes for none, it is a guest.
    #[serde(rename = "$id", default, deserialize_with = "null_as_default")]
    pub id: String,
    /// Whether the e-mail address is verified.
    #[serde(default, deserialize_with = "null_as_default")]
    pub email_verification: bool,
    /// Whether the phone number is verified.
    #[serde(default, deserialize_with = "null_as_default")]
    pub phone_verification: bool,
    /// `false` for a user who is blocked; `None` where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<bool>,
    /// Labels, each of them a role `label:NAME`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub labels: Vec<String>,
    /// Memberships in teams.
    #[serde(default, deserialize_with = "null_as_default")]
    pub memberships: Vec<Membership>,
    /// Sessions, the ones that have ended included.
    #[serde(default, deserialize_with = "null_as_default")]
    pub sessions: Vec<Session>,
}

impl User {
    /// A user of whom only the id is known.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), ..Self::default() }
    }

    /// Whether this is nobody: a user without an id.
    #[must_use]
    pub fn is_guest(&self) -> bool {
        is_empty(&self.id)
    }

    /// Whether the e-mail address or the phone number is verified.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.email_verification || self.phone_verification
    }

    /// Whether the user has been blocked.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.status == Some(false)
    }
}

/// A user's membership in a team.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
#[non_exhaustive]
pub struct Membership {
    /// `$id` of the membership: the role `member:ID`.
    #[serde(rename = "$id", default, deserialize_with = "null_as_default")]
    pub id: String,
    /// The team's id: the role `team:ID`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub team_id: String,
    /// Whether the user has accepted. Until then the membership gives nothing.
    #[serde(default, deserialize_with = "null_as_default")]
    pub confirm: bool,
    /// Roles within the team, each of them a role `team:ID/ROLE`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub roles: Vec<String>,
}

impl Membership {
    /// A confirmed membership with roles within the team.
    #[must_use]
    pub fn confirmed<R: Into<String>>(
        id: impl Into<String>,
        team_id: impl Into<String>,
        roles: impl IntoIterator<Item = R>,
    ) -> Self {
        Self {
            id: id.into(),
            team_id: team_id.into(),
            confirm: true,
            roles: roles.into_iter().map(Into::into).collect(),
        }
    }

    /// Whether it counts: confirmed, and with both ids.
    #[must_use]
    pub fn is_effective(&self) -> bool {
        self.confirm && !is_empty(&self.id) && !is_empty(&self.team_id)
    }
}

/// A user's session.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
#[non_exhaustive]
pub struct Session {
    /// `$id` of the session.
    #[serde(rename = "$id", default, deserialize_with = "null_as_default")]
    pub id: String,
    /// When it ends, in ISO 8601 as Appwrite writes it: `2026-01-01T00:15:00.000+00:00`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expire: Option<String>,
}

impl Session {
    /// A session that ends at `expire`.
    #[must_use]
    pub fn new(id: impl Into<String>, expire: impl Into<String>) -> Self {
        Self { id: id.into(), expire: Some(expire.into()) }
    }
}

/// What the reference takes for no value: PHP's `empty()` of a string.
fn is_empty(value: &str) -> bool {
    matches!(value, "" | "0")
}

only_from_objects!(User: "a user", Membership: "a membership", Session: "a session");

/// `remote = "Self"` leaves writing to us too; it is what was derived.
macro_rules! written_as_derived {
    ($($type:ident),*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $type::serialize(self, serializer)
            }
        }
    )*};
}

written_as_derived!(User, Membership, Session);
