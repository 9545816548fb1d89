//! `permissions`, `roles`, `aggregate`: the accepted language, and the expansion of `write`.

use rolegate::{ActionSet, Permission, Role, RoleKind, Verification, aggregate};
use serde::Deserialize;
use serde_json::Value;

use super::{FILES, check_all, same};
use crate::support::language;

#[derive(Deserialize)]
struct Language {
    r#in: String,
    valid: bool,
    action: Option<String>,
    role: Option<String>,
    identifier: Option<String>,
    dimension: Option<String>,
    canonical: Option<String>,
}

impl Language {
    /// Returns `true` if the text is in the accepted language: Appwrite's validator accepts it and
    /// prints it back unchanged.
    fn is_accepted(&self) -> bool {
        self.valid && self.canonical.as_ref() == Some(&self.r#in)
    }

    fn check_role(&self, role: &Role<'_>) -> Result<(), String> {
        let status = |status: Option<Verification>| status.map_or("", Verification::as_str);
        let (name, identifier, dimension) = match role.kind() {
            RoleKind::Any => ("any", "", ""),
            RoleKind::Guests => ("guests", "", ""),
            RoleKind::Users { verification: s } => ("users", "", status(s)),
            RoleKind::User { id, verification: s } => ("user", id, status(s)),
            RoleKind::Team { id, role } => ("team", id, role.unwrap_or_default()),
            RoleKind::Member { id } => ("member", id, ""),
            RoleKind::Label { name } => ("label", name, ""),
            other => return Err(format!("unknown kind {other:?}")),
        };
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        same("role", &name.to_owned(), &text(&self.role))?;
        same("identifier", &identifier.to_owned(), &text(&self.identifier))?;
        same("dimension", &dimension.to_owned(), &text(&self.dimension))
    }
}

#[test]
fn permission_is_accepted_if_appwrite_prints_it_unchanged() {
    check_all("permissions", |case: &Language| {
        let parsed = Permission::parse(&case.r#in);
        same("accepted", &parsed.is_ok(), &case.is_accepted())?;
        let Ok(permission) = parsed else { return Ok(()) };
        same("printed", &Some(permission.to_string()), &case.canonical)?;
        same("action", &Some(permission.actions().to_string()), &case.action)?;
        case.check_role(&permission.role())
    });
}

#[test]
fn role_is_accepted_if_appwrite_prints_it_unchanged() {
    check_all("roles", |case: &Language| {
        let parsed = Role::parse(&case.r#in);
        same("accepted", &parsed.is_ok(), &case.is_accepted())?;
        let Ok(role) = parsed else { return Ok(()) };
        same("printed", &Some(role.to_string()), &case.canonical)?;
        case.check_role(&role)
    });
}

/// Compares both parsers for every text in the value, the names of fields included. Returns the number of texts.
fn check_texts(value: &Value) -> usize {
    match value {
        Value::String(text) => {
            language::check(text);
            1
        }
        Value::Array(values) => values.iter().map(check_texts).sum(),
        Value::Object(fields) => {
            fields.keys().for_each(|name| language::check(name));
            fields.len() + fields.values().map(check_texts).sum::<usize>()
        }
        _ => 0,
    }
}

#[test]
fn text_of_any_vector_is_accepted_by_both_parsers_or_by_neither() {
    for name in FILES {
        let mut texts = 0;
        check_all(name, |case: &Value| {
            texts += check_texts(case);
            Ok(())
        });
        assert!(texts > 0, "{name} has no texts");
    }
}

#[derive(Deserialize)]
struct Aggregate {
    permissions: Vec<String>,
    allowed: Vec<String>,
    out: Option<Vec<String>>,
}

/// Appwrite also aggregates malformed permissions that its lax parser reads. This library takes parsed
/// permissions only, so lists with a malformed permission are not compared.
#[test]
fn aggregate_well_formed_list_expands_write_as_appwrite() {
    check_all("aggregate", |case: &Aggregate| {
        let parsed: Result<Vec<_>, _> =
            case.permissions.iter().map(|text| Permission::parse(text)).collect();
        let allowed: ActionSet = case.allowed.join(",").parse().map_err(|e| format!("{e}"))?;
        match parsed {
            Ok(permissions) => {
                let ours = aggregate(&permissions, allowed);
                let ours = ours.iter().map(ToString::to_string).collect();
                same("expansion", &Some(ours), &case.out)
            }
            Err(_) => Ok(()),
        }
    });
}
