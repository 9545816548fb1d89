//! The principal that the arguments name: [`Caller`].

use rolegate::{Action, Principal, PrincipalKind, Role, User};

use crate::args::CallerArgs;
use crate::credentials::{Directory, Presented};
use crate::failure::{Failure, tell};
use crate::object::{USER, read_object};

/// A principal, and the user document that it comes from.
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    user: Option<Source>,
}

/// A user document, and the file that holds it.
struct Source {
    file: String,
    user: User,
}

impl CallerArgs {
    /// Returns the caller. An API key must have the scope that `action` needs.
    pub(crate) fn caller(&self, action: Option<Action>) -> Result<Caller, Failure> {
        let one = &self.one;
        if let Some(path) = &one.user {
            let file = path.display().to_string();
            let user: User = read_object(path, &USER)?;
            let principal = Principal::user(&user).map_err(|error| Failure::with(&file, error))?;
            if *principal.kind() == PrincipalKind::Guest {
                let message = format!(
                    "expected a user, found the `$id` `{}`, which is not an id; pass --guest for a guest",
                    user.id
                );
                return Err(Failure::with(file, message));
            }
            if user.reset {
                let message = format!("user `{}` must reset the password", user.id.escape_debug());
                return Err(Failure::with(file, message));
            }
            return Ok(Caller { principal, user: Some(Source { file, user }) });
        }
        if let Some(roles) = &one.roles {
            let mut parsed = Vec::with_capacity(roles.len());
            for role in roles {
                let error = |error| Failure::new(format!("--roles: `{role}`: {error}"));
                parsed.push(Role::parse(role).map_err(error)?);
            }
            return Ok(Principal::from_roles(parsed).into());
        }
        match (&one.jwt, &one.api_key, &self.users, &self.project) {
            (Some(jwt), _, Some(users), _) => {
                let directory = Directory::of_users(users)?;
                let principal = directory.authenticate(Presented::Jwt(jwt), action)?;
                let user = principal.user_id().and_then(|id| directory.into_user(id));
                let file = users.display().to_string();
                Ok(Caller { principal, user: user.map(|user| Source { file, user }) })
            }
            (_, Some(key), _, Some(project)) => {
                let directory = Directory::of_project(project)?;
                Ok(directory.authenticate(Presented::ApiKey(key), action)?.into())
            }
            _ => Ok(Principal::guest().into()),
        }
    }
}

impl Caller {
    /// Prints the values of the user document that give no role, with the reasons.
    pub(crate) fn tell_skipped_roles(&self) {
        let Some(Source { file, user }) = &self.user else { return };
        for skipped in user.skipped_roles() {
            tell(format_args!("{file}: {skipped}"));
        }
    }
}

impl From<Principal> for Caller {
    fn from(principal: Principal) -> Self {
        Self { principal, user: None }
    }
}
