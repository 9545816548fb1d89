//! A user document of Appwrite: [`User`], with its [`Membership`]s and [`Session`]s.

use serde::{Deserialize, Serialize, Serializer};

use crate::serde_util::{null_as_default, only_from_objects, wrong_type_as_default};

/// A user document of Appwrite, read from its JSON.
///
/// Unknown fields are ignored. A field that is absent or `null` has its default. A value of another
/// type (`"emailVerification": "yes"`) and a repeated key are errors, because a guess could grant
/// something.
///
/// [`Principal::user`](crate::Principal::user) lists the roles that a user has.
/// [`skipped_roles`](Self::skipped_roles) returns the values that give no role.
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
///
/// # Memberships
///
/// The user documents in the answers of Appwrite's API have no memberships. A host adds the list of
/// the user's memberships (`GET /v1/users/USER/memberships`) as `memberships`:
///
/// ```
/// use rolegate::{Principal, Role, User};
///
/// let user: User = serde_json::from_str(
///     r#"{
///         "$id": "user-a",
///         "memberships": [
///             {"$id": "m1", "teamId": "t1", "confirm": true, "roles": ["owner"]}
///         ]
///     }"#,
/// )?;
/// let principal = Principal::user(&user)?;
/// for role in ["member:m1", "team:t1", "team:t1/owner"] {
///     assert!(principal.has_role(&Role::parse(role)?));
/// }
/// assert!(user.skipped_roles().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "these are the fields of Appwrite's JSON")]
pub struct User {
    /// The id, `$id` in JSON. A user without an id, or with the id `""` or `"0"`, is a guest.
    #[serde(rename = "$id", default, deserialize_with = "null_as_default")]
    pub id: String,
    /// The e-mail address, in lower case. An impersonation by address is checked against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The phone number. An impersonation by number is checked against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// `true` if the e-mail address is verified.
    #[serde(default, deserialize_with = "null_as_default")]
    pub email_verification: bool,
    /// `true` if the phone number is verified.
    #[serde(default, deserialize_with = "null_as_default")]
    pub phone_verification: bool,
    /// `false` for a blocked user. A user without a status is not blocked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<bool>,
    /// `true` if the user must reset the password before other requests.
    #[serde(default, deserialize_with = "null_as_default")]
    pub reset: bool,
    /// `true` if the user turned on a second factor.
    #[serde(default, deserialize_with = "null_as_default")]
    pub mfa: bool,
    /// The authenticators, which can be a second factor.
    #[serde(default, deserialize_with = "null_as_default")]
    pub authenticators: Vec<MfaAuthenticator>,
    /// `true` if the user may act as another user.
    #[serde(default, deserialize_with = "null_as_default")]
    pub impersonator: bool,
    /// The labels. Each gives the role `label:NAME`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub labels: Vec<String>,
    /// The memberships in teams.
    #[serde(default, deserialize_with = "null_as_default")]
    pub memberships: Vec<Membership>,
    /// The sessions, including those that have expired.
    #[serde(default, deserialize_with = "null_as_default")]
    pub sessions: Vec<Session>,
}

impl User {
    /// Creates a user that has only an id.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), ..Self::default() }
    }

    /// Returns `true` if the user has no id: it is absent, `""` or `"0"`.
    #[must_use]
    pub fn is_guest(&self) -> bool {
        is_empty_id(&self.id)
    }

    /// Returns `true` if the e-mail address or the phone number is verified.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.email_verification || self.phone_verification
    }

    /// Returns `true` if the user is blocked.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.status == Some(false)
    }
}

/// A membership of a user in a team.
///
/// A membership counts if `confirm` is `true` and both `$id` and `teamId` are present, even if one of
/// them is empty. It then gives `member:ID`, `team:TEAM`, and `team:TEAM/ROLE` for each of its roles. A
/// value that cannot be written in a permission gives no role. The other values still give theirs.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
#[non_exhaustive]
pub struct Membership {
    /// The id of the membership, `$id` in JSON. It gives the role `member:ID`.
    #[serde(rename = "$id", default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The id of the team, `teamId` in JSON. It gives the role `team:ID`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_id: Option<String>,
    /// `true` if the user accepted the invitation. Otherwise, the membership gives no role.
    #[serde(default, deserialize_with = "null_as_default")]
    pub confirm: bool,
    /// The roles within the team. Each gives the role `team:ID/ROLE`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub roles: Vec<String>,
}

impl Membership {
    /// Creates a confirmed membership with roles within the team.
    #[must_use]
    pub fn confirmed<R: Into<String>>(
        id: impl Into<String>,
        team_id: impl Into<String>,
        roles: impl IntoIterator<Item = R>,
    ) -> Self {
        Self {
            id: Some(id.into()),
            team_id: Some(team_id.into()),
            confirm: true,
            roles: roles.into_iter().map(Into::into).collect(),
        }
    }
}

/// An authenticator of a user.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
#[non_exhaustive]
pub struct MfaAuthenticator {
    /// The kind, `type` in JSON, such as `totp`.
    #[serde(rename = "type", default, deserialize_with = "null_as_default")]
    pub kind: String,
    /// `true` if the user has completed this authenticator once.
    #[serde(default, deserialize_with = "null_as_default")]
    pub verified: bool,
}

/// A session of a user.
///
/// A field of another type counts as absent. The session then does not count, and the rest of the user
/// stays readable. `Debug` does not print `secret`.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
#[non_exhaustive]
pub struct Session {
    /// The id, `$id` in JSON.
    #[serde(rename = "$id", default, deserialize_with = "wrong_type_as_default")]
    pub id: String,
    /// The expiry, in ISO 8601 as Appwrite writes it: `2026-01-01T00:15:00.000+00:00`. A session has
    /// expired if this field is absent or is not a date.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "wrong_type_as_default"
    )]
    pub expire: Option<String>,
    /// The SHA-256 of the session's secret, in lower-case hexadecimal.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "wrong_type_as_default"
    )]
    pub secret: Option<String>,
    /// The method by which the user signed in, such as `email`. A session without a provider is not found
    /// by its secret.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "wrong_type_as_default"
    )]
    pub provider: Option<String>,
    /// The factors that the user has completed, such as `password` and `totp`. Only their number counts.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "wrong_type_as_default"
    )]
    pub factors: Vec<String>,
}

impl Session {
    /// Creates a session that expires at `expire`, with one completed factor.
    #[must_use]
    pub fn new(id: impl Into<String>, expire: impl Into<String>) -> Self {
        let factors = vec!["password".to_owned()];
        Self { id: id.into(), expire: Some(expire.into()), factors, ..Self::default() }
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.id)
            .field("expire", &self.expire)
            .field("secret", &self.secret.as_ref().map(|_| ".."))
            .field("provider", &self.provider)
            .field("factors", &self.factors)
            .finish()
    }
}

/// Returns `true` if the id counts as absent, as by PHP's `empty()`: it is `""` or `"0"`.
pub(crate) fn is_empty_id(id: &str) -> bool {
    matches!(id, "" | "0")
}

only_from_objects!(
    User: "a user",
    Membership: "a membership",
    Session: "a session",
    MfaAuthenticator: "an authenticator"
);

/// Implements `Serialize` by the derived method, because `remote = "Self"` derives no implementation.
macro_rules! written_as_derived {
    ($($type:ident),*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $type::serialize(self, serializer)
            }
        }
    )*};
}

written_as_derived!(User, Membership, Session, MfaAuthenticator);
